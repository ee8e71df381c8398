"""The file of a target that goes into the records: the last of its PDFs that is current."""

import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader

from pipeline import build, files
from pipeline.archiving.record import State
from pipeline.checking import Checked
from pipeline.errors import Refused, UserError
from pipeline.pdf.passport import KEY, Passport
from pipeline.project import Project, Target
from pipeline.signing.examination import SIGNED, is_signed
from pipeline.stamping.imprint import STAMPED
from pipeline.stamping.origin import same_agency

_MOST_BYTES = 512 * 1024 * 1024
_LATEST_FIRST = (
    (SIGNED, State.SIGNED),
    (STAMPED, State.STAMPED),
    (build.REPORT, State.UNSTAMPED),
)


@dataclass(frozen=True, slots=True)
class MainFile:
    """The PDF to keep.

    `date` is what was stamped, None where nothing was. `unsigned` is the file before its signature,
    with whose bytes it begins: itself where it has none, None where it is not there any more.
    """

    path: Path
    pdf: bytes
    state: State
    date: dt.date | None
    pages: int
    unsigned: bytes | None


def latest(target: Target, folders: Project, checked: Checked) -> MainFile:
    """The last file of a target that was made from its content and its office as they are now.

    Raises:
        Refused: there is none.
        FileProblem: a file cannot be read.
    """
    for name, state in _LATEST_FIRST:
        path = target.output(folders, name)
        if not path.is_file():
            continue
        pdf = files.whole(path, _MOST_BYTES)
        passport, pages = _told(pdf)
        if passport is None or passport.draft or not _current(passport, checked):
            continue
        unsigned: bytes | None = pdf
        if name == SIGNED:
            unsigned = _signed(target, folders, passport)
            if not is_signed(pdf) or not pdf.startswith(unsigned or b""):
                continue
        stamped = passport.stamped.date if passport.stamped else None
        told = state if passport.stamped else State.UNSTAMPED
        return MainFile(path, pdf, told, stamped, pages, unsigned)
    raise Refused(
        f"没有由现在的内容生成的 PDF：{target}。",
        f"请先运行 nianbao build {target}，用印后再归档。",
    )


def _signed(target: Target, folders: Project, passport: Passport) -> bytes | None:
    """What a signature has to be on: what is stamped now, or the report where nothing ever was."""
    names = (STAMPED,) if passport.stamped else (STAMPED, build.REPORT)
    paths = (target.output(folders, name) for name in names)
    return next((files.whole(path, _MOST_BYTES) for path in paths if path.is_file()), None)


def _current(passport: Passport, checked: Checked) -> bool:
    source = checked.report.source
    return passport.source == source.digest and same_agency(checked, passport)


def _told(pdf: bytes) -> tuple[Passport | None, int]:
    """What a PDF tells of itself, and how many pages it has; nothing where it is none of ours."""
    try:
        reader = PdfReader(io.BytesIO(pdf))
        written = reader.metadata.get(KEY) if reader.metadata else None
        return Passport.from_json(str(written)) if written else None, len(reader.pages)
    except UserError:
        return None, 0
    except Exception:  # noqa: BLE001  # pypdf raises a dozen kinds on a broken file
        return None, 0
