"""Bundles made in the tests: a specimen record, with a file of every kind and no real prose."""

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

import pikepdf

from pipeline.archiving import bundle, zipping
from pipeline.archiving.record import Environment, Record, Registered, Replaced, State
from pipeline.events import Action, Event

AGENCY = "示例市样板区示范街道办事处"
CHINA = dt.timezone(dt.timedelta(hours=8))
SOURCE = b"year = 2021\n"
PLACE = "data/电子档案/2021/01/"


def event(action: Action, hour: int, detail: str = "") -> Event:
    """Something done on the day of archiving."""
    return Event(dt.datetime(2022, 1, 13, hour, tzinfo=CHINA), action, "测试员", detail)


RECORD = Record(
    agency=AGENCY,
    title=f"{AGENCY}2021年政府信息公开工作年度报告",
    year=2021,
    date=dt.date(2022, 1, 13),
    state=State.STAMPED,
    pages=1,
    archived=dt.date(2022, 1, 14),
    events=(
        event(Action.CHECK, 8),
        event(Action.BUILD, 9),
        event(Action.STAMP, 10, "样章"),
        event(Action.ARCHIVE, 11),
    ),
    environment=Environment({"xelatex": "TeX Live 2022"}, {"a.otf": "0" * 64}, "2021"),
    sample=True,
    replaces=Replaced("样例-旧", "1" * 64),
    registered=Registered({"number": 1, "date": dt.date(2022, 1, 13), "after": "2" * 64}, 1),
)


def pdf(source: bytes | None = SOURCE) -> bytes:
    """A PDF of one empty page that carries `source` in /AF, or nothing."""
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if source is not None:
            file = pikepdf.AttachedFileSpec(
                document,
                source,
                filename="内容.toml",
                relationship=pikepdf.Name.Source,
                creation_date="D:20220113000000Z",
                mod_date="D:20220113000000Z",
            )
            document.attachments["内容.toml"] = file
            document.Root.AF = pikepdf.Array([document.attachments["内容.toml"].obj])
        document.save(made, deterministic_id=True, compress_streams=True)
    return made.getvalue()


DOCUMENTS = {
    "正本.pdf": pdf(),
    "内容.toml": SOURCE,
    "正文.txt": "一、总体情况\n".encode(),
    "表格.csv": "项目,数量\r\n甲,0\r\n".encode("utf-8-sig"),
}
OTHERS = {
    "排版/report.tex": b"\\documentclass{nianbao}\n",
    "排版/report.log": b"This is XeTeX\n",
    "字体/LICENSE.txt": b"SIL OPEN FONT LICENSE\n",
    "规范/form.toml": b'name = "2021"\n',
}


def assemble(
    documents: Mapping[str, bytes] = DOCUMENTS, others: Mapping[str, bytes] = OTHERS
) -> bundle.Bundle:
    """The specimen bundle, or one with other files."""
    return bundle.assemble(RECORD, documents, others)


def unpack(made: bundle.Bundle, folder: Path) -> Path:
    """The bundle as a folder in `folder`."""
    for path, data in made.files.items():
        place = folder / made.name / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder / made.name


def layout(made: bundle.Bundle) -> list[tuple[str, int, int]]:
    """The members of the bundle's zip, in order: path in the bag, start of header, of data."""
    found, offset = [], 0
    for path, data in made.files.items():
        header = len(zipping.local(zipping.Entry(f"{made.name}/{path}", 0, 0)))
        found.append((path, offset, offset + header))
        offset += header + len(data)
    return found
