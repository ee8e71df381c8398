"""`import`: the file of a published report → the text of a content file, and what was noticed."""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.content import contentfile
from pipeline.errors import FileProblem
from pipeline.files import load
from pipeline.form.forms import Form
from pipeline.transcription import bounds, legacy, plaintext, webpage, word
from pipeline.transcription.manuscript import Manuscript
from pipeline.transcription.remarks import Remark
from pipeline.transcription.transcript import Told, transcribe

_ZIP, _OLE, _RTF, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"%PDF"
_OTHERS = (b"mimetypeapplication/vnd.oasis.opendocument.text", b'progid="Word.Document"')
"""How OpenDocument texts begin, and the XML of Word 2003."""
_MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|table|div|p|meta)\b", re.IGNORECASE)
_START = 4096
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a content file, and what a person should know of it."""

    text: str
    remarks: tuple[Remark, ...]


def read_report(path: Path, all_forms: tuple[Form, ...], told: Told | None = None) -> Imported:
    """The content file of a published report; `told` says what the report does not say itself.

    Raises:
        FileProblem: the file cannot be read, or not by this program.
        MissingTool: it is a .doc, and LibreOffice is not there.
        ContentError: nothing in it looks like an annual report.
    """
    transcript = transcribe(bounds.of_report(manuscript(path)), all_forms, told)
    above = [
        f"由 {path.name} 导入。请与原件核对，看过末尾的说明以后，删去这一行和那些说明。",
        "signature：sealed 盖章，unsealed 不盖章；原件看不出来，暂按盖章。",
    ]
    below = ["导入时的说明："] * bool(transcript.remarks) + list(map(str, transcript.remarks))
    text = contentfile.write(transcript.form, transcript.values, above=above, below=below)
    return Imported(text, transcript.remarks)


def manuscript(path: Path) -> Manuscript:
    """The text of a file of any kind that is known, told by its first bytes."""
    data = _read(path)
    if data.startswith((_OLE, _RTF)) or any(mark in data[:_START] for mark in _OTHERS):
        return word.read(legacy.as_docx(data, path.name), path.name)
    if data.startswith(_ZIP):
        return word.read(data, path.name)
    if data.startswith(_PDF):
        hint = "请用 .docx、.html 或纯文本；只有 PDF 的，请先把文字和表格另存为其中一种。"
        raise FileProblem(f"PDF 不能导入：{path.name}。", hint)
    if _MARKUP.search(data[:_START].replace(b"\0", b"")):
        return webpage.read(bounds.of_page(data, path.name), path.name)
    return plaintext.read(bounds.of_text(data, path.name), path.name)


def _read(path: Path) -> bytes:
    data = load(path, MOST_BYTES)
    if len(data) > MOST_BYTES:
        raise FileProblem(
            f"文件太大：{path}。", "年报的文件不超过 64 MiB，请检查是不是放错了文件。"
        )
    if not data.strip():
        raise FileProblem(f"文件是空的：{path}。", "请检查是不是放错了文件。")
    return data
