"""Pages of a .xdv → PDF: one run of xdvipdfmx, which reads nothing that it does not need."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import TypesettingFailed
from pipeline.processes import run, tied
from pipeline.typesetting.outlines import plain
from pipeline.typesetting.texlog import complaints
from pipeline.typesetting.typeset import environment, link

PROGRAM = "xdvipdfmx"
_FOLDER = "driver"
_LIMIT = 60.0
_PLACES = ("DVIPDFMXINPUTS", "CMAPFONTS", "GLYPHFONTS", "TEXFONTMAPS", "MISCFONTS")
_CONFIGURATION = "".join(f"{place} = .\n" for place in _PLACES)
"""Nowhere to search: no index of TeX's files, font maps or glyph lists is read."""
_DEFAULTS = "V 5\nz 9\n"
"""What xdvipdfmx's own configuration says of PDFs: version 1.5, packed as well as may be."""


def lay_ready(folder: Path, fonts: Mapping[str, Path]) -> None:
    """Lay down beside a run of xelatex what `make_pdf` needs: its settings, and font files."""
    place = folder / _FOLDER
    place.mkdir()
    (place / "texmf.cnf").write_text(_CONFIGURATION, encoding="ascii")
    (place / "dvipdfmx.cfg").write_text(_DEFAULTS, encoding="ascii")
    add_fonts(folder, fonts)


def add_fonts(folder: Path, fonts: Mapping[str, Path]) -> None:
    """Lay down font files by the names that the pages have for them."""
    link(folder / _FOLDER, {name: plain(font) for name, font in fonts.items()})


def make_pdf(folder: Path, pages: str, which: tuple[int, int], epoch: int) -> bytes:
    """The PDF of some pages (first and last, from 1) of a run that `lay_ready` was called for.

    Raises:
        TypesettingFailed: xdvipdfmx is not there, complains, or took too long.
        OSError: it cannot be started.
    """
    place = folder / _FOLDER
    made = place / "report.pdf"
    made.unlink(missing_ok=True)
    program = shutil.which(PROGRAM)
    if program is None:
        raise TypesettingFailed(f"缺少程序 {PROGRAM}。")
    selected = f"{which[0]}-{which[1]}"
    command = tied([program, "-q", "-E", "-s", selected, "-o", made.name, f"../{pages}"])
    try:
        output, code = run(
            command,
            limit=_LIMIT,
            env={**environment(folder, epoch), "TEXMFCNF": str(place)},
            cwd=place,
        )
    except TimeoutError as error:
        raise TypesettingFailed("xdvipdfmx 没有结束。") from error
    if code or complaints(output) or not made.is_file():
        raise TypesettingFailed(f"xdvipdfmx 没有生成 PDF（退出码 {code}）。")
    return made.read_bytes()
