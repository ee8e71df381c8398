"""The password of a certificate: from a file, the environment, or a person; never an argument."""

import getpass
import os
import sys
from pathlib import Path

from pipeline import files
from pipeline.errors import FileProblem, UsageError

VARIABLE = "NIANBAO_SIGN_PASSWORD"
_MOST = 4096  # bytes


def password(file: Path | None, shown: str) -> str:
    """The password of the certificate file `shown`; a line end behind it does not count.

    Raises:
        UsageError: there is none, and nobody at a terminal to be asked.
        FileProblem: its file cannot be read, or is no text.
    """
    if file is not None:
        return _written(file)
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    missing = UsageError(
        "没有证书文件的密码。",
        f"请用 --password-file 指定密码文件，或设置环境变量 {VARIABLE}；在终端中运行会提示输入。",
    )
    if not sys.stdin.isatty():
        raise missing
    try:
        return getpass.getpass(f"{shown} 的密码：", sys.stderr)
    except EOFError as error:
        raise missing from error


def _written(file: Path) -> str:
    data = files.load(file, _MOST, piped=True)
    problem = FileProblem(
        f"密码文件无法识别：{file}。", "密码文件只写一行密码，保存为 UTF-8 编码的纯文本。"
    )
    if len(data) > _MOST:
        raise problem
    try:
        text = data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise problem from error
    if "\n" in text:
        raise problem
    return text
