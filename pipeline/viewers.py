"""Showing a PDF in a program that shows it again whenever it changes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_READERS = ("evince", "okular", "zathura", "qpdfview", "xdg-open")
"""In this order; all but the last are known to load a changed file again."""
_SKIM = Path("/Applications/Skim.app")


def find() -> list[str]:
    """The command that shows a PDF, to which its path is added; empty where there is none."""
    if sys.platform == "darwin":
        return ["open", *(["-a", str(_SKIM)] if _SKIM.is_dir() else [])]
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return []
    return [path for name in _READERS if (path := shutil.which(name))][:1]


def show(path: Path, command: Sequence[str]) -> bool:
    """Show a file by a command; it stays open when this program ends. Whether it was started."""
    with suppress(OSError):
        subprocess.Popen(  # noqa: S603  # no shell; one of the commands above
            [*command, str(path.absolute())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return True
    return False
