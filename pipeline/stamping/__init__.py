"""A finished report → a stamped one: name, date, and the seal of a file of the office's."""
