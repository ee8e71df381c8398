"""Output files appear whole or not at all: written beside their place, then renamed."""

import errno
import fcntl
import glob
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import FileProblem

_RANDOM = 8
"""Characters that `tempfile` puts behind a name."""
_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "路径中有同名文件",
    errno.ENOTDIR: "路径中有同名文件",
    errno.EISDIR: "是文件夹",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "只读文件系统",
    errno.EIO: "磁盘读写出错",
    errno.ENAMETOOLONG: "名称太长",
    errno.ENXIO: "不是普通文件",
    errno.EMFILE: "打开的文件太多",
    errno.EPIPE: "管道已关闭",
}


def reason(error: OSError) -> str:
    """Why the system refused, in Chinese where it is one of the usual reasons."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def opened(path: Path) -> BinaryIO:
    """A file, open for reading. A pipe, socket or device is refused at once: reading may not end.

    Raises:
        OSError: it is not there, cannot be read, or is no such file.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        number = errno.EISDIR if stat.S_ISDIR(mode) else errno.ENXIO
        raise OSError(number, os.strerror(number), str(path))
    return os.fdopen(handle, "rb")


def load(path: Path, most: int, shown: str = "", *, piped: bool = False) -> bytes:
    """The bytes of a file, no more than `most` and one; messages call it `shown`, or by its path.

    Only what may be `piped` is read from a pipe or a device, too.

    Raises:
        FileProblem: it is not there, or cannot be read.
    """
    file = shown or str(path)
    try:
        with path.open("rb") if piped else opened(path) as stream:
            return stream.read(most + 1)
    except FileNotFoundError:
        raise FileProblem(f"找不到文件：{file}。", "请检查文件名和所在的文件夹。") from None
    except IsADirectoryError:
        raise FileProblem(f"这是文件夹，不是文件：{file}。", "请写到文件名为止。") from None
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "文件名有误"
        hint = "请检查文件的权限，以及它是否正被别的程序占用。"
        raise FileProblem(f"文件读不出来：{file}（{why}）。", hint) from error


def whole(path: Path, most: int) -> bytes:
    """The bytes of a file.

    Raises:
        FileProblem: it is not there, cannot be read, or has more than `most` bytes.
    """
    data = load(path, most)
    if len(data) > most:
        hint = "请检查是不是选错了文件。"
        raise FileProblem(f"文件太大：{path}，超过 {most // 2**20} MiB。", hint)
    return data


def write(path: Path, data: bytes, *, new: bool = False) -> None:
    """Write `data` to `path`, replacing what is there; on any failure that stays as it was.

    Raises:
        FileProblem: the folder cannot be made or written, the disk is full, or a `new` file is
            there already.
    """
    with staged(path, data, new=new):
        pass


@contextmanager
def staged(path: Path, data: bytes, *, new: bool = False) -> Iterator[None]:
    """`data` lies whole beside `path` while the block runs, and in its place when it has ended.

    Where the block fails, what was there stays. Raises as `write`.
    """
    temporary: Path | None = None
    with ExitStack() as held:
        try:
            with _telling(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                file, temporary = _beside(path)
                held.enter_context(file)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                temporary.chmod(0o666 & ~_umask())  # mkstemp makes files private
            yield
            with _telling(path):
                if new:
                    path.hardlink_to(temporary)  # fails where the name is taken
                else:
                    temporary.replace(path)  # atomic on one file system
        finally:
            if temporary:
                temporary.unlink(missing_ok=True)


def _beside(path: Path) -> tuple[BinaryIO, Path]:
    """A new file beside a place, locked while it is open; what was left over there goes."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.{'[a-z0-9_]' * _RANDOM}"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody is writing it
            left.unlink()
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        new = os.fdopen(handle, "wb")
        with suppress(OSError):  # where there are no locks, nothing is taken for left over
            fcntl.flock(new, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if Path(name).exists():  # nobody took it for left over before it was locked
            return new, Path(name)
        new.close()


def settle(folder: Path) -> None:
    """Let what was renamed in a folder outlive a power cut, where the system can say so."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """What the system refuses, as a problem of the user's."""
    try:
        yield
    except FileExistsError as error:
        hint = "请换一个文件名，或先移走原有的文件。"
        raise FileProblem(f"文件已经存在，没有覆盖：{path}。", hint) from error
    except OSError as error:
        raise FileProblem(
            f"无法写入文件：{path}（{reason(error)}）。",
            "请检查磁盘空间和文件夹权限；原有文件未改动。",
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
