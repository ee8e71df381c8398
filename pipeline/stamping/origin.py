"""What is to be stamped: a report, the content it was built from, what speaks against it now."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from pypdf import PdfReader

from pipeline import build, checking, files, project
from pipeline.checking import Checked, Stock
from pipeline.content import approvals
from pipeline.content.approvals import Approval
from pipeline.content.report import DIAMETER
from pipeline.content.schema import is_year
from pipeline.errors import FileProblem, UsageError, UserError
from pipeline.findings import Finding
from pipeline.pdf.passport import Passport
from pipeline.project import AGENCY_FILE, Project, Target
from pipeline.stamping import stamp
from pipeline.tomlfile import source as tomlsource

_BUILD = "请先运行 nianbao build {}。"


@dataclass(frozen=True)
class Origin:
    """A report with its bytes and its passport.

    `content` are the values of the content file that is attached to it, None where there is none.
    `target` is the one it was built from, None where it is not known.
    """

    path: Path
    pdf: bytes
    passport: Passport
    content: Mapping[str, Any] | None
    target: Target | None

    @property
    def year(self) -> int | None:
        """The year of the report, as far as its content tells one."""
        year = (self.content or {}).get("year")
        return int(year) if year is not None and is_year(year) else None

    @property
    def approvals(self) -> tuple[Approval, ...]:
        """Who wrote, reviewed and approved it, by the content it was built from."""
        return approvals.listed(self.content or {})


@dataclass(frozen=True)
class Objection:
    """Why a report should not be stamped, unless somebody forces it with a reason."""

    kind: Literal["stale", "errors"]
    message: str
    hint: str
    findings: tuple[Finding, ...] = ()


def find(folders: Project, name: str) -> Origin:
    """The report that a command line names: a PDF, or a target's report.pdf.

    Raises:
        UsageError: it names several reports.
        FileProblem: there is no such file, or it is broken.
        Refused: it is no report of ours.
    """
    path, target = locate(folders, name, build.REPORT, "还没有生成", _BUILD)
    return _read(path, folders, target)


def of(folders: Project, target: Target) -> Origin:
    """The report of a target.

    Raises:
        FileProblem, Refused: as `find`.
    """
    return _read(_made(folders, target, build.REPORT, "还没有生成", _BUILD), folders, target)


def locate(
    folders: Project, name: str, file: str, missing: str, hint: str
) -> tuple[Path, Target | None]:
    """The PDF that a command line names: itself, or a target's `file`, with the target.

    Raises:
        UsageError: it names several reports.
        FileProblem: there is no such file; for a target, as `missing` and `hint` say.
    """
    path = Path(name)
    if path.suffix.lower() == ".pdf":
        if not path.is_file():
            raise FileProblem(f"没有这个文件：{name}。", "请核对路径。")
        return path, None
    chosen = project.targets(folders, [name])
    if len(chosen) > 1:
        raise UsageError(f"“{name}”有 {len(chosen)} 份年报。", f"请写明一份，如 {chosen[-1]}。")
    (target,) = chosen
    return _made(folders, target, file, missing, hint), target


def _made(folders: Project, target: Target, file: str, missing: str, hint: str) -> Path:
    made = target.output(folders, file)
    if not made.is_file():
        raise FileProblem(f"{missing}：{made}。", hint.format(target))
    return made


def changes(target: Target, passport: Passport) -> Iterator[Objection]:
    """Whether a report was built from other content, or for another office, than its target has."""
    rebuild = f"请重新生成：nianbao build {target}，然后再用印。"
    try:
        digest = tomlsource.read(target.path, target.shown).digest
    except UserError as error:
        message = f"内容已改动，现在无法读取：{target.shown}。"
        yield Objection("stale", message, rebuild, error.findings)
        return
    if digest != passport.source:
        yield Objection("stale", f"内容已改动，与生成报告时不同：{target.shown}。", rebuild)
        return
    now = office(target)
    told = now.get("name"), now.get("signature"), now.get("seal_diameter", DIAMETER)
    if told != _built_for(passport):
        file = Path(target.shown).with_name(AGENCY_FILE)
        yield Objection("stale", f"机关信息已改动，与生成报告时不同：{file}。", rebuild)


def objections(origin: Origin, stock: Stock, *, checked: bool = False) -> Iterator[Objection]:
    """What speaks against stamping: content that has changed, or that has errors now.

    Nothing where its content file is not known. `checked`: it is known to have none, as it is now.
    """
    target = origin.target
    if target is None:
        return
    stale = tuple(changes(target, origin.passport))
    yield from stale
    if any(each.findings for each in stale):
        return  # it is no TOML, and that was told
    if checked and not stale:
        return
    try:
        found: Iterable[Finding] = checking.check(target, stock).errors
    except UserError as error:
        found = error.findings
    if errors := tuple(found):
        message = f"内容有 {len(errors)} 处错误，没有改正，也没有确认：{target.shown}。"
        hint = f"请改正后重新生成：nianbao build {target}；确属实情的，用 [[accepted]] 写明理由。"
        yield Objection("errors", message, hint, errors)


def _read(path: Path, folders: Project, target: Target | None) -> Origin:
    try:
        pdf = path.read_bytes()
    except OSError as error:
        why = files.reason(error)
        raise FileProblem(f"无法读取：{path}（{why}）。", "请检查路径和权限。") from error
    passport = stamp.passport_of(pdf)
    content = _own_content(target, passport) or _content(pdf, passport)
    found = target or _target(folders, path, passport.agency, content)
    return Origin(path, pdf, passport, content, found)


def _own_content(target: Target | None, passport: Passport) -> Mapping[str, Any] | None:
    """The values of the target's content file, where the report was built from what it is now."""
    with suppress(UserError):
        content = tomlsource.read(target.path) if target else None
        return content.values if content and content.digest == passport.source else None
    return None


def _content(pdf: bytes, passport: Passport) -> Mapping[str, Any] | None:
    """The values of the attached content file, where it is the one that the passport names."""
    try:
        listed = PdfReader(BytesIO(pdf)).attachment_list
        data = next(each.content for each in listed if each.name == build.SOURCE_NAME)
        same = hashlib.sha256(data).hexdigest() == passport.source
        return tomlsource.parse(data, build.SOURCE_NAME).values if same else None
    except Exception:  # noqa: BLE001  # pypdf raises a dozen kinds on a broken file
        return None


def owner(folders: Project, path: Path, pdf: bytes, passport: Passport) -> Target | None:
    """The target that a PDF was built from, where it is known."""
    return _target(folders, path, passport.agency, _content(pdf, passport))


def _target(
    folders: Project, path: Path, agency: str, content: Mapping[str, Any] | None
) -> Target | None:
    """The target in whose output folder a PDF lies, else the one of that office and year."""
    year = (content or {}).get("year")
    known = project.known(folders)
    for target in known:
        if target.output(folders, path.name).resolve() == path.resolve():
            return target
    same = [each for each in known if each.year == str(year)]
    same = [each for each in same if office(each).get("name") == agency]
    return same[0] if len(same) == 1 else None


def office(target: Target) -> Mapping[str, Any]:
    """What stands of a target's office, in its own file or beside it; nothing if it is unread."""
    values: Mapping[str, Any] = {}
    with suppress(UserError):
        values = tomlsource.read(target.path).values
    if "agency" in values:
        agency = values["agency"]
        return agency if isinstance(agency, Mapping) else {}
    with suppress(UserError):
        return tomlsource.read(target.path.with_name(AGENCY_FILE)).values
    return {}


def same_agency(checked: Checked, passport: Passport) -> bool:
    """Whether a report was built with what its office's file says now."""
    agency = checked.report.agency
    return (agency.name, agency.signature, agency.seal_diameter) == _built_for(passport)


def _built_for(passport: Passport) -> tuple[object, object, object]:
    """All that a report shows of its office: name, kind of signature, diameter of its seal."""
    return passport.agency, passport.signature, passport.seal_diameter
