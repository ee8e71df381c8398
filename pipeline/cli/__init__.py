"""The command line: arguments in; output, files and an exit code out."""

from pipeline.cli.entry import app, main, run

__all__ = ["app", "main", "run"]
