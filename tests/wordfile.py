"""Word files made by hand: a body, further parts, and what is read from them."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from pipeline.transcription import word
from pipeline.transcription.manuscript import Manuscript, Paragraph

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def package(
    path: Path, body: str, parts: Iterable[tuple[str, str, bytes]] = (), ns: str = W
) -> Path:
    """A Word file of a body and further parts: relation, name, bytes."""
    document = (
        f'<w:document xmlns:w="{ns}" xmlns:r="{OFFICE}" xmlns:mc="{MC}" '
        'xmlns:v="urn:vml" xmlns:o="urn:office" xmlns:m="urn:math" xmlns:a="urn:drawing">'
        f"<w:body>{body}</w:body></w:document>"
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{name}"/>'
        for n, (kind, name, _) in enumerate(parts)
        if kind
    )
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        main = f'{rels}<Relationship Id="m" Type="{OFFICE}/officeDocument" Target="word/main.xml"/>'
        file.writestr("_rels/.rels", f"{main}</Relationships>")
        file.writestr("word/main.xml", document)
        file.writestr("word/_rels/main.xml.rels", f"{rels}{relations}</Relationships>")
        for _, name, data in parts:
            file.writestr(f"word/{name}", data)
    return path


def read(path: Path) -> Manuscript:
    """The manuscript in a Word file."""
    return word.read(path.read_bytes(), path.name)


def lines(manuscript: Manuscript) -> list[str]:
    """The paragraphs of a manuscript."""
    return [block.text for block in manuscript.blocks if isinstance(block, Paragraph)]


def run(text: str) -> str:
    """A run of text."""
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*inner: str, properties: str = "") -> str:
    """A paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inner)}</w:p>"


def tc(text: str, properties: str = "") -> str:
    """A cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(run(text))}</w:tc>"
