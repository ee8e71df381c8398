"""The command line: parses, calls one step of the pipeline, prints, and sets the exit code."""

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline import __version__, build, fonts, forms, project, listing
from pipeline.build import Stock
from pipeline.errors import ExitCode, UsageError, UserError
from pipeline.findings import Finding, Severity
from pipeline.project import Project, Target
from pipeline.terminal import data, say, say_error

app = typer.Typer(
    name="nianbao",
    help="由 TOML 内容生成政府信息公开工作年度报告。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[目标]...", help="如 dapan/2021、dapan、2021 或一个 .toml 文件；不写则为全部"
    ),
]
Content = Annotated[Path | None, typer.Option("--content", metavar="文件夹", help="内容文件夹")]
Layouts = Annotated[Path | None, typer.Option("--layouts", metavar="文件夹", help="格式文件夹")]
Fonts = Annotated[Path | None, typer.Option("--fonts", metavar="文件夹", help="字体文件夹")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="文件夹", help="输出文件夹，缺省 build/")
]
Format = Annotated[Literal["text", "json"], typer.Option("--format", help="text 或 json")]


def main() -> None:
    """Run the command; every way out has its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The exit code of a command line."""
    try:
        code = app(list(arguments), prog_name="nianbao", standalone_mode=False)
    except UserError as error:
        say_error(error)
        return int(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        say("已中断。")
        return int(ExitCode.INTERRUPTED)
    except Exception as error:
        # typer's own usage errors have no public type: they are known by what they can do.
        if not hasattr(error, "format_message"):
            raise
        say_error(UsageError(f"命令行有误：{error.format_message()}", "用法见 nianbao --help。"))
        return int(ExitCode.USAGE)
    return int(code or ExitCode.OK)


def _stock(folders: Project) -> Stock:
    return Stock(forms.load_all(folders.layouts), fonts.load(folders.font_file, folders.fonts))


@app.command("build")
def build_command(
    names: Targets = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="送审稿：有错误也排版，生成 draft.pdf")
    ] = False,
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
    out: Out = None,
) -> int:
    """检查并排版，生成 build/机关/年度/report.pdf。"""
    folders = project.find(content, layouts, fonts, out)
    chosen = project.targets(folders, names or [])
    stock = _stock(folders)
    codes = [_build_one(target, folders, stock, draft=draft) for target in chosen]
    for line in listing.stand_ins(stock.fonts):
        say(line)
    failed = [code for code in codes if code]
    if failed:
        say(f"共 {len(codes)} 份，{len(codes) - len(failed)} 份完成，{len(failed)} 份未完成。")
    common = failed[0] if failed and set(failed) == {failed[0]} else ExitCode.PARTIAL
    return common if len(failed) == len(codes) else ExitCode.PARTIAL if failed else ExitCode.OK


def _build_one(target: Target, folders: Project, stock: Stock, *, draft: bool) -> ExitCode:
    """Build one target; its failure is told and stops no other."""

    def progress(name: str, milliseconds: float, path: Path | None) -> None:
        say(f"{target}  {name}  {milliseconds:.0f} ms" + (f"  {_short(path)}" if path else ""))

    try:
        built = build.build(target, folders, stock, progress, draft=draft)
    except UserError as error:
        _tell(error.findings)
        say_error(error)
        return error.exit_code
    _tell(built.findings)
    return ExitCode.OK


def _tell(found: Sequence[Finding]) -> None:
    for finding in found:
        say(listing.finding(finding))


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@app.command("check")
def check_command(
    names: Targets = None,
    output: Format = "text",
    strict: Annotated[bool, typer.Option("--strict", help="警告也算错误")] = False,
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
) -> int:
    """检查内容，一次列出全部问题。"""
    folders = project.find(content, layouts, fonts)
    chosen = project.targets(folders, names or [])
    stock = _stock(folders)
    found: list[Finding] = []
    failed: set[ExitCode] = set()
    for target in chosen:
        try:
            found += build.check(target, stock).findings
        except UserError as error:
            found += error.findings
            failed |= set() if error.findings else {error.exit_code}
            if not error.findings:
                say_error(error)
    counts = {kind: sum(finding.severity is kind for finding in found) for kind in Severity}
    if output == "json":
        summary = {f"{kind}s": count for kind, count in counts.items()}
        data(
            json.dumps(
                {"findings": [f.as_json() for f in found], "summary": summary},
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for finding in found:
            data(listing.finding(finding))
        say(listing.summary(counts, len(chosen)))
    if counts[Severity.ERROR] or (strict and counts[Severity.WARNING]):
        failed.add(ExitCode.CONTENT)
    return failed.pop() if len(failed) == 1 else ExitCode.PARTIAL if failed else ExitCode.OK


@app.command("stamp")
def stamp_command(  # noqa: PLR0913  # each is an option of the contract
    name: Annotated[str, typer.Argument(metavar="目标或PDF", help="如 dapan/2021，或已生成的 PDF")],
    seal: Annotated[
        Path | None,
        typer.Option("--seal", metavar="文件", help="印章文件（PDF、SVG 或透明底 PNG）"),
    ] = None,
    no_seal: Annotated[
        bool, typer.Option("--no-seal", help="只落署名和日期，留出盖章的位置")
    ] = False,
    date: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="成文日期")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="文件", help="输出文件")
    ] = None,
    content: Content = None,
    layouts: Layouts = None,
    fonts: Fonts = None,
    out: Out = None,
) -> int:
    """落款、用印，另存为 stamped.pdf；不改动原文件。"""
    from pipeline import imprint  # noqa: PLC0415  # pypdf is needed by this command only

    if seal and no_seal:
        raise UsageError("--seal 和 --no-seal 不能同时使用。", "请只写其中一个。")
    folders = project.find(content, layouts, fonts, out)
    source = imprint.source(folders, name)
    made = imprint.imprint(
        source, folders, seal_file=seal, no_seal=no_seal, date=_day(date), output=output
    )
    for warning in made.warnings:
        say(f"注意：{warning}")
    say(f"已生成 {_short(made.path)}")
    return ExitCode.OK


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"日期无法识别：{text}。", "请写成 2022-01-13 的样子。") from error


@app.command("doctor")
def doctor_command(fonts: Fonts = None, output: Format = "text") -> int:
    """查看程序、字体和软件包是否齐全，缺什么、怎么装。"""
    from pipeline import doctor  # noqa: PLC0415  # probes that other commands do not need

    folders = project.find(fonts=fonts)
    checks = doctor.examine(folders.font_file, folders.fonts)
    if output == "json":
        data(json.dumps(listing.doctor_json(checks), ensure_ascii=False, indent=2))
    else:
        for line in listing.doctor_lines(checks):
            data(line)
    return doctor.exit_code(checks)


@app.command("fonts")
def fonts_command(fonts: Fonts = None, output: Format = "text") -> int:
    """列出每个字体角色由哪个文件担任。"""
    folders = project.find(fonts=fonts)
    shown = _load_fonts(folders)
    if output == "json":
        data(json.dumps(listing.fonts_json(shown), ensure_ascii=False, indent=2))
    else:
        for line in listing.font_lines(shown):
            data(line)
    return ExitCode.OK


def _load_fonts(folders: Project) -> fonts.FontSet:
    return fonts.load(folders.font_file, folders.fonts)


@app.command("forms")
def forms_command(
    name: Annotated[
        str | None, typer.Argument(metavar="[格式]", help="如 2021；不写则列出全部")
    ] = None,
    layouts: Layouts = None,
    output: Format = "text",
) -> int:
    """列出已有的格式，或一种格式的各个键。"""
    known = forms.load_all(project.find(layouts=layouts).layouts)
    if name is not None:
        known = (forms.choose(known, 0, name),)
    if output == "json":
        data(
            json.dumps(
                [form.model_dump(mode="json") for form in known], ensure_ascii=False, indent=2
            )
        )
    else:
        for form in known:
            for line in listing.form_lines(form, whole=name is not None):
                data(line)
    return ExitCode.OK


def _version(wanted: bool) -> None:
    if wanted:
        data(f"nianbao {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")
    ] = False,
) -> None:
    """由 TOML 内容生成政府信息公开工作年度报告。"""
