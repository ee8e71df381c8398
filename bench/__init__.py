"""What this program costs, beside what a user would pick instead: `python -m bench`."""
