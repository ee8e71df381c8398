"""Metadata: the XMP packet, and whether the Info dictionary says the same (ISO 16684-1)."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule
from pipeline.conformance.schemas import unknown

XMP = Rule("xmp", "ISO 19005-3 6.6.2.1")
IDENTIFICATION = Rule("pdfa-id", "ISO 19005-3 6.6.4")
UA_IDENTIFICATION = Rule("pdfua-id", "ISO 14289-1 5")
TITLE = Rule("title", "ISO 14289-1 7.1")
PREFIX = Rule("xmp-prefix", "ISO 19005-3 6.6.4")
PACKET = Rule("xmp-packet", "ISO 19005-3 6.6.2.1")
SAME = Rule("info-xmp", "docs/records.md")
"""A rule of this house, for its own reports: the standard lets readers ignore Info."""
EXTENSION = Rule("xmp-extension", "ISO 19005-3 6.6.2.3")

_MOST = 2**20
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_BASIC = "{http://ns.adobe.com/xap/1.0/}"
_PDF = "{http://ns.adobe.com/pdf/1.3/}"
_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
_UA = "http://www.aiim.org/pdfua/ns/id/"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
_PROPERTY = "{http://www.aiim.org/pdfa/ns/property#}"
_WRAPPER = re.compile(rb"<\?xpacket begin=[^>]*\s(?:bytes|encoding)=")
_SCHEMAS = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
_PREFIXES = {"http://www.aiim.org/pdfa/ns/id/": "pdfaid", _UA: "pdfuaid"}
_DECLARED = re.compile(r"""xmlns:([^\s=]+)\s*=\s*["'](http://www\.aiim\.org/[^"']*)["']""")
_PASSPORT = "/Nianbao"
"""The entry of Info that this program's reports have."""
_TEXTS = {
    "/Title": (f"{_DC}title", "标题"),
    "/Author": (f"{_DC}creator", "作者"),
    "/Subject": (f"{_DC}description", "主题"),
    "/Keywords": (f"{_PDF}Keywords", "关键词"),
    "/Creator": (f"{_BASIC}CreatorTool", "创建程序"),
    "/Producer": (f"{_PDF}Producer", "生成程序"),
}
_DATES = {
    "/CreationDate": (f"{_BASIC}CreateDate", "创建时间"),
    "/ModDate": (f"{_BASIC}ModifyDate", "修改时间"),
}
_DAY = re.compile(
    r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z(?:00'?00'?)?|([+-]\d\d)'?(\d\d)?'?)?"
)


def check(objects: Objects) -> Iterator[Problem]:
    """Problems of the metadata.

    Raises:
        Unreadable: the stream cannot be decoded.
    """
    root = objects.dictionary(objects.trailer.get("/Root"))
    stream = objects.dictionary(root.get("/Metadata"))
    packet = objects.data(root.get("/Metadata"))
    if objects.name(stream.get("/Subtype")) != "/XML" or not packet:
        yield XMP.broken("文件没有 XMP 元数据。")
        return
    tree = _parsed(packet)
    if tree is None:
        yield XMP.broken("XMP 元数据不是规范的 XML。")
        return
    found = _properties(tree)
    identity = (found.get(f"{_PDFA}part"), found.get(f"{_PDFA}conformance"))
    if identity != ("3", "A"):
        told = "".join(part or "—" for part in identity)
        yield IDENTIFICATION.broken(f"XMP 元数据没有写明 PDF/A-3a（写的是 {told}）。")
    if found.get(f"{{{_UA}}}part") != "1":
        yield UA_IDENTIFICATION.broken("XMP 元数据没有写明 PDF/UA-1。")
    for each in unknown(found, _described(tree)):
        yield EXTENSION.broken(f"XMP 元数据的 {each[:80]} 不是标准所列，也没有说明（扩展架构）。")
    yield from _wrapping(packet)
    if not found.get(f"{_DC}title"):
        yield TITLE.broken("XMP 元数据没有标题（dc:title）。")
    info = objects.dictionary(objects.trailer.get("/Info"))
    if _PASSPORT in info:
        yield from _differences(objects, info, found)


def _wrapping(packet: bytes) -> Iterator[Problem]:
    """Problems of the packet around the data, and of prefixes that the standard prescribes."""
    if _WRAPPER.search(packet):
        yield PACKET.broken("XMP 元数据的开头有 bytes 或 encoding 属性。")
    for prefix, schema in _DECLARED.findall(packet.decode("utf-8", "replace")):
        wanted = _PREFIXES.get(schema, prefix)
        if prefix != wanted:
            yield PREFIX.broken(f"XMP 元数据用 {prefix[:40]} 代替了规定的前缀 {wanted}。")


def _described(tree: ET.Element) -> frozenset[str]:
    """The properties that extension schemas describe."""
    return frozenset(
        f"{{{_text(schema, 'namespaceURI')}}}{(name.text or '').strip()}"
        for schema in tree.iterfind(f".//{_SCHEMAS}/{_RDF}Bag/{_RDF}li")
        for name in schema.iter(f"{_PROPERTY}name")
    )


def _text(schema: ET.Element, name: str) -> str:
    return (schema.findtext(f".//{_SCHEMA}{name}") or "").strip()


def _parsed(packet: bytes) -> ET.Element | None:
    """The packet as XML without declarations of its own; None where it is none."""
    if len(packet) > _MOST or b"<!DOCTYPE" in packet:
        return None
    try:
        tree = ET.fromstring(packet.decode("utf-8"))  # noqa: S314  # it declares no entities
    except (ET.ParseError, UnicodeDecodeError, ValueError):
        return None
    return tree if tree.find(f".//{_RDF}RDF") is not None or tree.tag == f"{_RDF}RDF" else None


def _properties(tree: ET.Element) -> Mapping[str, str]:
    """Properties and their values: of alternatives the default one, of an array all of them."""
    found: dict[str, str] = {}
    top = tree if tree.tag == f"{_RDF}RDF" else tree.find(f".//{_RDF}RDF")
    for description in top.iterfind(f"{_RDF}Description") if top is not None else ():
        found.update(description.attrib)
        for each in description:
            items = [*each.iter(f"{_RDF}li")]
            if each.find(f"{_RDF}Alt") is not None:
                items = [item for item in items if item.get(_LANGUAGE) == "x-default"] or items[:1]
            texts = [(item.text or "") for item in items]
            found[each.tag] = ", ".join(texts) if texts else (each.text or "").strip()
    return found


def _differences(
    objects: Objects, info: Mapping[str, object], found: Mapping[str, str]
) -> Iterator[Problem]:
    for key, (name, label) in _TEXTS.items():
        if key in info and objects.string(info[key]) != found.get(name):
            yield SAME.broken(f"{label}在 XMP 元数据和文件信息（{key}）中不一致。")
    for key, (name, label) in _DATES.items():
        if key in info:
            day = _day(objects.string(info[key]) or "")
            if day is None or day != _moment(found.get(name, "")):
                yield SAME.broken(f"{label}在 XMP 元数据和文件信息（{key}）中不一致。")


def _day(text: str) -> dt.datetime | None:
    """A date of PDF (ISO 32000-1, 7.9.4); without a zone it is UTC."""
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year, month, day, *clock = (int(part) if part else None for part in match.groups()[:6])
    hours, minutes = int(match[7] or 0), int(match[8] or 0)
    try:
        zone = dt.timezone(dt.timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
        hour, minute, second = (part or 0 for part in clock)
        return dt.datetime(year or 1, month or 1, day or 1, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _moment(text: str) -> dt.datetime | None:
    """A date of XMP: as ISO 8601; without a zone it is UTC."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
