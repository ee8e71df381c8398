"""How four programs and libraries read the text of a PDF, page by page."""

import datetime as dt
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pdfplumber
import pypdf
import pypdfium2
from conftest import pdftotext

from pipeline.fonts import FontSet
from pipeline.stamping import stamp as stamping

Reader = Callable[[Path], list[str]]
DAY = dt.date(2027, 1, 12)
PRINTED_DAY = "2027年1月12日"


@cache
def by_pypdf(path: Path) -> list[str]:
    """Each page as pypdf reads it."""
    with pypdf.PdfReader(path) as reader:
        return [page.extract_text() for page in reader.pages]


@cache
def by_poppler(path: Path) -> list[str]:
    """Each page as pdftotext reads it, in the order of the eye."""
    return pdftotext(path).split("\f")[:-1]


@cache
def by_poppler_raw(path: Path) -> list[str]:
    """Each page as pdftotext reads it, in the order of the file."""
    return pdftotext(path, "-raw").split("\f")[:-1]


@cache
def by_pdfplumber(path: Path) -> list[str]:
    """Each page as pdfplumber reads it, in the order of the file."""
    with pdfplumber.open(path) as pdf:
        return ["".join(char["text"] for char in page.chars) for page in pdf.pages]


@cache
def by_pdfium(path: Path) -> list[str]:
    """Each page as pdfium reads it, which is what Chrome shows and searches."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_range() for page in pdf]
    finally:
        pdf.close()


READERS: dict[str, Reader] = {
    "pypdf": by_pypdf,
    "pdftotext": by_poppler,
    "pdftotext -raw": by_poppler_raw,
    "pdfplumber": by_pdfplumber,
    "pdfium": by_pdfium,
}


def stamped(path: Path, fonts: FontSet) -> Path:
    """A report with name and date on it, and a room for a seal of ink."""
    beside = path.with_name("stamped.pdf")
    if beside.exists():
        return beside
    made = stamping.stamp(
        path.read_bytes(), date=DAY, seal=None, fonts=fonts, specimens=(), no_seal=True
    )
    beside.write_bytes(made.pdf)
    return beside
