"""The command line: parses, calls one step of the pipeline, prints, and sets the exit code."""

import datetime as dt
import json
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal, Never

import typer

from pipeline import __version__, build, files, listing, project, registry, usage
from pipeline.build import Stock
from pipeline.content.schema import FIRST_YEAR, LAST_YEAR, is_year
from pipeline.errors import ExitCode, UsageError, UserError
from pipeline.findings import Finding, Severity
from pipeline.form import forms
from pipeline.project import Project, Target
from pipeline.terminal import data, say, say_error, set_up
from pipeline.typesetting.typeset import TIME_LIMIT

app = typer.Typer(
    name="nianbao",
    help="由 TOML 内容生成政府信息公开工作年度报告。",
    cls=usage.Group,
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="目标", help="如 dapan/2021、dapan、2021 或一个 .toml 文件；不写则为全部"
    ),
]
Content = Annotated[Path | None, typer.Option("--content", metavar="文件夹", help="内容文件夹")]
Layouts = Annotated[Path | None, typer.Option("--layouts", metavar="文件夹", help="格式文件夹")]
Fonts = Annotated[Path | None, typer.Option("--fonts", metavar="文件夹", help="字体文件夹")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="文件夹", help="输出文件夹，缺省 build/")
]
Format = Annotated[
    Literal["text", "json"], typer.Option("--format", metavar="格式", help="text 或 json")
]
Limit = Annotated[
    float,
    typer.Option(
        "--time-limit",
        metavar="秒",
        min=0.1,
        envvar="NIANBAO_TIME_LIMIT",
        show_default=False,
        help=f"每份年报排版的时限，缺省 {TIME_LIMIT:g}",
    ),
]


def main() -> None:
    """Run the command; every way out has its exit code."""
    set_up()
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupted)
    sys.exit(run(sys.argv[1:]))


def _interrupted(number: int, frame: FrameType | None) -> Never:  # noqa: ARG001  # as signal asks
    """A request to end is an interruption: what runs is ended, what is half done is removed."""
    raise KeyboardInterrupt


def run(arguments: Sequence[str]) -> int:
    """The exit code of a command line."""
    try:
        code = app(list(arguments), prog_name="nianbao", standalone_mode=False)
    except UserError as error:
        say_error(error)
        return int(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):  # of typers that pass it on
        code = ExitCode.INTERRUPTED
    except Exception as error:
        # typer's own usage errors have no public type: they are known by what they can do.
        if not hasattr(error, "format_message"):
            raise
        told = usage.explained(error.format_message())
        say_error(UsageError(f"命令行有误：{told}", "用法见 nianbao --help。"))
        return int(ExitCode.USAGE)
    if code == ExitCode.INTERRUPTED:
        say("已中断。")
    return int(code or ExitCode.OK)


def _overall(codes: Sequence[ExitCode]) -> ExitCode:
    """The exit code of several targets: all failed alike, or some failed and some did not."""
    failed = {code for code in codes if code}
    if not failed:
        return ExitCode.OK
    return failed.pop() if len(failed) == 1 and all(codes) else ExitCode.PARTIAL


def _stock(folders: Project) -> Stock:
    return Stock(forms.load_all(folders.layouts), build.load_fonts(folders))


@app.command("build", cls=usage.Command)
def build_command(  # noqa: PLR0913, PLR0917  # each is an option of the contract
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
    stock = _stock(folders)
    codes = [_build_one(target, folders, stock, draft=draft, limit=limit) for target in chosen]
    for line in listing.stand_ins(stock.fonts):
        say(line)
    if failed := sum(code is not ExitCode.OK for code in codes):
        say(f"共 {len(codes)} 份，{len(codes) - failed} 份完成，{failed} 份未完成。")
    return _overall(codes)


def _build_one(
    target: Target, folders: Project, stock: Stock, *, draft: bool, limit: float
) -> ExitCode:
    """Build one target; its failure, a bug of ours included, is told and stops no other."""

    def progress(name: str, milliseconds: float, path: Path | None) -> None:
        say(f"{target}  {name}  {milliseconds:.0f} ms" + (f"  {_short(path)}" if path else ""))

    try:
        built = build.build(target, folders, stock, progress, draft=draft, limit=limit)
    except UserError as error:
        _tell(error.findings)
        say_error(error)
        return error.exit_code
    except Exception:  # noqa: BLE001  # it is told with its trace
        say(f"错误：{target} 遇到程序自身的错误，请将以下信息交给维护人员。")
        traceback.print_exc()
        return ExitCode.BUG
    _tell(built.findings)
    return ExitCode.OK


def _tell(found: Sequence[Finding]) -> None:
    for finding in found:
        say(listing.finding(finding))


def _short(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


@app.command("check", cls=usage.Command)
def check_command(  # noqa: PLR0913, PLR0917  # each is an option of the contract
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
    stock = _stock(folders)
    found: list[Finding] = []
    unread: list[ExitCode] = []
    for target in chosen:
        try:
            found += build.check(target, stock).findings
        except UserError as error:
            found += error.findings
            if not error.findings:
                say_error(error)
                unread.append(error.exit_code)
    counts = {kind: sum(finding.severity is kind for finding in found) for kind in Severity}
    if output == "json":
        _json(
            {
                "findings": [finding.as_json() for finding in found],
                "summary": {f"{kind}s": count for kind, count in counts.items()},
            }
        )
    else:
        for finding in found:
            data(listing.finding(finding))
        say(listing.summary(counts, len(chosen)))
    wrong = counts[Severity.ERROR] or (strict and counts[Severity.WARNING])
    read = [ExitCode.CONTENT if wrong else ExitCode.OK] * (len(chosen) > len(unread))
    return _overall([*unread, *read])


def _json(value: object) -> None:
    data(json.dumps(value, ensure_ascii=False, indent=2))


@app.command("stamp", cls=usage.Command)
def stamp_command(  # noqa: PLR0913, PLR0917  # each is an option of the contract
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
    """落款、用印，另存为 stamped.pdf；不改动原文件。"""  # noqa: D400, D415  # Chinese
    from pipeline.stamping import imprint  # noqa: PLC0415  # pypdf is needed by this command only

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


@app.command("import", cls=usage.Command)
def import_command(
    file: Annotated[
        Path, typer.Argument(metavar="文件", help="已有的年报：.docx、.doc、.html 或纯文本")
    ],
    year: Annotated[
        int | None, typer.Option("--year", metavar="年度", help="文件里没有写年度时给出")
    ] = None,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="机关", help="文件里没有写机关全称时给出")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="文件", help="写到这个文件，不覆盖原有文件")
    ] = None,
    layouts: Layouts = None,
) -> int:
    """导入已有的年报，生成内容文件，并列出没有看懂的地方。"""  # noqa: D400, D415  # Chinese
    from pipeline.transcription import importing  # noqa: PLC0415  # readers that other commands do not need
    from pipeline.transcription.transcript import Told  # noqa: PLC0415

    if year is not None and not is_year(year):
        raise UsageError(f"年度不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间：{year}。", "请核对 --year。")
    known = forms.load_all(project.find(layouts=layouts).layouts)
    made = importing.read_report(file, known, Told(year, agency))
    if output:
        files.write(output, made.text.encode(), new=True)
    else:
        data(made.text.rstrip("\n"))
    for remark in made.remarks:
        say(str(remark))
    if output:
        say(f"已生成 {_short(output)}，有 {len(made.remarks)} 处需要核对。")
    return ExitCode.OK


@app.command("diff", cls=usage.Command)
def diff_command(
    old: Annotated[str, typer.Argument(metavar="前者", help="如 dapan/2020，或一个 .toml 文件")],
    new: Annotated[str, typer.Argument(metavar="后者", help="如 dapan/2021，或一个 .toml 文件")],
    output: Format = "text",
    content: Content = None,
    layouts: Layouts = None,
) -> int:
    """比较两份年报：表格中改了哪些格，文字中改了哪些句。"""  # noqa: D400, D415  # Chinese
    from pipeline.content.report import read  # noqa: PLC0415
    from pipeline.difference import differences  # noqa: PLC0415

    folders = project.find(content, layouts)
    known = forms.load_all(folders.layouts)
    reports = []
    for target in _single(folders, old, new):
        report, problems = read(target.path, known, target.shown)
        if errors := sum(problem.severity is Severity.ERROR for problem in problems):
            say(f"{target.shown} 有 {errors} 处错误，读不出来的内容没有比较。")
            say(f"  → 请先运行 nianbao check {target.shown}。")
        reports.append(report)
    found = differences(*reports)
    if output == "json":
        _json({"differences": [each.as_json() for each in found]})
    else:
        for line in listing.difference_lines(found):
            data(line)
        say(f"共 {len(found)} 处不同。" if found else "没有不同。")
    return ExitCode.OK


def _single(folders: Project, *names: str) -> list[Target]:
    """The one report that each name stands for."""
    chosen = [project.targets(folders, [name]) for name in names]
    for name, found in zip(names, chosen, strict=True):
        if len(found) > 1:
            listed = "、".join(str(target) for target in found)
            raise UsageError(f"{name} 有 {len(found)} 份年报：{listed}。", "请写明其中一份。")
    return [found[0] for found in chosen]


@app.command("doctor", cls=usage.Command)
def doctor_command(fonts: Fonts = None, output: Format = "text") -> int:
    """查看程序、字体和软件包是否齐全，缺什么、怎么装。"""  # noqa: D400, D415  # Chinese
    from pipeline import doctor  # noqa: PLC0415  # probes that other commands do not need

    folders = project.find(fonts=fonts)
    checks = doctor.examine(folders.font_file, folders.fonts)
    if output == "json":
        _json(listing.doctor_json(checks))
    else:
        for line in listing.doctor_lines(checks):
            data(line)
    return doctor.exit_code(checks)


@app.command("fonts", cls=usage.Command)
def fonts_command(fonts: Fonts = None, output: Format = "text") -> int:
    """列出每个字体角色由哪个文件担任。"""  # noqa: D400, D415  # Chinese
    folders = project.find(fonts=fonts)
    shown = build.load_fonts(folders)
    if output == "json":
        _json(listing.fonts_json(shown))
    else:
        for line in listing.font_lines(shown):
            data(line)
    return ExitCode.OK


@app.command("forms", cls=usage.Command)
def forms_command(
    name: Annotated[
        str | None, typer.Argument(metavar="格式", help="如 2021；不写则列出全部")
    ] = None,
    layouts: Layouts = None,
    output: Format = "text",
) -> int:
    """列出已有的格式，或一种格式的各个键。"""  # noqa: D400, D415  # Chinese
    known = forms.load_all(project.find(layouts=layouts).layouts)
    if name is not None:
        known = (forms.choose(known, 0, name),)
    if output == "json":
        _json([form.model_dump(mode="json") for form in known])
    else:
        for form in known:
            for line in listing.form_lines(form, whole=name is not None):
                data(line)
    return ExitCode.OK


@app.command("explain", cls=usage.Command)
def explain_command(
    code: Annotated[
        str | None, typer.Argument(metavar="编号", help="如 NB302；不写则列出全部")
    ] = None,
    output: Format = "text",
) -> int:
    """解释检查结果中的编号：是什么问题，怎么改。"""  # noqa: D400, D415  # Chinese
    shown = registry.ALL
    if code is not None:
        rule = registry.named(code)
        if rule is None:
            hint = "请运行 nianbao explain 查看全部编号。"
            raise UsageError(f"没有这个编号：{code}。", hint)
        shown = (rule,)
    if output == "json":
        _json(listing.rules_json(shown))
    else:
        for line in listing.rule_lines(shown):
            data(line)
    return ExitCode.OK


def _version(wanted: bool) -> None:
    if wanted:
        data(f"nianbao {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  # its callback has answered
        bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")
    ] = False,
) -> None:
    """由 TOML 内容生成政府信息公开工作年度报告。"""  # noqa: D400, D415  # Chinese
    if context.invoked_subcommand is None:
        data(context.get_help())
