"""Commands that take reports: check, build."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import __version__, checking, events, listing, project
from pipeline.checking import Stock
from pipeline.cli.attempts import attempt, overall
from pipeline.cli.options import (
    Content,
    Fonts,
    Format,
    Layouts,
    Limit,
    Out,
    Targets,
    print_json,
    shown,
)
from pipeline.errors import ExitCode, FileProblem, UserError
from pipeline.events import Action
from pipeline.findings import Finding, Severity
from pipeline.processes import TIME_LIMIT
from pipeline.project import Project, Target
from pipeline.terminal import say, say_error, show

if TYPE_CHECKING:
    from pipeline.build import Built


def build_reports(  # noqa: PLR0913, PLR0917  # each is an option of the contract
    names: Targets = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="送审稿：有错误也排版，生成 draft.pdf")
    ] = False,
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
    out: Out = None,
    limit: Limit = TIME_LIMIT,
) -> int:
    """检查并排版，生成 build/机关/年度/report.pdf。"""  # noqa: D400, D415  # Chinese
    folders = project.find(content, layouts, fonts, out)
    chosen = project.targets(folders, names or [])
    stock = checking.load(folders)
    codes = [_build_one(target, folders, stock, draft=draft, limit=limit) for target in chosen]
    for line in listing.stand_ins(stock.fonts):
        say(line)
    if failed := sum(code is not ExitCode.OK for code in codes):
        say(f"共 {len(codes)} 份，{len(codes) - failed} 份完成，{failed} 份未完成。")
    return overall(codes)


def _build_one(
    target: Target, folders: Project, stock: Stock, *, draft: bool, limit: float
) -> ExitCode:
    """Build one target; its failure, a bug of ours included, is told and stops no other."""

    def progress(name: str, milliseconds: float, path: Path | None) -> None:
        say(f"{target}  {name}  {milliseconds:.0f} ms" + (f"  {shown(path)}" if path else ""))

    from pipeline import build  # noqa: PLC0415  # what typesets is needed by this command only

    def deed() -> None:
        built = build.build(target, folders, stock, progress, draft=draft, limit=limit)
        if not draft:
            _log(target.log(folders), built)
        for finding in built.findings:
            say(listing.finding(finding))

    return attempt(target, deed)


def _log(path: Path, built: "Built") -> None:
    """A new report begins a new log; the same one, built again, goes on with its own."""
    digest = hashlib.sha256(built.path.read_bytes()).hexdigest()
    made = events.now(Action.BUILD, f"nianbao {__version__}，SHA-256 {digest}")
    with suppress(FileProblem):  # a log that is broken is not gone on with
        if any((old.action, old.detail) == (made.action, made.detail) for old in events.read(path)):
            return
    findings = len(built.findings)
    checked = events.now(Action.CHECK, f"提示 {findings} 条" if findings else "没有提示")
    events.begin(path, checked, made)


def check_reports(  # noqa: PLR0913, PLR0917  # each is an option of the contract
    names: Targets = None,
    output: Format = "text",
    strict: Annotated[bool, typer.Option("--strict", help="警告也算错误")] = False,
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
) -> int:
    """检查内容，一次列出全部问题。"""  # noqa: D400, D415  # Chinese
    folders = project.find(content, layouts, fonts)
    chosen = project.targets(folders, names or [])
    stock = checking.load(folders)
    found: list[Finding] = []
    unread: list[ExitCode] = []
    for target in chosen:
        try:
            found += checking.check(target, stock).findings
        except UserError as error:
            found += error.findings
            if not error.findings:
                say_error(error)
                unread.append(error.exit_code)
    counts = {kind: sum(finding.severity is kind for finding in found) for kind in Severity}
    if output == "json":
        print_json(
            {
                "findings": [finding.as_json() for finding in found],
                "summary": {f"{kind}s": count for kind, count in counts.items()},
            }
        )
    else:
        for finding in found:
            show(listing.finding(finding))
        say(listing.summary(counts, len(chosen)))
    wrong = counts[Severity.ERROR] or (strict and counts[Severity.WARNING])
    read = [ExitCode.CONTENT if wrong else ExitCode.OK] * (len(chosen) > len(unread))
    return overall([*unread, *read])
