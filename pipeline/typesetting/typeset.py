"""LaTeX → PDF: one run of xelatex in its own folder, without shell escape, in limited time."""

import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline import scratch
from pipeline.errors import FileProblem, MissingTool, TypesettingFailed
from pipeline.files import reason
from pipeline.processes import TIME_LIMIT, run, tied
from pipeline.typesetting.latex import CLASS, Rendering
from pipeline.typesetting.texlog import Complaint, complaints

_JOB = "report"
OPTIONS = ("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", f"-jobname={_JOB}")
"""Of xelatex; the name of the LaTeX file follows."""
_LEAST_SPACE = 2**20


class LogComplaints(TypesettingFailed):
    """TeX made a PDF, or none, and its log says why it must not be used."""

    def __init__(self, message: str, found: list[Complaint], log: str) -> None:
        super().__init__(message, "如内容无误，请将此信息和内容文件交给维护人员。")
        self.found = found
        self.log = log


@dataclass(frozen=True, slots=True)
class Sheets:
    """What xelatex made: the PDF as it came, and the log."""

    pdf: bytes
    log: str


def typeset(
    rendering: Rendering, layouts: Path, xelatex: Path, *, epoch: int, limit: float = TIME_LIMIT
) -> Sheets:
    """Typeset a rendering; `epoch` (seconds since 1970) is the time the PDF says it was made.

    Raises:
        MissingTool: xelatex cannot be started.
        FileProblem: there is no room for temporary files.
        TypesettingFailed: it failed, took too long, was killed, or its log has complaints.
    """
    with workplace() as folder:
        (folder / f"{_JOB}.tex").write_text(rendering.tex, encoding="utf-8")
        shutil.copyfile(layouts / CLASS, folder / CLASS)
        link(folder, rendering.files)
        output, code = _run(folder, xelatex, epoch, limit)
        return _collect(folder, output, code)


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder of its own for one run, gone afterwards.

    Raises:
        FileProblem: there is no room for it, or for what is written into it.
    """
    try:
        with scratch.folder() as folder:
            yield folder
    except OSError as error:
        raise FileProblem(
            f"临时文件夹无法使用（{reason(error)}）。",
            "请检查磁盘空间和权限，或用环境变量 TMPDIR 换一个文件夹。",
        ) from error


def link(folder: Path, fonts: Mapping[str, Path]) -> None:
    """Put font files into a folder, under the names that the LaTeX has for them."""
    for name, font in fonts.items():
        (folder / name).symlink_to(font.resolve())


def environment(folder: Path, epoch: int) -> dict[str, str]:
    """Nothing of the user's environment but where programs are: same input, same bytes."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": str(epoch),
        "FORCE_SOURCE_DATE": "1",
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
        "openin_any": "p",
        "openout_any": "p",
        "shell_escape": "f",
        # XeTeX fills 160 MB of tables first of all: a third of the time in pages of 2 MB.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    }


def too_slow(limit: float) -> TypesettingFailed:
    """TeX took longer than it may."""
    return TypesettingFailed(
        f"排版超过 {limit:g} 秒，已中止。", "请重试；如仍超时，请检查内容是否过长。"
    )


def _run(folder: Path, xelatex: Path, epoch: int, limit: float) -> tuple[str, int]:
    """What xelatex printed and its exit code; it and its children end with the time limit."""
    command = tied([xelatex, *OPTIONS, f"{_JOB}.tex"])
    try:
        return run(command, limit=limit, env=environment(folder, epoch), cwd=folder)
    except TimeoutError as error:
        raise too_slow(limit) from error
    except OSError as error:
        raise MissingTool(
            f"无法运行 {xelatex}（{reason(error)}）。", "请运行 nianbao doctor 查看原因。"
        ) from error


def _collect(folder: Path, output: str, code: int) -> Sheets:
    log_file, pdf_file = folder / f"{_JOB}.log", folder / f"{_JOB}.pdf"
    log = log_file.read_text(encoding="utf-8", errors="replace") if log_file.is_file() else ""
    driver = "\n".join(line for line in output.split("\n") if line.startswith("xdvipdfmx:"))
    found = complaints(f"{log}\n{driver}")
    pdf = pdf_file.read_bytes() if pdf_file.is_file() else b""
    whole = code == 0 and pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    if whole and not found:
        return Sheets(pdf, log)
    if shutil.disk_usage(folder).free < _LEAST_SPACE:
        raise FileProblem(
            "临时文件夹所在的磁盘已满，排版中止。",
            "请腾出空间，或用环境变量 TMPDIR 换一个文件夹，然后重试。",
        )
    if found:
        raise LogComplaints(f"排版未通过：{found[0].text}", found, log)
    if code < 0:
        name = signal.Signals(-code).name
        raise TypesettingFailed(f"xelatex 被系统中止（{name}）。", "请检查内存和系统限制后重试。")
    raise TypesettingFailed(
        f"xelatex 没有生成完整的 PDF（退出码 {code}）。", "请运行 nianbao doctor 检查安装。"
    )
