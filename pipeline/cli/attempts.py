"""One target after another: what fails is told, and stops no other."""

import traceback
from collections.abc import Callable, Sequence

from pipeline import listing
from pipeline.errors import ExitCode, UserError
from pipeline.terminal import say, say_error


def attempt(target: object, deed: Callable[[], None], trace: str = "") -> ExitCode:
    """Do something for a target, however named; its failure, a bug of ours included, is told.

    `trace` is that of a bug that came before.
    """
    try:
        if not trace:
            deed()
    except UserError as error:
        for finding in error.findings:
            say(listing.finding(finding))
        say_error(error)
        return error.exit_code
    except Exception:  # noqa: BLE001  # it is told with its trace
        trace = traceback.format_exc()
    if trace:
        say(f"错误：{target} 遇到程序自身的错误，请将以下信息交给维护人员。")
        say(trace)
        return ExitCode.BUG
    return ExitCode.OK


def overall(codes: Sequence[ExitCode]) -> ExitCode:
    """The exit code of several targets: all failed alike, or some failed and some did not."""
    failed = {code for code in codes if code}
    if not failed:
        return ExitCode.OK
    return failed.pop() if len(failed) == 1 and all(codes) else ExitCode.PARTIAL
