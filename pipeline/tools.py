"""Outside tools: where each one is, whether it works, and what to do when it does not.

A probe starts the tool itself, without a shell and within a time limit: a file of the right name
on PATH proves nothing.
"""

import importlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import MissingTool
from pipeline.processes import run
from pipeline.systems import how_to_get

TIME_LIMIT = 20.0
"""Seconds that a tool may take to tell its version."""


@dataclass(frozen=True)
class Program:
    """A program on PATH; the first group of `pattern` finds the version in what it prints."""

    title: str
    purpose: str
    package: str
    command: str
    argument: str
    pattern: str
    minimum: tuple[int, ...]
    required: bool = True


@dataclass(frozen=True)
class Library:
    """A shared library, by the Python module that loads it and its function for the version."""

    title: str
    purpose: str
    package: str
    module: str
    version: str
    required: bool = True


Tool = Program | Library

XELATEX = Program(
    title="XeLaTeX",
    purpose="排版",
    package="texlive-xetex",
    command="xelatex",
    argument="--version",
    pattern=r"TeX Live (\d{4})",
    minimum=(2022,),
)
PDFTOCAIRO = Program(
    title="pdftocairo",
    purpose="读取 PDF 和 SVG 印章",
    package="poppler-utils",
    command="pdftocairo",
    argument="-v",
    pattern=r"pdftocairo version (\d+(?:\.\d+)*)",
    minimum=(0, 80),
    required=False,
)
LIBCAIRO = Library(
    title="cairo",
    purpose="读取 SVG 印章",
    package="libcairo2",
    module="cairocffi",
    version="cairo_version_string",
)
TOOLS: tuple[Tool, ...] = (XELATEX, LIBCAIRO, PDFTOCAIRO)


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found of a tool; `problem` says why it cannot be used, `advice` what to do."""

    path: Path | None = None
    version: str = ""
    problem: str = ""
    advice: str = ""


def find(tool: Tool) -> Probe:
    """Look for `tool` and ask it for its version."""
    return _find_program(tool) if isinstance(tool, Program) else _find_library(tool)


def require(tool: Tool) -> Path:
    """The path of `tool`, which works and is new enough.

    Raises:
        MissingTool: it is missing, too old or does not answer as it should.
    """
    found = find(tool)
    if found.path is None or found.problem:
        raise MissingTool(found.problem, found.advice)
    return found.path


def _find_program(tool: Program) -> Probe:
    get = how_to_get(tool.package)
    place = shutil.which(tool.command)
    if place is None:
        idle = _not_executable(tool.command)
        if idle is None:
            return Probe(problem=f"缺少程序 {tool.command}（用于{tool.purpose}）。", advice=get)
        return Probe(
            problem=f"程序 {tool.command} 没有执行权限：{idle}。",
            advice=f"请加上执行权限（chmod +x），或重新安装。{get}",
        )
    return _question(tool, Path(place).absolute())


def _not_executable(command: str) -> Path | None:
    places = (Path(folder) / command for folder in os.get_exec_path())
    return next((place for place in places if place.is_file()), None)


def _question(tool: Program, path: Path) -> Probe:
    get = how_to_get(tool.package)
    asked = f"{tool.command} {tool.argument}"
    again = f"请在终端运行 {asked} 查看原因，或重新安装。{get}"
    try:
        answer, code = run(
            [path, tool.argument], limit=TIME_LIMIT, env={**os.environ, "LC_ALL": "C"}
        )
    except TimeoutError:
        return Probe(path, "", f"{asked} 在 {TIME_LIMIT:g} 秒内没有结束（{path}）。", again)
    except OSError as error:
        return Probe(path, "", f"程序 {path} 无法运行（{error.strerror}）。", again)
    match = re.search(tool.pattern, answer)
    if code or match is None:
        said = _first_line(answer) or "无输出"
        problem = f"{asked} 的回答无法识别（{path}，退出码 {code}）：{said}。"
        return Probe(path, "", problem, again)
    version = match[1]
    if tuple(int(part) for part in version.split(".")) < tool.minimum:
        needed = ".".join(str(part) for part in tool.minimum)
        problem = f"{tool.title} 版本太旧：找到 {match[0]}（{path}），需要 {needed} 或更新。"
        return Probe(path, version, problem, f"请升级。{get}")
    return Probe(path, version)


def _find_library(tool: Library) -> Probe:
    get = how_to_get(tool.package)
    try:
        module = importlib.import_module(tool.module)
        version = str(getattr(module, tool.version)())
    except (ImportError, OSError, AttributeError) as error:
        said = _first_line(str(error))
        problem = f"函数库 {tool.title} 无法载入（用于{tool.purpose}）：{said}。"
        return Probe(problem=problem, advice=get)
    return Probe(Path(str(module.__file__)), version)


def _first_line(text: str) -> str:
    line = text.partition("\n")[0][:80].strip()
    return "".join(char if char.isprintable() else "·" for char in line)
