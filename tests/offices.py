"""Offices to build for in tests: content as text, and stand-ins for xelatex."""

import shutil
from pathlib import Path

from pipeline.project import Target

ROOT = Path(__file__).parent.parent

AGENCY = 'name = "示例市样板区示范街道办事处"\nsignature = "sealed"\nseal_diameter = 42\n'

GOOD = """\
year = 2021
date = 2022-01-13

[overview]
text = "总体情况。"
proactive = "主动公开。"

[disclosure]
rules               = [0, 0, 0]
normative_documents = [0, 0, 0]
licences            = 0
penalties           = 0
compulsory_measures = 0
fees                = 0

[applications]
received     = [4, 0, 0, 0, 0, 0]
carried_in   = [0, 0, 0, 0, 0, 0]
carried_over = [0, 0, 0, 0, 0, 0]

[applications.results]
granted           = [4, 0, 0, 0, 0, 0]
partially_granted = [0, 0, 0, 0, 0, 0]

[applications.results.refused]
state_secret           = [0, 0, 0, 0, 0, 0]
prohibited_by_law      = [0, 0, 0, 0, 0, 0]
three_safeties         = [0, 0, 0, 0, 0, 0]
third_party            = [0, 0, 0, 0, 0, 0]
internal_affairs       = [0, 0, 0, 0, 0, 0]
process_information    = [0, 0, 0, 0, 0, 0]
enforcement_files      = [0, 0, 0, 0, 0, 0]
administrative_inquiry = [0, 0, 0, 0, 0, 0]

[applications.results.unavailable]
not_held       = [0, 0, 0, 0, 0, 0]
needs_creation = [0, 0, 0, 0, 0, 0]
unclear        = [0, 0, 0, 0, 0, 0]

[applications.results.not_processed]
petition     = [0, 0, 0, 0, 0, 0]
repeated     = [0, 0, 0, 0, 0, 0]
publication  = [0, 0, 0, 0, 0, 0]
excessive    = [0, 0, 0, 0, 0, 0]
confirmation = [0, 0, 0, 0, 0, 0]

[applications.results.otherwise]
not_corrected = [0, 0, 0, 0, 0, 0]
fee_unpaid    = [0, 0, 0, 0, 0, 0]
other         = [0, 0, 0, 0, 0, 0]

[reviews]
reconsideration = [0, 0, 0, 0]

[reviews.litigation]
direct                = [0, 0, 0, 0]
after_reconsideration = [0, 0, 0, 0]

[problems]
text = "问题。"

[other_matters]
text = "无。"
"""


def office(folder: Path, text: str, agency: str | None = AGENCY, name: str = "2021") -> Target:
    """A target that holds `text`."""
    place = folder / "office"
    place.mkdir(exist_ok=True)
    if agency is not None:
        (place / "agency.toml").write_text(agency, encoding="utf-8")
    path = place / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return Target("office", name, path)


def project(folder: Path, *names: str, text: str = GOOD) -> Path:
    """A project folder with a content file for each `office/year`."""
    for name in names:
        path = folder / "content" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        dated = text.replace("2022-01-13", f"{int(path.stem) + 1}-01-13")
        path.write_text(dated.replace("year = 2021", f"year = {path.stem}"), encoding="utf-8")
        (path.parent / "agency.toml").write_text(AGENCY, encoding="utf-8")
    return folder


def fake_xelatex(folder: Path, script: str, version: str = "TeX Live 2022") -> Path:
    """A folder for PATH whose xelatex tells its version, and runs `script` in place of TeX."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "xelatex"
    path.write_text(
        "#!/bin/sh\nPATH=/usr/bin:/bin\n"
        f"[ \"$1\" = --version ] && echo 'XeTeX 3.14 ({version})' && exit\n{script}\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return folder


def recording(folder: Path, saved: Path) -> Path:
    """A folder for PATH whose xelatex is the real one, and keeps what it makes in `saved`."""
    saved.mkdir(parents=True, exist_ok=True)
    real = shutil.which("xelatex")
    assert real, "xelatex is missing"
    script = f"'{real}' \"$@\"; code=$?; cp report.pdf report.log report.tex '{saved}'; exit $code"
    return fake_xelatex(folder, script)


def replaying(folder: Path, saved: Path) -> Path:
    """A folder for PATH whose xelatex gives again what was kept in `saved`, in no time."""
    return fake_xelatex(folder, f"cp '{saved}'/report.pdf '{saved}'/report.log .")
