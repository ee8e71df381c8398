"""Files of old word processors (.doc, .wps, .rtf) → .docx, by LibreOffice where it is there."""

import os
import shutil
from pathlib import Path

from pipeline import processes
from pipeline.errors import FileProblem, MissingTool
from pipeline.transcription.package import refuse_encrypted

TIME_LIMIT = 120.0
_PROGRAMS = ("soffice", "libreoffice")
_SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为 .docx 后再导入。"


def as_docx(path: Path, folder: Path) -> Path:
    """The file as .docx in `folder`, which holds LibreOffice's profile, too.

    Raises:
        FileProblem: it is encrypted, or cannot be converted.
        MissingTool: there is no LibreOffice.
    """
    refuse_encrypted(path.read_bytes(), path.name)
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        hint = f"请装 LibreOffice；或{_SAVE_AGAIN.removeprefix('请')}"
        raise MissingTool(f"导入 {path.name} 需要 LibreOffice。", hint)
    # LibreOffice names what it makes after its input, whose own name may be anything.
    source = folder / "report.doc"
    shutil.copyfile(path, source)
    command = [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
        "--norestore", "--nologo", "--convert-to", "docx", "--outdir", str(folder), str(source),
    ]  # fmt: skip
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    try:
        processes.run(command, limit=TIME_LIMIT, env=env, cwd=folder)
    except (TimeoutError, OSError) as error:
        raise FileProblem(f"LibreOffice 没有转换成功：{path.name}。", _SAVE_AGAIN) from error
    made = folder / "report.docx"
    if not made.is_file():
        raise FileProblem(f"LibreOffice 没有转换成功：{path.name}。", _SAVE_AGAIN)
    return made
