"""Many reports in one run of xelatex: what starting up and reading fonts costs is paid once.

Each report is set in a group of its own, with page numbers from 1, and its pages become a PDF of
their own (`driver`): it comes out as if it had been set alone. What is not clean here, for
whatever reason, has no PDF; who asks sets it alone and learns why.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import FileProblem, TypesettingFailed
from pipeline.processes import follow, tied
from pipeline.typesetting import driver
from pipeline.typesetting.latex import CLASS, Rendering
from pipeline.typesetting.preloaded import Preloaded
from pipeline.typesetting.texlog import complaints
from pipeline.typesetting.typeset import Sheets, environment, link, too_slow, workplace

_JOB = "pages"
PAGES, LOG = f"{_JOB}.xdv", f"{_JOB}.log"
_OPTIONS = ("-no-pdf", "-no-shell-escape", "-interaction=nonstopmode", f"-jobname={_JOB}")
_MARK = "nianbao lane: "
_OPENS, _CLOSES = re.compile(r"opens (\d+)"), re.compile(r"closes (\d+) at (\d+)")
_DECLARATION = re.compile(r"^\\nb(?:han)?family\{.*\n", re.MULTILINE)
_BEGIN = r"\begin{document}"
END = "\\csname @@end\\endcsname\n"
"""What ends a run."""

_FRAME = rf"""
\makeatletter
\def\documentclass#1{{}}
\def\document{{\setcounter{{page}}{{1}}\prevdepth=-1000pt \normalfont\nbbegin}}
\def\enddocument{{\clearpage}}
\newcommand\nblane[1]{{\typeout{{{_MARK}opens #1}}\begingroup\input{{#1.tex}}\endgroup
  \typeout{{{_MARK}closes #1 at \the\ReadonlyShipoutCounter}}}}
\makeatother
"""
"""A report begins and ends as ever, but the run goes on."""


@dataclass(frozen=True, slots=True)
class Job:
    """A report to set, and the time that its PDF says it was made (seconds since 1970)."""

    rendering: Rendering
    epoch: int


@dataclass
class _Run:
    """What a run told of itself: the last page of each report that it closed, in order."""

    last: dict[int, int] = field(default_factory=dict)
    opened: int | None = None

    def heard(self, line: str) -> bool:
        """Note a line that xelatex printed; whether it says that work goes on."""
        told = line.removeprefix(_MARK)
        if told == line:
            return False
        if opens := _OPENS.fullmatch(told):
            self.opened = int(opens[1])
        elif closes := _CLOSES.fullmatch(told):
            self.last[int(closes[1])] = int(closes[2])
            self.opened = None
        return True


def typeset(
    jobs: Sequence[Job], layouts: Path, xelatex: Path, preloaded: Preloaded, *, limit: float
) -> dict[int, Sheets | TypesettingFailed]:
    """The pages of each job, by its place in `jobs`, or that it took more than `limit` seconds.

    A job that is not in the answer has to be set alone.

    Raises:
        FileProblem: there is no room for temporary files.
    """
    made: dict[int, Sheets | TypesettingFailed] = {}
    waiting = list(range(len(jobs)))
    while waiting:
        found, culprit, late = _run(
            {number: jobs[number] for number in waiting}, layouts, xelatex, preloaded, limit
        )
        made |= found
        if culprit is None:
            break
        if late:
            made[culprit] = too_slow(limit)
        waiting = [n for n in waiting if n not in made and n != culprit]
    return made


def _run(
    jobs: Mapping[int, Job], layouts: Path, xelatex: Path, preloaded: Preloaded, limit: float
) -> tuple[dict[int, Sheets | TypesettingFailed], int | None, bool]:
    """What came out clean; whose fault it is that the others did not; whether it was too slow."""
    run, late = _Run(), False
    with workplace() as folder:
        lay_ready(folder, jobs, layouts, preloaded)
        try:
            code = follow(
                command(xelatex, preloaded),
                run.heard,
                limit=limit,
                env=environment(folder, 0),
                cwd=folder,
            )
        except TimeoutError:
            code, late = -1, True
        if not run.last and run.opened is None:  # it never came to a report
            preloaded.forget()
            return {}, None, False
        if code < 0 or not (folder / PAGES).is_file():
            return {}, run.opened, late
        log = (folder / LOG).read_text(encoding="utf-8", errors="replace")
        return *_collect(folder, jobs, run, log), False


def command(xelatex: Path, preloaded: Preloaded) -> list[str | Path]:
    """How to start the run that `lay_ready` has laid down."""
    return tied([xelatex, f"-fmt={preloaded.file.name}", *_OPTIONS, "lane.tex"])


def lay_ready(
    folder: Path, jobs: Mapping[int, Job], layouts: Path, preloaded: Preloaded, *, then: str = ""
) -> None:
    """Lay down a run that sets the jobs, and does what `then` says in LaTeX."""
    shutil.copyfile(layouts / CLASS, folder / CLASS)
    (folder / preloaded.file.name).symlink_to(preloaded.file)
    fonts: dict[str, Path] = {}
    for number, job in jobs.items():
        lay_down(folder, number, job)
        fonts |= job.rendering.files
    link(folder, fonts)
    (folder / "lane.tex").write_text("".join(_frame(jobs, then)), encoding="utf-8")
    driver.lay_ready(folder, fonts)


def lay_down(folder: Path, number: int, job: Job) -> None:
    """Lay down the LaTeX of a job, for `go`."""
    (folder / f"{number}.tex").write_text(job.rendering.tex, encoding="utf-8")


def go(number: int) -> str:
    """What tells a run to set a job."""
    return f"\\nblane{{{number}}}\n"


def families(job: Job) -> set[str]:
    """The families of a job, as the lines of LaTeX that declare them."""
    return set(_DECLARATION.findall(job.rendering.tex.partition(_BEGIN)[0]))


def _frame(jobs: Mapping[int, Job], then: str) -> Iterator[str]:
    """The run: the families of all reports, the settings of the first, then one after another."""
    first, *rest = jobs.values()
    start, _, settings = first.rendering.tex.partition(_BEGIN)[0].partition("\n")
    yield f"{start}\n"
    yield from sorted({line for job in rest for line in families(job)})
    yield f"{settings}{_BEGIN}{_FRAME}"
    yield from map(go, jobs)
    yield f"{then}{END}"


def _collect(
    folder: Path, jobs: Mapping[int, Job], run: _Run, log: str
) -> tuple[dict[int, Sheets | TypesettingFailed], int | None]:
    """The PDFs of the reports that are clean; an error spoils all that come behind it."""
    made: dict[int, Sheets | TypesettingFailed] = {}
    begin = 0
    told = dict(parts(log))
    for number, job in jobs.items():
        part = told.get(number, "")
        if number not in run.last or re.search("^!", part, re.MULTILINE):
            return made, number
        end = run.last[number]
        if end > begin and not complaints(part):
            with suppress(TypesettingFailed, OSError, FileProblem):
                pdf = driver.make_pdf(folder, PAGES, (begin + 1, end), job.epoch)
                made[number] = Sheets(pdf, part)
        begin = end
    return made, None


def parts(log: str) -> Iterator[tuple[int, str]]:
    """What the log says of each report."""
    for part in log.split(f"{_MARK}opens ")[1:]:
        number, _, rest = part.partition("\n")
        if number.isdigit():
            yield int(number), rest.partition(f"{_MARK}closes ")[0]
