"""A report → what stands on its pages: title, prose, and tables as grids, to the point."""
