"""LibreOffice, which converts a Word file of the same report."""

import json
import shutil
from pathlib import Path

from bench.docx_report import docx
from bench.measure import Cost, run
from bench.setting import Setting


def installed() -> bool:
    """Whether it is there."""
    return shutil.which("soffice") is not None


def cold(setting: Setting, out: Path) -> Cost:
    """The first report, from its docx; making that does not count, and the profile is there."""
    word = out / "report.docx"
    word.write_bytes(docx(json.loads(setting.data(0).read_text(encoding="utf-8"))))
    profile = f"-env:UserInstallation=file://{setting.work}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir"]
    return run([*command, str(out), str(word)], setting.env)
