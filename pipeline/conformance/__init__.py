"""A finished PDF → what keeps it from being PDF/A-3a and PDF/UA-1, from its bytes alone."""
