"""The files of a bundle, one after another: from a zip, a tar or a folder; nothing is unpacked.

Whatever it is, one piece of a file is in memory at a time, and no more is read than a bundle may
have.
"""

import os
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

from pipeline import files
from pipeline.archiving import folderreading, tarreading, zipping, zipreading
from pipeline.archiving.differences import Difference
from pipeline.archiving.members import Member, peek
from pipeline.archiving.names import shown
from pipeline.errors import FileProblem, Refused

_MOST_ITEMS = 3 * zipping.MOST_ENTRIES


def read(path: Path) -> Iterator[Member | Difference]:
    """The files of the bundle at `path`, and what is wrong with the bundle as a container.

    Raises:
        Refused: it is no bundle, or larger than any.
        FileProblem: it cannot be read.
    """
    total = 0
    try:
        with closing(_items(path)) as items:
            for count, item in enumerate(items):
                total += item.size if isinstance(item, Member) else 0
                if total > zipping.MOST_BYTES or count > _MOST_ITEMS:
                    at = item.name if isinstance(item, Member) else item.file
                    raise Refused(
                        f"文件太多或太大，没有读下去：{shown(at)}。", "请核对归档包的来源。"
                    )
                yield item
    except FileNotFoundError:
        raise FileProblem(f"找不到归档包：{path}。", "请检查文件名和所在的文件夹。") from None
    except (OSError, ValueError) as error:
        why = files.reason(error) if isinstance(error, OSError) else "文件名有误"
        hint = "请检查文件的权限，以及存放它的磁盘。"
        file = getattr(error, "filename", None) or path
        raise FileProblem(f"归档包读不出来：{file}（{why}）。", hint) from error


def _items(path: Path) -> Generator[Member | Difference, None, None]:
    if path.is_dir():
        yield from folderreading.read(path)
        return
    with files.opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        head = peek(file, 0, tarreading.BLOCK)
        tail = peek(file, size - zipping.END.size, zipping.END.size)
        if head.startswith(zipping.LOCAL_MARK) or tail.startswith(zipping.END_MARK):
            yield from zipreading.read(file, size)
        elif head[tarreading.MAGIC_AT :].startswith(tarreading.MAGIC):
            yield from tarreading.read(file, size)
        else:
            raise Refused(f"不是归档包，也不是 PDF：{path}。", "归档包是 zip、tar 或文件夹。")
