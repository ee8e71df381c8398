"""Whether a page may go into a record as it is drawn (ISO 19005-3, 6.1.13 and 6.2).

What a record may not hold, or what only makes sense where the page came from (tags, layers), is not
plain drawing.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO

from pypdf import PageObject
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from pipeline.stamping.operators import Operation, drawings, parts, reachable

_PATHS = {b"m", b"l", b"c", b"v", b"y", b"h", b"re", b"W", b"W*", b"n", b"sh", b"Do"}
_PAINT = {b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"}
_STATE = {b"q", b"Q", b"cm", b"w", b"J", b"j", b"M", b"d", b"i", b"gs"}
_COLOURS = {b"g", b"G", b"rg", b"RG", b"cs", b"CS", b"sc", b"SC", b"scn", b"SCN"}
_OPERATORS = frozenset(_PATHS | _PAINT | _STATE | _COLOURS)
_INTENTS = frozenset(f"/{way}Colorimetric" for way in ("Absolute", "Relative")) | {
    "/Saturation",
    "/Perceptual",
}
_BLENDS = frozenset(
    f"/{mode}"
    for mode in (
        *("Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten"),
        *("ColorDodge", "ColorBurn", "HardLight", "SoftLight", "Difference", "Exclusion"),
        *("Hue", "Saturation", "Color", "Luminosity"),
    )
)
_CHOICES = {
    "/RI": _INTENTS,
    "/Intent": _INTENTS,
    "/BM": _BLENDS,
    "/BitsPerComponent": frozenset({"1", "2", "4", "8", "16"}),
}
"""What these may say, if anything."""
_FILTERS = frozenset({"/FlateDecode", "/DCTDecode", "/ASCIIHexDecode", "/ASCII85Decode"})
_FOREIGN_KEYS = frozenset(
    {"/OC", "/StructParent", "/StructParents", "/Metadata", "/PieceInfo", "/LastModified"}
    | {"/Alternates", "/OPI", "/Ref", "/TR", "/TR2", "/HT", "/HTO", "/HTP"}
)
_FOREIGN_NAMES = frozenset({"/PS", "/Separation", "/DeviceN", "/OCG", "/OCMD"})
"""What leads out of the drawing, or may not stand in a record."""

_DEEPEST = 28 - 3
"""States that may be saved at once, less those that stamping saves around a seal."""
_LARGEST_INTEGER, _LARGEST_REAL, _SMALLEST_REAL = 2**31 - 1, 3.403e38, 1.175e-38
_LONGEST_NAME, _LONGEST_STRING = 127, 32767  # bytes

_CLASSES = frozenset({"scnr", "mntr", "prtr", "spac"})
_CHANNELS = {"GRAY": 1, "RGB": 3, "Lab": 3}


def is_plain(page: PageObject) -> bool:
    """Whether it is drawn with paths, shades and images, no more, within the limits of a record."""
    drawn = list(drawings(page))
    depths = [_depth(operations) for operations in drawn]
    return (
        # Forms draw forms: those of one page are never deeper than all its streams together.
        None not in depths
        and sum(depth or 0 for depth in depths) <= _DEEPEST
        and all(_is_plain_step(*step) for operations in drawn for step in operations)
        and all(_is_plain(node) for node in reachable(*parts(page)))
    )


def _depth(operations: Iterable[Operation]) -> int | None:
    """How many states are saved at once; None where `q` and `Q` do not pair."""
    depth = deepest = 0
    for _, operator in operations:
        depth += (operator == b"q") - (operator == b"Q")
        deepest = max(deepest, depth)
        if depth < 0:
            return None
    return None if depth else deepest


def _is_plain_step(operands: object, operator: bytes) -> bool:
    return (
        operator in _OPERATORS
        and isinstance(operands, Sequence)
        and all(_is_plain(node) for node in reachable(*operands))
    )


def _is_plain(node: PdfObject) -> bool:
    match node:
        case NameObject():
            return node not in _FOREIGN_NAMES and _is_short(node)
        case NumberObject() | FloatObject():
            return _is_within(node)
        case TextStringObject() | ByteStringObject():
            return len(node.original_bytes) <= _LONGEST_STRING
        case ArrayObject():
            return not node or str(node[0]) != "/ICCBased" or _is_profile(node[-1].get_object())
        case DictionaryObject():
            return _is_plain_dictionary(node)
    return True


def _is_within(number: float) -> bool:
    largest = _LARGEST_INTEGER if isinstance(number, int) else _LARGEST_REAL
    return number == 0 or _SMALLEST_REAL <= abs(number) <= largest


def _is_plain_dictionary(node: DictionaryObject) -> bool:
    filters = node.get("/Filter", ArrayObject()).get_object()
    named = filters if isinstance(filters, ArrayObject) else [filters]
    return (
        not _FOREIGN_KEYS & node.keys()
        and all(map(_is_short, node))
        and all(str(node[key]) in _CHOICES[key] for key in _CHOICES.keys() & node.keys())
        and (not isinstance(node, StreamObject) or {*named} <= _FILTERS)
    )


def _is_short(name: str) -> bool:
    return len(name.removeprefix("/").encode("utf-8", "surrogatepass")) <= _LONGEST_NAME


def _is_profile(found: PdfObject) -> bool:
    """Whether it is an ICC profile, up to version 4, of as many channels as it says (6.2.4.2)."""
    if not isinstance(found, StreamObject):
        return False
    from PIL import ImageCms  # noqa: PLC0415  # few seals have one

    data = found.get_data()
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data)).profile
    except OSError:
        return False
    channels = _CHANNELS.get(profile.xcolor_space.strip())
    return (
        int.from_bytes(data[:4]) <= len(data)  # all of it is there
        and profile.version < 5  # noqa: PLR2004
        and profile.device_class in _CLASSES
        and channels == found.get("/N")
    )
