"""Asking ClamAV about the files of a bundle, where it is installed."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.archiving.appraisal import PASSED, Outcome, failed, untested
from pipeline.processes import run

TIME_LIMIT = 300.0
"""Seconds; loading the signatures alone takes half a minute on a slow machine."""
_CLEAN, _INFECTED = 0, 1
"""Exit codes of clamscan."""


def scan(files: Mapping[str, bytes]) -> Outcome:
    """What clamscan says of `files`; 未检测 where it is not there or did not finish.

    Files get numbers for names: none of theirs reaches a path or a command line.
    """
    program = shutil.which("clamscan")
    if program is None:
        return untested("没有安装 clamscan")
    with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        for position, data in enumerate(files.values()):
            (Path(folder) / f"{position}").write_bytes(data)
        command = [program, "--recursive", "--infected", "--no-summary", folder]
        try:
            said, code = run(command, limit=TIME_LIMIT, env=os.environ)
        except TimeoutError:
            return untested(f"clamscan 在 {TIME_LIMIT:g} 秒内没有结束")
        except OSError as error:
            return untested(f"clamscan 无法运行：{error.strerror}")
    if code == _CLEAN:
        return PASSED
    if code != _INFECTED:
        return untested(f"clamscan 没有完成，退出码 {code}")
    paths = list(files)
    hit = [
        paths[int(number)]
        for line in said.splitlines()
        if line.endswith(" FOUND")
        and (number := line.partition(":")[0].rpartition("/")[2]).isdecimal()
    ]
    return failed(f"clamscan 报告病毒：{'、'.join(hit) or '文件不明'}")
