"""What goes into a bundle beside the report itself: its text, how it was typeset, by which form."""

import hashlib
import importlib.metadata
import io
import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path

from pypdf import PdfReader

from pipeline import __version__, tools
from pipeline.archiving import catalogue
from pipeline.archiving.record import Environment
from pipeline.build import Pages, epoch
from pipeline.checking import Checked
from pipeline.exports import tables_csv
from pipeline.faces import Face
from pipeline.project import AGENCY_FILE
from pipeline.typesetting import typeset
from pipeline.typesetting.latex import CLASS, TEMPLATE

TYPESETTING, LICENCES, RULES, ORIGINALS = "排版", "字体/许可.txt", "规范", "原件"
RAW = "raw.pdf"
PAGE_END = "\f"
_LIBRARIES = ("pikepdf", "pypdf", "fonttools", "uharfbuzz", "jinja2", "lxml")
"""What decides the bytes of a report."""
_LICENCE, _COPYRIGHT = 13, 0
"""Entries of a font's name table (OpenType, `name`)."""


def documents(main: bytes, checked: Checked) -> dict[str, bytes]:
    """The files of the record itself, by name."""
    return {
        catalogue.MAIN: main,
        catalogue.SOURCE: checked.report.source.data,
        catalogue.TEXT: text(main).encode(),
        catalogue.TABLE: tables_csv(checked.report),
    }


def text(pdf: bytes) -> str:
    """What pypdf reads in a PDF, page by page, with a form feed behind each."""
    return "".join(
        f"{page.extract_text()}\n{PAGE_END}" for page in PdfReader(io.BytesIO(pdf)).pages
    )


def others(checked: Checked, pages: Pages, layouts: Path) -> dict[str, bytes]:
    """The files of 其他/, by their path in it."""
    form = layouts / checked.report.form.name
    agency = checked.report.agency_source
    own = {} if agency.file == checked.report.source.file else {AGENCY_FILE: agency.data}
    return {
        f"{TYPESETTING}/report.tex": pages.rendering.tex.encode(),
        f"{TYPESETTING}/{CLASS}": (layouts / CLASS).read_bytes(),
        f"{TYPESETTING}/{TEMPLATE}.txt": (layouts / TEMPLATE).read_bytes(),
        f"{TYPESETTING}/report.log": pages.sheets.log.encode(),
        f"{TYPESETTING}/{RAW}": pages.sheets.pdf,
        f"{TYPESETTING}/字体.json": _listed(pages),
        f"{TYPESETTING}/说明.TXT": _guide(epoch(checked.report)),
        LICENCES: "\r\n".join(_licences(checked)).encode("utf-8-sig"),
        f"{RULES}/form.toml": (form / "form.toml").read_bytes(),
        f"{RULES}/report.schema.json": (form / "report.schema.json").read_bytes(),
        **{f"{RULES}/{name}": data for name, data in own.items()},
    }


def environment(checked: Checked, layouts: Path) -> Environment:
    """What the report is made with on this machine."""
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    versions |= {"nianbao": __version__, "python": platform.python_version()}
    versions["xelatex"] = tools.find(tools.XELATEX).version
    return Environment(
        versions=versions,
        fonts={face.path.name: face.digest for face in checked.plan.faces},
        form=checked.report.form.name,
        layouts=_digests(layouts, checked.report.form.name),
    )


def _digests(layouts: Path, form: str) -> dict[str, str]:
    """SHA-256 of what decides how a report looks, by its path in the layouts."""
    names = (CLASS, TEMPLATE, f"{form}/form.toml")
    return {name: hashlib.sha256((layouts / name).read_bytes()).hexdigest() for name in names}


def _listed(pages: Pages) -> bytes:
    """The names that the LaTeX has for font files, and which files these are."""
    fonts: Mapping[str, Path] = pages.rendering.files
    found = {
        name: {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for name, path in sorted(fonts.items())
    }
    return json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n"


def _guide(moment: int) -> bytes:
    """How to typeset again what stands beside it."""
    command = " ".join(["xelatex", *typeset.OPTIONS, "report.tex"])
    lines = (
        "怎样由这里的文件重新排版",
        "",
        "1. 安装 TeX Live，版本见 metadata/environment.json。",
        "2. 把 字体.json 所列的字体文件放到本文件夹，改成所列的名称（如 nbA.otf）。",
        "   字体文件按 sha256 核对；来源见 metadata/environment.json 和 字体/许可.txt。",
        "3. 在本文件夹运行（一行）：",
        "",
        f"SOURCE_DATE_EPOCH={moment} FORCE_SOURCE_DATE=1 TZ=UTC LC_ALL=C.UTF-8 {command}",
        "",
        f"得到的 report.pdf 与 {RAW} 逐字节相同。",
        f"{RAW} 是排版程序的原始结果。",
        "正本在它的基础上加了文字层、标签、元数据和附件，用印时又加了署名、日期和印章。",
        "",
    )
    return "\r\n".join(lines).encode("utf-8-sig")


def _licences(checked: Checked) -> Iterator[str]:
    """What each font file says of its rights."""
    yield "年报中各字体文件自带的版权和许可说明。字体文件本身不在归档包中。"
    for face in checked.plan.faces:
        yield ""
        yield f"{face.title}（{face.path.name}）"
        yield from _rights(face)


def _rights(face: Face) -> Iterator[str]:
    names = face.font["name"]
    told = [names.getDebugName(number) for number in (_COPYRIGHT, _LICENCE)]
    yield from (line for entry in told if entry for line in str(entry).splitlines())
