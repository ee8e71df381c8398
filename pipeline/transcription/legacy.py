"""Files of other word processors (.doc, .wps, .rtf, .odt) → .docx, by LibreOffice."""

import os
import shutil
import tempfile
from pathlib import Path

from pipeline import processes
from pipeline.errors import FileProblem, MissingTool
from pipeline.transcription.package import refuse_encrypted

TIME_LIMIT = 120.0
MEMORY_LIMIT = 3 * 1024**3
_PROGRAMS = ("soffice", "libreoffice")
_SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为 .docx 后再导入。"
_PROFILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop>
</item>
</oor:items>
"""
"""No macro is run, and nothing that a file links to is fetched, be it on the net or on the disk."""


def as_docx(data: bytes, shown: str) -> bytes:
    """The bytes of a file as those of a .docx; messages call it `shown`.

    Raises:
        FileProblem: it is encrypted, or cannot be converted.
        MissingTool: there is no LibreOffice.
    """
    refuse_encrypted(data, shown)
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        hint = f"请装 LibreOffice；或{_SAVE_AGAIN.removeprefix('请')}"
        raise MissingTool(f"导入 {shown} 需要 LibreOffice。", hint)
    with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        try:
            return _converted(data, program, Path(folder))
        except (TimeoutError, OSError) as error:
            raise FileProblem(f"LibreOffice 没有转换成功：{shown}。", _SAVE_AGAIN) from error


def _converted(data: bytes, program: str, folder: Path) -> bytes:
    """What LibreOffice makes of a file, with a profile of its own in `folder`."""
    source, made = folder / "report.doc", folder / "report.docx"
    source.write_bytes(data)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_PROFILE, encoding="utf-8")
    command = [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--norestore", "--nologo", "--convert-to", "docx", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    processes.run(command, limit=TIME_LIMIT, env=env, cwd=folder, memory=MEMORY_LIMIT)
    return made.read_bytes()
