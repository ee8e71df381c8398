"""nianbao: from TOML content to the print-ready annual report on open government information."""

__version__ = "0.1.0"
