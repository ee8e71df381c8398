"""Commands that make or compare content files: new, import, diff."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline import files, listing, project
from pipeline.cli.options import Content, Format, Layouts, print_json, shown
from pipeline.content.jsonschema import REPORT
from pipeline.content.schema import FIRST_YEAR, LAST_YEAR, is_year
from pipeline.errors import ExitCode, UsageError
from pipeline.findings import Severity
from pipeline.form import forms
from pipeline.form.forms import Form
from pipeline.project import Project, Target
from pipeline.terminal import data, say


def start_year(  # noqa: PLR0913, PLR0917  # each is an option of the contract
    agency: Annotated[
        str, typer.Argument(metavar="机关", help="content/ 中的文件夹名，如 dapan；没有的会新建")
    ],
    year: Annotated[int, typer.Argument(metavar="年度", help="报告年度，如 2024")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="全称", help="机关全称，写入新的 agency.toml")
    ] = None,
    title_name: Annotated[
        str | None,
        typer.Option("--title-name", metavar="名称", help="标题中的机关名称，与全称不同时写"),
    ] = None,
    signature: Annotated[
        Literal["sealed", "unsealed"] | None,
        typer.Option("--signature", metavar="方式", help="sealed 盖章，unsealed 不盖章"),
    ] = None,
    content: Content = None,
    layouts: Layouts = None,
) -> int:
    """新建一年的内容文件：数字从上年结转，文字待写；不覆盖原有文件。"""  # noqa: D400, D415  # Chinese
    from pipeline import newyear  # noqa: PLC0415  # other commands do not need it

    folders = project.find(content, layouts)
    asked = {"name": name, "title_name": title_name, "signature": signature}
    given = {key: value for key, value in asked.items() if value is not None}
    known = forms.load_all(folders.layouts)
    made = newyear.start(folders, known, agency, year, given)
    for path in made.paths:
        data(str(shown(path)))
    for remark in made.remarks:
        say(remark)
    target = f"{made.paths[-1].parent.name}/{year}"
    say(f"接下来：打开文件，填写数字和文字；填好以后运行 nianbao check {target}。")
    return ExitCode.OK


def import_report(
    file: Annotated[
        Path,
        typer.Argument(metavar="文件", help="已有的年报：.docx、.doc、.rtf、.odt、.html 或纯文本"),
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
    folders = project.find(layouts=layouts)
    known = forms.load_all(folders.layouts)
    made = importing.read_report(file, known, Told(year, agency))
    if output:
        line = folders.schema_line(output, _schema(made.text, known))
        files.write(output, (line + made.text).encode(), new=True)
    else:
        data(made.text.rstrip("\n"))
    for remark in made.remarks:
        say(str(remark))
    if output:
        say(f"已生成 {shown(output)}，有 {len(made.remarks)} 处需要核对。")
    return ExitCode.OK


def _schema(text: str, known: tuple[Form, ...]) -> str:
    """The JSON Schema, in the folder of layouts, of the form that a content file has."""
    values = tomllib.loads(text)
    if "year" not in values:
        return ""
    return f"{forms.choose(known, values['year'], values.get('form')).name}/{REPORT}"


def compare(
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
        print_json({"differences": [each.as_json() for each in found]})
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
