"""Commands that take finished files: verify."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline import files, listing
from pipeline.cli.options import Format, print_json, shown
from pipeline.errors import ExitCode, Refused
from pipeline.terminal import data, say

_HEADER = b"%PDF-"
_FIRST = 1024  # bytes in which readers look for the header


def verify_file(
    file: Annotated[Path, typer.Argument(metavar="文件", help="成品 PDF，如 report.pdf")],
    output: Format = "text",
) -> int:
    """核验成品 PDF 是否符合 PDF/A-3a 和 PDF/UA-1，列出全部问题。"""  # noqa: D400, D415  # Chinese
    from pipeline.conformance import objects, verdict  # noqa: PLC0415  # of this command only

    pdf = files.load(file, objects.MOST_BYTES)
    if _HEADER not in pdf[:_FIRST]:
        raise Refused(f"不是 PDF 文件：{shown(file)}。", "目前只能核验 PDF 文件，请核对文件名。")
    found = verdict.problems(pdf)
    if output == "json":
        print_json(listing.problems_json(str(shown(file)), found))
    else:
        for problem in found:
            data(listing.problem(str(shown(file)), problem))
        if found:
            say(f"{shown(file)} 有 {len(found)} 处不符合 PDF/A-3a 或 PDF/UA-1。")
        else:
            say(f"{shown(file)} 未发现不符合 PDF/A-3a、PDF/UA-1 之处。")
    return ExitCode.VERIFICATION if found else ExitCode.OK
