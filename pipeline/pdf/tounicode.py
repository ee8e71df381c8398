"""ToUnicode CMaps: what the character codes of a font mean (PDF 32000-1, 9.10.3)."""

from collections.abc import Mapping

_BLOCK = 100  # entries that one beginbfchar may hold


def cmap(texts: Mapping[int, str]) -> bytes:
    """The CMap of a font with two-byte codes: code to text."""
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    entries = [
        f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in sorted(texts.items())
    ]
    for start in range(0, len(entries), _BLOCK):
        part = entries[start : start + _BLOCK]
        lines += [f"{len(part)} beginbfchar", *part, "endbfchar"]
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines).encode("ascii")
