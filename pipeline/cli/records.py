"""Commands for the records room: archive, verify."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import checking, files, listing, project
from pipeline.checking import Stock
from pipeline.cli.attempts import attempt, overall
from pipeline.cli.options import (
    Content,
    Fonts,
    Format,
    Layouts,
    Out,
    Targets,
    print_json,
    reason_of,
    shown,
    words,
)
from pipeline.errors import ExitCode, MissingTool, UsageError
from pipeline.project import Project, Target
from pipeline.terminal import data, say

if TYPE_CHECKING:
    from pipeline.archiving.appraisal import Outcome
    from pipeline.archiving.deposit import Wishes

_HEADER, _ZIP = b"%PDF-", b"PK"
_FIRST = 1024  # bytes in which readers look for the header
_MOST_ROOT = 1 << 20  # bytes of a certificate


def archive_reports(  # noqa: PLR0913, PLR0917  # each is an option of the contract
    names: Targets = None,
    replaces: Annotated[
        Path | None, typer.Option("--replaces", metavar="归档包", help="更正：所替代的归档包")
    ] = None,
    original: Annotated[
        Path | None, typer.Option("--original", metavar="文件", help="原件，如导入所用的 Word 文件")
    ] = None,
    number: Annotated[str, typer.Option("--number", metavar="档号", help="档号")] = "",
    retention: Annotated[
        str, typer.Option("--retention", metavar="期限", help="保管期限，如 永久")
    ] = "",
    by: Annotated[
        str | None, typer.Option("--by", metavar="姓名", help="归档人，缺省为登录名；记入过程记录")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="四性检测不通过，仍要归档；须写 --reason")
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="理由", help="强制归档的理由，记入过程记录和附注"),
    ] = None,
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
    out: Out = None,
) -> int:
    """做归档包，写入 build/archive/，更新目录；四性检测不通过的不归档。"""  # noqa: D400, D415  # Chinese
    from pipeline.archiving import deposit, holdings  # noqa: PLC0415  # of this command only

    folders = project.find(content, layouts, fonts, out)
    chosen = project.targets(folders, names or [])
    why = reason_of(force, reason, "归档")
    if (replaces or original or number or why) and len(chosen) > 1:
        raise UsageError(
            "--replaces、--original、--number、--force 只能用于一份报告，"
            f"这里有 {len(chosen)} 份。",
            f"请写明一份，如 {chosen[-1]}。",
        )
    stock = checking.load(folders)
    agent = "" if by is None else words("--by", by)
    wishes = deposit.Wishes(number, retention, agent, replaces, original, why)
    codes = [_archive_one(target, folders, stock, wishes) for target in chosen]
    place = folders.out / deposit.FOLDER
    if not all(codes):
        held = holdings.renew(place)
        say(f"目录已更新：{shown(place / holdings.CSV_FILE)}，共 {len(held)} 个归档包。")
        say("目录照录归档包所写的，没有核对；核对请运行 nianbao verify 归档包。")
    if failed := sum(code is not ExitCode.OK for code in codes):
        say(f"共 {len(codes)} 份，{len(codes) - failed} 份归档，{failed} 份未归档。")
    return overall(codes)


def _archive_one(target: Target, folders: Project, stock: Stock, wishes: "Wishes") -> ExitCode:
    """Bundle one target; its failure, a bug of ours included, is told and stops no other."""
    from pipeline.archiving import deposit  # noqa: PLC0415  # as above

    def deed() -> None:
        made = deposit.deposit(target, folders, stock, wishes, _judged)
        for warning in made.warnings:
            say(f"注意：{warning}")
        say(f"{target}  已归档 {shown(made.path)}")

    return attempt(target, deed)


def _judged(pdf: bytes) -> "Outcome":
    """What the digital signatures of a PDF are worth, for the 四性 report."""
    from pipeline.archiving.appraisal import PASSED, failed, untested  # noqa: PLC0415  # as above
    from pipeline.signing import examination  # noqa: PLC0415  # as above

    try:
        signatures = examination.examine(pdf)
    except MissingTool as error:
        return untested(error.message)
    if not signatures:
        return untested("没有电子签名")
    wrong = [
        each.problem or "所签内容已被改动，或不是整个文件" for each in signatures if not each.holds
    ]
    return failed("；".join(wrong)) if wrong else PASSED


def verify_file(
    file: Annotated[Path, typer.Argument(metavar="文件", help="归档包，或成品 PDF")],
    output: Format = "text",
    roots: Annotated[
        list[Path] | None,
        typer.Option("--root", metavar="证书", help="可信的根证书（PEM、DER），核对签名者"),
    ] = None,
) -> int:
    """核验归档包（zip、tar 或文件夹）或成品 PDF 及其签名。"""  # noqa: D400, D415  # Chinese
    head = b"" if file.is_dir() else files.load(file, _FIRST)[:_FIRST]
    if _HEADER not in head or head.startswith(_ZIP):
        return _verify_bundle(file, output)
    return _verify_pdf(file, output, roots or [])


def _verify_bundle(path: Path, output: str) -> int:
    from pipeline.archiving import verification  # noqa: PLC0415  # of this command only

    found = verification.verify(path)
    if output == "json":
        print_json(listing.problems_json(str(shown(path)), found))
    else:
        for difference in found:
            data(str(difference))
        if found:
            say(f"{shown(path)} 有 {len(found)} 处与归档时不同。")
        else:
            say(f"{shown(path)} 与归档时一致。")
    return ExitCode.VERIFICATION if found else ExitCode.OK


def _verify_pdf(file: Path, output: str, roots: Sequence[Path]) -> int:
    from pipeline.conformance import opening, verdict  # noqa: PLC0415  # of this command only
    from pipeline.signing import examination  # noqa: PLC0415  # as above
    from pipeline.signing.verdict import lines  # noqa: PLC0415  # as above

    pdf = files.load(file, opening.MOST_BYTES)
    found = verdict.problems(pdf)
    trusted = [files.whole(root, _MOST_ROOT) for root in roots]
    signatures = examination.examine(pdf, trusted)
    if output == "json":
        told = [list(lines(each)) for each in signatures]
        print_json({**listing.problems_json(str(shown(file)), found), "signatures": told})
    else:
        for problem in found:
            data(listing.problem(str(shown(file)), problem))
        for each in signatures:
            for line in lines(each):
                data(line)
        if not signatures:
            say(f"{shown(file)} 没有电子签名。")
        if found:
            say(f"{shown(file)} 有 {len(found)} 处不符合 PDF/A-3a 或 PDF/UA-1。")
        else:
            scope = "核验范围见 docs/records.md"
            say(f"{shown(file)} 按 PDF/A-3a、PDF/UA-1 核验，未发现问题（{scope}）。")
    broken = any(not each.holds for each in signatures) or (trusted and not signatures)
    return ExitCode.VERIFICATION if found or broken else ExitCode.OK
