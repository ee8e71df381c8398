"""What an original could do by itself, or fetch when it is opened: looked for, never run.

By its first bytes an original is a zip or an OLE container, whatever it is called; a web page and a
text are known by their names. Of anything else nothing is known.
"""

import io
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import olefile
from lxml.html import HtmlElement

from pipeline.archiving.names import shown
from pipeline.errors import FileProblem
from pipeline.transcription import bounds, webpage
from pipeline.transcription.package import BROKEN, MOST_ENTRIES, Package, refuse_encrypted

_TYPES = "[content_types].xml"
_PAGES = frozenset({".html", ".htm"})
_TEXTS = frozenset({".txt"})
_KINDS = {
    "宏": re.compile("vbaproject|vbadata|macroenabled|jdedata|jsproject|jdeextension"),
    "控件": re.compile("activex|/control$"),
    "嵌入的对象": re.compile("oleobject|/embeddings/|/afchunk$|/package$"),
}
"""By names of parts, types of relations, types of content (ECMA-376-1; [MS-OFFMACRO2]; WPS)."""
_MACROS = frozenset({"macros", "vba", "_vba_project", "_vba_project_cur"})
_POOL, _NATIVE = "objectpool", frozenset({"\1ole10native", "\3ocxname"})
"""What a .doc keeps its macros, objects and controls in ([MS-DOC] 2.1, [MS-OVBA] 2.2)."""
_ELEMENTS = frozenset({"script", "iframe", "frame", "object", "embed", "applet"})
_BLANKS = re.compile(r"[\x00-\x20]+")
"""What browsers leave out of a link (URL Standard, 4.4)."""
_ACTIVE = re.compile(r"(javascript|vbscript|data(?=:[^,;]*(?:html|xml|svg))):", re.IGNORECASE)
"""A link that is a script, or a page with its scripts (RFC 2397), without its blanks."""
_DELAY = re.compile(r"[\d.]*[;,]*(?:url=)?[\"']?", re.IGNORECASE)
"""What stands before the link in a meta refresh, without blanks (HTML Standard, 4.2.5.3)."""
_MOST_TOLD = 100  # characters of a target


def active(name: str, data: bytes) -> Iterator[str]:
    """The macros, scripts, controls and embedded objects of an original.

    Raises:
        FileProblem: it cannot be looked into; its message says why.
    """
    if data.startswith(b"PK"):
        yield from _of_package(_package(name, data))
    elif data.startswith(olefile.MAGIC):
        yield from _of_storages(_storages(name, data))
    elif _suffix(name) in _PAGES:
        yield from _of_page(name, data)
    elif _suffix(name) not in _TEXTS:
        raise _unknown(name)


def outside(name: str, data: bytes) -> Iterator[str]:
    """The templates, pictures and files elsewhere that a Word file loads; links do not count.

    Raises:
        FileProblem: as above; of all formats but .docx and plain text nothing is known.
    """
    if data.startswith(b"PK"):
        package = _package(name, data)
        for kind, target, mode in _relations(package):
            if mode == "External" and kind != "hyperlink":
                yield f"{'模板' if kind == 'attachedTemplate' else '文件'} {shown(target)}"
    elif data.startswith(olefile.MAGIC) or _suffix(name) not in _TEXTS:
        raise _unknown(name)


def _package(name: str, data: bytes) -> Package:
    package = Package(data, name)
    if _TYPES not in package.names:
        raise _unknown(name)
    return package


def _of_package(package: Package) -> Iterator[str]:
    named = [f"/{name}" for name in sorted(package.names)]
    named += [f"/{kind}" for kind, _, _ in _relations(package)]
    named += [element.get("ContentType", "") for element in package.xml(_TYPES).iter("{*}*")]
    for kind, pattern in _KINDS.items():
        found = next((each for each in named if pattern.search(each.lower())), None)
        if found is not None:
            yield f"{kind}（{shown(found.removeprefix('/'))}）"


def _relations(package: Package) -> Iterator[tuple[str, str, str]]:
    """All relations: the last word of their type, the target, its mode."""
    for name in sorted(package.names):
        if name.endswith(".rels"):
            for each in package.xml(name).iter("{*}Relationship"):
                kind = each.get("Type", "").rsplit("/", 1)[-1]
                yield kind, each.get("Target", "")[:_MOST_TOLD], each.get("TargetMode", "")


def _storages(name: str, data: bytes) -> list[list[str]]:
    """The paths of all that an OLE container holds, in small letters."""
    refuse_encrypted(data, name)
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            if len(file.direntries) > MOST_ENTRIES:
                raise FileProblem(f"文件里的内容太多：{name}。")
            listed: list[list[str]] = file.listdir(streams=True, storages=True)
    except (*BROKEN, RecursionError) as error:
        raise FileProblem(f"文件已损坏：{name}。") from error
    return [[part.lower() for part in path] for path in listed]


def _of_storages(paths: list[list[str]]) -> Iterator[str]:
    if any(_MACROS & {*path} for path in paths):
        yield "宏"
    if any(_NATIVE & {*path} or (path[0] == _POOL and path[1:]) for path in paths):
        yield "嵌入的对象或控件"


def _of_page(name: str, data: bytes) -> Iterator[str]:
    root = webpage.opened(bounds.of_page(bounds.of_text(data, name), name), name)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue  # a comment
        line = f"第 {element.sourceline} 行"
        if element.tag in _ELEMENTS:
            yield f"{line}的 {element.tag}"
        if any(str(key).startswith("on") for key in element.attrib):
            yield f"{line}的事件属性（on…）"
        schemes = {found[1].lower() for link in _links(element) if (found := _ACTIVE.match(link))}
        yield from (f"{line}的 {scheme}: 链接" for scheme in sorted(schemes))


def _links(element: HtmlElement) -> Iterator[str]:
    """All that may be a link in an element, without blanks: its values, and where meta leads."""
    values = {str(key): _BLANKS.sub("", str(value)) for key, value in element.attrib.items()}
    if element.tag == "img":  # a drawing that is shown as a picture runs nothing
        values.pop("src", None)
    yield from values.values()
    if element.tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
        yield _DELAY.sub("", values.get("content", ""), count=1)


def _unknown(name: str) -> FileProblem:
    return FileProblem(f"这种文件没有检测：{name}。")


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
