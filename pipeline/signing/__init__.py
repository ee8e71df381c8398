"""A stamped report → a signed one, and what the signatures in a PDF are worth."""
