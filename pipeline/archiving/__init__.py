"""A finished report → the bundle that the records room keeps, and its verification."""
