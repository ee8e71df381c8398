"""What the file says of itself as a whole: language, display, colours, files inside it."""

import re
from collections.abc import Iterator, Mapping

from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule

LANGUAGE = Rule("language", "ISO 19005-3 6.7.4")
MARKED = Rule("marked", "ISO 19005-3 6.7.2.2")
SUSPECTS = Rule("suspects", "ISO 14289-1 7.1")
DISPLAY_TITLE = Rule("display-title", "ISO 14289-1 7.1")
INTENT = Rule("output-intent", "ISO 19005-3 6.2.3")
COLOUR = Rule("device-colour", "ISO 19005-3 6.2.4.3")
ATTACHMENT = Rule("attachment", "ISO 19005-3 6.8")

_PROFILE = 128  # bytes of the header of an ICC profile
_CHANNELS = {b"RGB ": ("RGB", 3), b"CMYK": ("CMYK", 4), b"GRAY": ("GRAY", 1)}
_RELATIONS = frozenset(
    {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified", "/EncryptedPayload"}
)

_SECOND_CLASS = re.compile(r"/[A-Za-z0-9]{4}[_:].+")
"""A name with the registered prefix of a developer (ISO 32000-1, annex E)."""
_MIME = re.compile(r"/[A-Za-z0-9.+_^$&!#-]+/[A-Za-z0-9.+_^$&!#-]+")
_TAG = re.compile(r"(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)?")
"""A language (RFC 3066); an empty one is unknown."""


def is_language(text: str | None) -> bool:
    """Whether a text names a language."""
    return text is not None and _TAG.fullmatch(text) is not None


def check(objects: Objects, colours: set[str]) -> Iterator[Problem]:
    """Problems of the catalogue; `colours` are those of a device that the pages use.

    Raises:
        Unreadable: a profile cannot be decoded.
    """
    root = objects.dictionary(objects.trailer.get("/Root"))
    if not (language := objects.string(root.get("/Lang"))):
        yield LANGUAGE.broken("文件没有写明语言（/Lang）。")
    elif not is_language(language):
        yield LANGUAGE.broken("文件的语言（/Lang）不是语言代码。")
    marks = objects.dictionary(root.get("/MarkInfo"))
    if marks.get("/Marked") is not True:
        yield MARKED.broken("文件没有写明内容已作标记（/Marked）。")
    if objects.of(marks.get("/Suspects")) is True:
        yield SUSPECTS.broken("文件写明标签可能有误（/Suspects）。")
    if objects.dictionary(root.get("/ViewerPreferences")).get("/DisplayDocTitle") is not True:
        yield DISPLAY_TITLE.broken("文件没有要求窗口显示标题（/DisplayDocTitle）。")
    yield from _colours(objects, root, colours)
    yield from _attachments(objects)


def _colours(objects: Objects, root: Mapping[str, object], colours: set[str]) -> Iterator[Problem]:
    intents = [objects.dictionary(each) for each in objects.array(root.get("/OutputIntents"))]
    profiles = {
        str(intent.get("/DestOutputProfile"))
        for intent in intents
        if objects.name(intent.get("/S")) == "/GTS_PDFA1"
    }
    if len(profiles) != 1:
        yield INTENT.broken("文件没有输出意图，或有几个不同的。")
        return
    profile = profiles.pop()
    channels = objects.integer(objects.dictionary(profile).get("/N"))
    device = _device(objects.data(profile), channels)
    if device is None:
        yield INTENT.broken("输出意图中的 ICC 配置文件无效。")
        return
    used = colours | ({"CMYK"} if b'"/DeviceCMYK"' in objects.text else set())
    for colour in sorted(used - {device}):
        yield COLOUR.broken(f"使用了设备颜色 {colour}，与输出意图（{device}）不符。")


def _device(profile: bytes, channels: int | None) -> str | None:
    """The colours of an ICC profile (ISO 15076-1, 7.2); None where it is none."""
    if len(profile) < _PROFILE or profile[36:40] != b"acsp":
        return None
    device, own = _CHANNELS.get(profile[16:20], ("", 0))
    whole = int.from_bytes(profile[:4]) == len(profile)
    fits = whole and profile[8] <= 4 and profile[12:16] in {b"mntr", b"prtr"}  # noqa: PLR2004
    return device if fits and own == channels else None


def _attachments(objects: Objects) -> Iterator[Problem]:
    """Problems of the files inside the file."""
    associated = {
        each
        for value in objects.values.values()
        if isinstance(value, dict) and "/AF" in value
        for each in objects.array(value["/AF"])
        if isinstance(each, str)
    }
    for reference, spec in objects.values.items():
        if not isinstance(spec, dict) or "/EF" not in spec:
            continue
        name = objects.string(spec.get("/UF")) or objects.string(spec.get("/F")) or reference
        if not objects.string(spec.get("/F")) or not objects.string(spec.get("/UF")):
            yield ATTACHMENT.broken(f"附件 {name} 缺少文件名（/F、/UF）。")
        relation = objects.name(spec.get("/AFRelationship"))
        if relation not in _RELATIONS and not _SECOND_CLASS.fullmatch(relation):
            yield ATTACHMENT.broken(f"附件 {name} 没有写明与文件的关系（/AFRelationship）。")
        if reference not in associated:
            yield ATTACHMENT.broken(f"附件 {name} 没有关联到文件（/AF）。")
        for file in objects.dictionary(spec["/EF"]).values():
            if not _MIME.fullmatch(objects.name(objects.dictionary(file).get("/Subtype"))):
                yield ATTACHMENT.broken(f"附件 {name} 没有写明类型（/Subtype），或不是 MIME 类型。")
    names = objects.dictionary(objects.dictionary(objects.trailer.get("/Root")).get("/Names"))
    for _, value in objects.leaves(names.get("/EmbeddedFiles"), "/Names"):
        if not isinstance(value, str) or "/EF" not in objects.dictionary(value):
            yield ATTACHMENT.broken("附件目录中有无效的条目。")
