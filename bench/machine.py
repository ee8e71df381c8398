"""The machine and the versions that figures belong to; nothing that names a host or a person."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

from pipeline import __version__

_GIB = 1024**3


def facts() -> dict[str, str]:
    """What the machine is and has."""
    cores = len(os.sched_getaffinity(0))
    return {
        "CPU": f"{_cpu()}, {cores} cores",
        "memory": f"{psutil.virtual_memory().total / _GIB:.0f} GiB",
        "system": f"{_system()}, {platform.machine()}",
        "load at the start": f"{os.getloadavg()[0]:.1f} (1 minute; other work makes wall longer)",
    }


def versions() -> dict[str, str]:
    """The versions of what is compared."""
    return {
        "nianbao": __version__,
        "Python": platform.python_version(),
        "XeTeX": _first_line("xelatex", "--version"),
        "xdvipdfmx": _first_line("xdvipdfmx", "--version"),
        "Typst (PyPI `typst`)": version("typst"),
        "LibreOffice": _first_line("soffice", "--version"),
    }


def _cpu() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"model name\s*:\s*(.+)", text)
    return model[1].strip() if model else platform.machine()


def _system() -> str:
    names = platform.freedesktop_os_release()
    return f"{names['PRETTY_NAME']}, Linux {platform.release().split('-')[0]}"


def _first_line(program: str, option: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # no shell, a fixed program
            [program, option], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return "not installed"
    line = done.stdout.splitlines()[0]
    return re.sub(r"^This is xdvipdfmx | by the.*| [0-9a-f]{32,}.*", "", line).strip()
