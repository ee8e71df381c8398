"""Files of old word processors (.doc, .wps, .rtf) → .docx, by LibreOffice where it is there."""

import os
import shutil
import tempfile
from pathlib import Path

from pipeline import processes
from pipeline.errors import FileProblem, MissingTool
from pipeline.transcription.package import refuse_encrypted

TIME_LIMIT = 120.0
_PROGRAMS = ("soffice", "libreoffice")
_SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为 .docx 后再导入。"


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
    command = [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--norestore", "--nologo", "--convert-to", "docx", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    processes.run(command, limit=TIME_LIMIT, env=env, cwd=folder)
    return made.read_bytes()
