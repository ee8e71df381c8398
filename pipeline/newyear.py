"""`new`: the files that a year begins with; nothing that is there is written over."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import files
from pipeline.content import contentfile, jsonschema, report, schema
from pipeline.content.approvals import KEY as APPROVALS
from pipeline.content.approvals import Role
from pipeline.errors import ContentError, FileProblem, UsageError
from pipeline.form import forms
from pipeline.form.forms import Form
from pipeline.project import AGENCY_FILE, Project
from pipeline.scaffold import Earlier, scaffold

_YEAR_FILE = re.compile(r"[0-9]{4}")
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
"""What Windows keeps for devices, whatever stands behind the point."""
_LONGEST_NAME = 200  # bytes; most file systems end at 255
_PLACEHOLDERS = {"name": "", "signature": "sealed", "seal_diameter": report.DIAMETER}


@dataclass(frozen=True)
class Started:
    """The files that were written, and what a person should know of them."""

    paths: tuple[Path, ...]
    remarks: tuple[str, ...]


def folder_name(name: str) -> str:
    """The name of an office's folder, in the one spelling that every system reads alike (NFC).

    Raises:
        UsageError: it is no plain name of a folder, or a TARGET of another meaning.
    """
    plain = unicodedata.normalize("NFC", name)
    hint = "请用一个简短的名称，如 dapan 或 大潘街道，不含路径和特殊符号。"
    wrong = (
        not plain.strip(". ")
        or plain != plain.strip()
        or plain.startswith((".", "-"))
        or plain.endswith((".", ".toml"))
        or _FORBIDDEN.search(plain)
        or _RESERVED.fullmatch(plain)
        or any(unicodedata.category(char).startswith(("C", "Z")) for char in plain)
    )
    if wrong:
        raise UsageError(
            f"不能用作文件夹名：{ascii(name) if not name.isprintable() else name}。", hint
        )
    if len(plain.encode()) > _LONGEST_NAME:
        raise UsageError(f"文件夹名太长：{plain[:20]}…。", hint)
    if _YEAR_FILE.fullmatch(plain):
        raise UsageError(f"文件夹名不能是四位数字，会与年度混淆：{plain}。", hint)
    return plain


def start(
    project: Project,
    all_forms: tuple[Form, ...],
    agency: str,
    year: int,
    given: Mapping[str, str] | None = None,
) -> Started:
    """Write the content file of `year`, and agency.toml, of what is `given`, where there is none.

    Raises:
        UsageError: the name or the year does not do, or the agency that is given is known already.
        ContentError: the earlier year's file is no TOML.
        FileProblem: the file is there already, or one cannot be read or written.
    """
    if not schema.is_year(year):
        known = f"{schema.FIRST_YEAR} 至 {schema.LAST_YEAR}"
        raise UsageError(f"年度不在 {known} 之间：{year}。", "请核对年度。")
    form = forms.choose(all_forms, year)
    folder = project.content / folder_name(agency)
    path = folder / f"{year}.toml"
    if path.exists():
        hint = "接着填写，请直接打开它；要重新生成，请先把它改名或移走。"
        raise FileProblem(f"文件已经存在，没有覆盖：{path}。", hint)
    earlier, remarks = _earlier(folder, year, all_forms)
    made = scaffold(form, year, earlier)
    known_agency = (folder / AGENCY_FILE).exists() or "agency" in made.values
    if given and known_agency:
        hint = f"机关信息在 {AGENCY_FILE} 或上年文件的 [agency] 表中，请在那里修改，这里不写。"
        raise UsageError("机关信息已经有了，没有改动。", hint)
    written = []
    if not known_agency:
        written.append(folder / AGENCY_FILE)
        files.write(written[0], _agency(project, written[0], given or {}).encode(), new=True)
    above = [
        f"{year} 年政府信息公开工作年度报告。{remarks[0]}",
        f"填好数字和文字以后，运行 nianbao check {folder.name}/{year}，按列出的问题逐条改正。",
        "键名、等号、逗号、方括号和引号，用英文输入法输入。以 # 开头的行是说明，不印出来。",
        f"成文日期定下来后，在 year 下面写一行，例如 date = {year + 1}-01-15；也可以用印时再给。",
    ]
    line = project.schema_line(path, f"{form.name}/{jsonschema.REPORT}")
    text = made.text(form, above, [*_approvals(year)])
    files.write(path, (line + text).encode(), new=True)
    return Started((*written, path), (*remarks, *made.remarks))


def _approvals(year: int) -> Iterator[str]:
    """How to write down who approved the report: nobody has yet, whoever did last year."""
    yield "审签：写好、审过、签发以后，在这里各写一条，去掉行首的 # 号，再生成、用印。不印在纸上。"
    for role in Role:
        yield f'[[{APPROVALS}]]\nrole = "{role}"  # {role.label}'
        yield f'name = ""\ndate = {year + 1}-01-10'


def _agency(project: Project, path: Path, given: Mapping[str, str]) -> str:
    line = project.schema_line(path, jsonschema.AGENCY)
    order = ("name", "title_name", "signature", "seal_diameter")
    values = _PLACEHOLDERS | dict(given)
    above = ["机关信息。本文件夹中的每份年报共用；名称和印章没有变化时，每年不必改动。"]
    return line + contentfile.write_agency(
        {key: values[key] for key in order if key in values}, above=above
    )


def _earlier(
    folder: Path, year: int, all_forms: tuple[Form, ...]
) -> tuple[Earlier | None, list[str]]:
    """The latest year before, and what to say of it."""
    known = [int(file.stem) for file in folder.glob("*.toml") if _YEAR_FILE.fullmatch(file.stem)]
    latest = max((found for found in known if found < year), default=None)
    if latest is None:
        return None, ["没有以前的文件，从空白开始。"]
    path = folder / f"{latest}.toml"
    try:
        form, values, found = report.read_values(path, all_forms)
    except ContentError as error:
        hint = f"没有生成新的文件。请先改正 {path.name}，再运行一次。"
        raise ContentError(
            f"{path.name} 读不出来：{error.message}", error.findings, hint
        ) from error
    remarks = [f"依照 {path.name} 生成。"]
    if latest != year - 1:
        remarks = [f"没有 {year - 1}.toml，依照 {path.name} 生成，数字没有带入。"]
    if found:
        told = f"{path.name} 有 {len(found)} 处错误，能读出来的已经带入；错误的地方请核对。"
        remarks.append(told)
    return Earlier(latest, form, values, carried=latest == year - 1), remarks
