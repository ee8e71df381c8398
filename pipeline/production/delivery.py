"""What was made → files: the PDF in its place, the log of a failure, the log of events."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pipeline import __version__, build, events, files
from pipeline.build import DRAFT, FAILED_LOG, REPORT
from pipeline.errors import FileProblem
from pipeline.events import Action
from pipeline.findings import Finding
from pipeline.production.making import Outcome
from pipeline.project import Project


def deliver(outcome: Outcome, folders: Project, *, draft: bool = False) -> Path:
    """Write the PDF and the log of events, and where the PDF is.

    Raises:
        UserError: as `place`.
    """
    path = place(outcome, folders, draft=draft)
    enter(outcome, folders, draft=draft)
    return path


def place(outcome: Outcome, folders: Project, *, draft: bool = False) -> Path:
    """Write the PDF, and where it is; of a failure what is known, if anything.

    Raises:
        UserError: the outcome's own, or a file cannot be written.
    """
    failed_log = outcome.target.output(folders, FAILED_LOG)
    if isinstance(outcome.error, build.NotTypeset):
        with suppress(FileProblem):  # what TeX complains of matters more
            files.write(failed_log, outcome.error.log.encode())
        outcome.error.hint = f"排版日志：{failed_log}。{outcome.error.hint}"
    if outcome.error is not None:
        raise outcome.error
    path = outcome.target.output(folders, DRAFT if draft else REPORT)
    files.write(path, outcome.pdf)
    with suppress(OSError):  # it tells of an earlier run
        failed_log.unlink()
    return path


def enter(outcome: Outcome, folders: Project, *, draft: bool = False) -> None:
    """Log that a report was made; a draft is nothing to log.

    Raises:
        FileProblem: the log cannot be written.
    """
    if not draft:
        _log(outcome.target.log(folders), outcome.pdf, outcome.findings)


def _log(path: Path, pdf: bytes, findings: Sequence[Finding]) -> None:
    """A new report begins a new log; the same one, built again, goes on with its own."""
    digest = hashlib.sha256(pdf).hexdigest()
    made = events.now(Action.BUILD, f"nianbao {__version__}，SHA-256 {digest}")
    with suppress(FileProblem):  # a log that is broken is not gone on with
        if any((old.action, old.detail) == (made.action, made.detail) for old in events.read(path)):
            return
    told = f"提示 {len(findings)} 条" if findings else "没有提示"
    events.begin(path, events.now(Action.CHECK, told), made)
