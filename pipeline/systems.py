"""How to get a package on this system, from the one list that the Makefile installs from, too."""

import platform
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

DEBIAN = "debian"


@dataclass(frozen=True, slots=True)
class System:
    """A kind of system: key of its package names, title for people, what installs packages."""

    key: str
    title: str
    command: str


def packages() -> tuple[str, ...]:
    """The Debian packages that `make` installs."""
    return tuple(_table()["packages"])


def current() -> System | None:
    """The kind of system this is; None where nothing is known about it."""
    ids = _ids()
    known = {name: key for key, entry in _table()["systems"].items() for name in entry["ids"]}
    key = next((known[name] for name in ids if name in known), None)
    if key is None:
        return None
    entry = _table()["systems"][key]
    return System(key, entry["title"], entry["command"])


def how_to_get(*wanted: str) -> str:
    """A sentence in Chinese that says how to install packages, given by their Debian names."""
    system = current()
    if system is None:
        return f"请用本系统的软件包管理器安装（Debian 的包名：{'、'.join(wanted)}）。"
    names = {name: _names(system, name) for name in wanted}
    there = dict.fromkeys(own for found in names.values() for own in found)
    elsewhere = [name for name, found in names.items() if not found]
    said = f"请运行 `{system.command} {' '.join(there)}`。" if there else ""
    if elsewhere:
        said += (
            f"{system.title} 的软件源里没有 {'、'.join(elsewhere)}（Debian 的包名），须另行取得。"
        )
    return said


def _names(system: System, package: str) -> list[str]:
    if system.key == DEBIAN:
        return [package]
    found: list[str] = _table()["packages"].get(package, {}).get(system.key, [])
    return found


def _ids() -> list[str]:
    if platform.system() == "Darwin":
        return ["macos"]
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return []
    return [release.get("ID", ""), *release.get("ID_LIKE", "").split()]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("pipeline") / "systems.toml").read_text(encoding="utf-8"))
