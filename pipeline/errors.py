"""The user's errors: what went wrong, what to do about it, and the exit code it ends in.

Everything else that is raised is a bug of ours and keeps its trace.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pipeline.findings import Finding


class ExitCode(IntEnum):
    """Exit codes of the command; documented in the README and stable."""

    OK = 0
    BUG = 1
    USAGE = 2
    CONTENT = 3
    TOOL = 4
    TYPESETTING = 5
    FILE = 6
    VERIFICATION = 7
    PARTIAL = 8
    INTERRUPTED = 130


class UserError(Exception):
    """A failure the user can mend: a Chinese message with the place, and a remedy.

    `findings` holds everything that was found on the way.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.USAGE

    def __init__(self, message: str, hint: str = "", findings: Sequence["Finding"] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.findings = tuple(findings)

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, to another process: not by what its class is called with."""
        return _again, (type(self), self.args, self.__dict__)


def _again(
    kind: type[UserError], arguments: tuple[object, ...], values: dict[str, object]
) -> UserError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(values)
    return error


class UsageError(UserError):
    """The command line asks for something that does not exist or does not fit."""


class ContentError(UserError):
    """The content has errors; `findings` holds every one of the run."""

    exit_code = ExitCode.CONTENT

    def __init__(self, message: str, findings: Sequence["Finding"], hint: str = "") -> None:
        super().__init__(message, hint, findings)


class MissingTool(UserError):
    """An outside program or a font is missing or too old."""

    exit_code = ExitCode.TOOL


class TypesettingFailed(UserError):
    """TeX failed, or its log shows something that must not be printed."""

    exit_code = ExitCode.TYPESETTING


class FileProblem(UserError):
    """A file cannot be read or written."""

    exit_code = ExitCode.FILE


class Refused(UserError):
    """A stamp, a signature or a bundle does not hold, or would not."""

    exit_code = ExitCode.VERIFICATION
