"""A published report → a content file: readers of each format, and what the text means."""
