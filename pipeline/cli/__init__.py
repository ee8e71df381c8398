"""The command line: arguments in; output, files and an exit code out."""

from pipeline.cli.entry import main, program, run

__all__ = ["main", "program", "run"]
