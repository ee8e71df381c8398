"""Runs a command and tells what it took: a small process between the bench and what it measures.

The kernel counts the memory of a process from before it becomes another program, so a large parent
would be counted as its child's.

    python -I -S bench/launch.py COMMAND...

Prints, as the last line of stdout: seconds of wall, of CPU, the KiB of the largest process; the
exit code is the command's.
"""

import os
import sys
import time


def main(*command: str) -> int:
    """Run the command; its output goes to stderr."""
    start = time.perf_counter()
    output = [(os.POSIX_SPAWN_DUP2, 2, 1)]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=output)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    sys.stdout.write(f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}\n")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
