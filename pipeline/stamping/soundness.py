"""Whose fault a failure is: that of a PDF which is broken, or of this program."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.conformance import verdict
from pipeline.errors import FileProblem, TypesettingFailed, UserError


@contextmanager
def blamed(pdf: bytes, hint: str) -> Iterator[None]:
    """Where the block fails, and `pdf` is not as this program writes one, that is what is told.

    The libraries that read PDFs raise a dozen kinds of errors on a broken one, some of them late.

    Raises:
        FileProblem: as above; any other failure is raised as it is.
    """
    try:
        yield
    except Exception as error:
        told = isinstance(error, UserError) and not isinstance(error, TypesettingFailed)
        if told or not (found := verdict.problems(pdf)):
            raise
        raise FileProblem(f"PDF 已损坏，或被改动过：{found[0].message}", hint) from error
