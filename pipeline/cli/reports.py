"""Commands that take reports: check, build."""

from typing import Annotated

import typer

from pipeline import checking, listing, project
from pipeline.cli.attempts import overall
from pipeline.cli.options import (
    Content,
    Fonts,
    Format,
    Jobs,
    Layouts,
    Limit,
    Out,
    Targets,
    print_json,
)
from pipeline.errors import ExitCode, UserError
from pipeline.findings import Finding, Severity
from pipeline.processes import TIME_LIMIT
from pipeline.terminal import say, say_error, show


def build_reports(  # noqa: PLR0913, PLR0917  # each is an option of the contract
    names: Targets = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="送审稿：有错误也排版，生成 draft.pdf")
    ] = False,
    jobs: Jobs = None,
    executor: Annotated[
        str,
        typer.Option(
            "--executor", metavar="地址", help="由谁生成：local（本机，缺省），或 Dask 调度器的地址"
        ),
    ] = "local",
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
    out: Out = None,
    limit: Limit = TIME_LIMIT,
) -> int:
    """检查并排版，生成 build/机关/年度/report.pdf；没有变动的不重新生成。"""  # noqa: D400, D415  # Chinese
    from pipeline.cli import production  # noqa: PLC0415  # what typesets is needed here only

    folders = project.find(content, layouts, fonts, out)
    chosen = project.targets(folders, names or [])
    order = production.Order(draft=draft, limit=limit, workers=jobs, executor=executor)
    return production.build(chosen, folders, order)


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
