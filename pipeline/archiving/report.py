"""The file of a target that goes into the records: the last of its PDFs that is current."""

import datetime as dt
import io
from dataclasses import dataclass, replace
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
    """The PDF to keep, and the one that was built, where it is there.

    `date` is what was stamped, None where nothing was.
    """

    path: Path
    pdf: bytes
    state: State
    date: dt.date | None
    pages: int
    report: bytes | None


def latest(target: Target, folders: Project, checked: Checked) -> MainFile:
    """The last file of a target that was made from its content and its office as they are now.

    Raises:
        Refused: there is none.
        FileProblem: a file cannot be read.
    """
    found: MainFile | None = None
    report: bytes | None = None
    stamped_file = target.output(folders, STAMPED)
    for name, state in _LATEST_FIRST:
        path = target.output(folders, name)
        if not path.is_file():
            continue
        pdf = files.whole(path, _MOST_BYTES)
        passport, pages = _told(pdf)
        if passport is None or passport.draft or not _current(passport, checked):
            continue
        if name == SIGNED and not _extends(pdf, stamped_file):
            continue
        if name == build.REPORT:
            report = pdf
        stamped = passport.stamped.date if passport.stamped else None
        told = state if passport.stamped else State.UNSTAMPED
        found = found or MainFile(path, pdf, told, stamped, pages, None)
    if found is None:
        raise Refused(
            f"没有由现在的内容生成的 PDF：{target}。",
            f"请先运行 nianbao build {target}，用印后再归档。",
        )
    return replace(found, report=report)


def _extends(pdf: bytes, stamped: Path) -> bool:
    """Whether a file has a signature, on what is stamped now."""
    before = files.whole(stamped, _MOST_BYTES) if stamped.is_file() else b""
    return is_signed(pdf) and pdf.startswith(before)


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
