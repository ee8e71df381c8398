"""A report → findings: everything that is wrong in it, each kind with its rule."""
