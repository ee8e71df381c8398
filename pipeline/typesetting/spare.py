"""A run of xelatex that waits: it has set a report, and so read all fonts, and sets the next one.

It is used once. It waits for a pipe in its folder, and ends when nobody can write to that any more.
"""

import os
import re
from contextlib import ExitStack, suppress
from pathlib import Path

from pipeline.errors import FileProblem, TypesettingFailed
from pipeline.processes import Waiting
from pipeline.typesetting import driver, lane
from pipeline.typesetting.lane import Job
from pipeline.typesetting.preloaded import Preloaded
from pipeline.typesetting.texlog import complaints
from pipeline.typesetting.typeset import Sheets, environment, link, too_slow, workplace

_PIPE = "next.tex"
_WAITS = f'\\XeTeXdefaultencoding "utf8"\n\\input{{{_PIPE}}}\n'
"""Told its encoding, XeTeX does not go back to the start of the file, which a pipe cannot do."""
_LAST_WORD = "Transcript written on"
_CLOSES = re.compile(r"closes (\d+) at (\d+)")


class Spare:
    """A run that has set `job`, or is about to.

    Raises:
        FileProblem: there is no room for its folder.
        OSError: it cannot be started.
    """

    def __init__(self, job: Job, layouts: Path, xelatex: Path, preloaded: Preloaded) -> None:
        self._first = job
        self.used = False
        with ExitStack() as held:
            self._folder = held.enter_context(workplace())
            lane.lay_ready(self._folder, {0: job}, layouts, preloaded, then=_WAITS)
            os.mkfifo(self._folder / _PIPE)
            self._pipe = os.open(self._folder / _PIPE, os.O_RDWR)  # waits for no reader
            held.callback(os.close, self._pipe)
            command, env = lane.command(xelatex, preloaded), environment(self._folder, 0)
            self._run = Waiting(command, env=env, cwd=self._folder)
            held.callback(self._run.close)
            self._held = held.pop_all()

    def typeset(self, job: Job, limit: float) -> Sheets | TypesettingFailed | None:
        """The pages of a job, or that it took more than `limit` seconds; None: set it otherwise."""
        self.used = True
        with suppress(OSError, FileProblem, TypesettingFailed):
            self._begin(job)
            try:
                self._run.hear(_LAST_WORD, limit=limit)
            except TimeoutError:
                return too_slow(limit)
            return self._collected(job)
        return None

    def close(self) -> None:
        """End it, and remove its folder."""
        self._held.close()

    def _begin(self, job: Job) -> None:
        """Let it set the job; families that it has not declared yet come first."""
        new = dict(job.rendering.files.items() - self._first.rendering.files.items())
        link(self._folder, new)
        driver.add_fonts(self._folder, new)
        lane.lay_down(self._folder, 1, job)
        declared = lane.families(self._first)
        told = "".join(sorted(lane.families(job) - declared)) + lane.go(1) + lane.END
        os.write(self._pipe, told.encode())

    def _collected(self, job: Job) -> Sheets | None:
        log = (self._folder / lane.LOG).read_text(encoding="utf-8", errors="replace")
        told = dict(lane.parts(log))
        ends = {int(number): int(page) for number, page in _CLOSES.findall(log)}
        if re.search("^!", log, re.MULTILINE) or {0, 1} - ends.keys() or complaints(told[1]):
            return None
        pages = (ends[0] + 1, ends[1])
        return Sheets(driver.make_pdf(self._folder, lane.PAGES, pages, job.epoch), told[1])
