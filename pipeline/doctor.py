"""What this machine has and lacks: programs, fonts by role, Python packages, and how to get them.

Only looks and returns values; nothing is installed, and one thing missing hides no other.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from pipeline.errors import ExitCode, FileProblem, MissingTool
from pipeline.faces import Face
from pipeline.fonts import FaceEntry, FontFile, Role, free_face, load, own_files, resolve
from pipeline.systems import DEBIAN, current, how_to_get
from pipeline.tools import TOOLS, find

_PYTHON = (3, 11)
_BY_HAND = Path("/usr/local/share/fonts")
"""A search folder of fonts.toml where a face may be put by hand on any system."""
_SIGN = re.compile(r"""extra\s*==\s*['"]sign['"]""")
_SETUP = "请运行 `make setup`。"


class State(StrEnum):
    """How a thing stands: a warning can be lived with, a missing thing stops the work."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


class Group(StrEnum):
    """What kind of thing was looked at."""

    TOOLS = "程序"
    FONTS = "字体"
    PACKAGES = "Python 软件包"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: how it stands, what was found, how to get it."""

    group: Group
    title: str
    state: State
    detail: str
    advice: str = ""


def examine(fonts_file: Path, fonts_folder: Path | None) -> tuple[Check, ...]:
    """Look at everything the program needs; `fonts_folder` holds the office's own font files."""
    return (*_tools(), *_fonts(fonts_file, fonts_folder), *_packages())


def exit_code(checks: Iterable[Check]) -> ExitCode:
    """What the command ends in: 4 when something needed is missing."""
    missing = any(check.state is State.MISSING for check in checks)
    return ExitCode.TOOL if missing else ExitCode.OK


def _tools() -> Iterator[Check]:
    for tool in TOOLS:
        found = find(tool)
        state, detail = State.OK, f"{found.version}（{found.path}）"
        if found.problem:
            state = State.MISSING if tool.required else State.WARNING
            detail = found.problem
        yield Check(Group.TOOLS, tool.title, state, detail, found.advice)


def _fonts(fonts_file: Path, folder: Path | None) -> Iterator[Check]:
    try:
        with suppress(MissingTool):  # told below, role by role
            load(fonts_file, folder)
    except FileProblem as error:
        yield Check(Group.FONTS, fonts_file.name, State.MISSING, error.message, error.hint)
        return
    entries = FontFile.model_validate(tomllib.loads(fonts_file.read_text(encoding="utf-8")))
    own = own_files(folder)
    found = {key: free_face(entries, key) for key in entries.faces}
    for key, entry in entries.roles.items():
        free = entries.faces[entry.free]
        try:
            yield _role_check(resolve(key, entry, own, found, entries), found[entry.free])
        except MissingTool as error:
            advice = f"{_how_to_get_face(free)}或将单位自备的字体文件放入 fonts/ 文件夹。"
            yield Check(Group.FONTS, entry.title, State.MISSING, error.message, advice)
    for key, face in entries.faces.items():
        users = [r.title for r in entries.roles.values() if key in (r.free, *r.fallback)]
        if found[key] is None and users:
            detail = f"缺少 {face.file}，{'、'.join(users)}中的生僻字可能缺字。"
            yield Check(Group.FONTS, face.title, State.WARNING, detail, _how_to_get_face(face))


def _role_check(role: Role, free: Face | None) -> Check:
    first = role.faces[0]
    for face in role.faces:
        try:
            face.glyph("0")
        except MissingTool as error:
            return Check(Group.FONTS, role.title, State.MISSING, error.message, error.hint)
    place = f"{first.title}（{first.path}）"
    if first.licensed:
        return _own_face_check(role.title, first)
    if first != free:
        advice = "首选的代用字体没有装上，见下。"
        return Check(Group.FONTS, role.title, State.WARNING, f"以后备字体代用：{place}", advice)
    return Check(Group.FONTS, role.title, State.OK, f"代用：{place}")


def _own_face_check(title: str, face: Face) -> Check:
    place = f"{face.title}（{face.path}）"
    if not face.whole:
        detail = f"字体文件不完整：{face.path}。"
        return Check(Group.FONTS, title, State.MISSING, detail, "请重新复制该文件。")
    if face.restricted:
        advice = "该字体的许可标志限制嵌入 PDF，请先确认单位已取得嵌入授权。"
        return Check(Group.FONTS, title, State.WARNING, place, advice)
    return Check(Group.FONTS, title, State.OK, place)


def _how_to_get_face(face: FaceEntry) -> str:
    said = how_to_get(face.package)
    system = current()
    if system is not None and system.key == DEBIAN:
        return said
    return f"{said}装好后仍缺的，请将 {Path(face.file).name} 放到 {_BY_HAND / face.file}。"


def _packages() -> Iterator[Check]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    fits = sys.version_info >= _PYTHON
    yield Check(
        Group.PACKAGES,
        "Python",
        State.OK if fits else State.MISSING,
        f"{version}（{sys.executable}）",
        "" if fits else f"需要 3.11 或更新。{how_to_get('python3-venv')}",
    )
    try:
        wanted = metadata.requires("nianbao") or []
    except metadata.PackageNotFoundError:
        yield Check(
            Group.PACKAGES, "nianbao", State.WARNING, "未安装，无从得知所需的软件包。", _SETUP
        )
        return
    for line in wanted:
        requirement, _, marker = line.partition(";")
        if "extra" not in marker:
            yield _package(requirement)
        elif _SIGN.search(marker):
            yield _optional(_package(requirement), "数字签名")


def _package(requirement: str) -> Check:
    name = re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]
    least = re.search(r">=\s*([\d.]+)", requirement)
    advice = f"{_SETUP}或运行 `{sys.executable} -m pip install '{requirement.strip()}'`。"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(Group.PACKAGES, name, State.MISSING, "未安装。", advice)
    if least and _numbers(version) < _numbers(least[1]):
        detail = f"版本太旧：找到 {version}，需要 {least[1]} 或更新。"
        return Check(Group.PACKAGES, name, State.MISSING, detail, advice)
    return Check(Group.PACKAGES, name, State.OK, version)


def _optional(check: Check, purpose: str) -> Check:
    """A package that only one purpose needs: without it, everything else works."""
    if check.state is State.OK:
        return check
    return replace(check, state=State.WARNING, detail=f"{check.detail}只有{purpose}用到它。")


def _numbers(version: str) -> tuple[int, ...]:
    leading = re.match(r"\d+(?:\.\d+)*", version)
    parts = [int(part) for part in leading[0].split(".")] if leading else [0]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)
