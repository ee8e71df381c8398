"""Commands that show what the program knows and what the machine has."""

from typing import Annotated, Literal

import typer

from pipeline import checking, listing, project
from pipeline.cli.options import Fonts, Format, Layouts, print_json
from pipeline.errors import ExitCode, UsageError
from pipeline.form import forms
from pipeline.terminal import data


def examine(fonts: Fonts = None, output: Format = "text") -> int:
    """查看程序、字体和软件包是否齐全，缺什么、怎么装。"""  # noqa: D400, D415  # Chinese
    from pipeline import doctor  # noqa: PLC0415  # probes that other commands do not need

    folders = project.find(fonts=fonts)
    checks = doctor.examine(folders.font_file, folders.fonts)
    if output == "json":
        print_json(listing.doctor_json(checks))
    else:
        for line in listing.doctor_lines(checks):
            data(line)
    return doctor.exit_code(checks)


def show_fonts(fonts: Fonts = None, output: Format = "text") -> int:
    """列出每个字体角色由哪个文件担任。"""  # noqa: D400, D415  # Chinese
    folders = project.find(fonts=fonts)
    shown = checking.load_fonts(folders)
    if output == "json":
        print_json(listing.fonts_json(shown))
    else:
        for line in listing.font_lines(shown):
            data(line)
    return ExitCode.OK


def show_forms(
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
        print_json([form.model_dump(mode="json") for form in known])
    else:
        for form in known:
            for line in listing.form_lines(form, whole=name is not None):
                data(line)
    return ExitCode.OK


def show_schema(
    name: Annotated[
        str | None,
        typer.Argument(metavar="格式", help="如 2021，或 agency（机关信息）；不写则为最新的格式"),
    ] = None,
    layouts: Layouts = None,
) -> int:
    """显示内容文件的 JSON Schema，供编辑器补全和检查。"""  # noqa: D400, D415  # Chinese
    from pipeline.content import jsonschema  # noqa: PLC0415  # no other command needs it

    if name == "agency":
        print_json(jsonschema.agency_schema())
        return ExitCode.OK
    known = forms.load_all(project.find(layouts=layouts).layouts)
    newest = max((form.from_year for form in known), default=0)
    print_json(jsonschema.report_schema(forms.choose(known, newest, name)))
    return ExitCode.OK


def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="编号", help="如 NB302；不写则列出全部")
    ] = None,
    output: Annotated[
        Literal["text", "json", "markdown"],
        typer.Option("--format", metavar="格式", help="text、json 或 markdown"),
    ] = "text",
) -> int:
    """解释检查结果中的编号：是什么问题，怎么改。"""  # noqa: D400, D415  # Chinese
    from pipeline import handbook, registry  # noqa: PLC0415  # every module that has rules

    shown = registry.ALL
    if code is not None:
        rule = registry.named(code)
        if rule is None:
            hint = "请运行 nianbao explain 查看全部编号。"
            raise UsageError(f"没有这个编号：{code}。", hint)
        shown = (rule,)
    if output == "json":
        print_json(listing.rules_json(shown))
    elif output == "markdown":
        data(handbook.page(shown).rstrip("\n"))
    else:
        for line in listing.rule_lines(shown):
            data(line)
    return ExitCode.OK
