"""The digital signatures of a PDF, examined: the door to pyHanko, which opens only when needed."""

import re
from collections.abc import Sequence

from pipeline.signing import extra
from pipeline.signing.verdict import Signature

SIGNED = "signed.pdf"
"""The file of a target that is signed; known to those, too, who have not the extra."""

_MARKS = (
    re.compile(rb"/ByteRange\s*\["),
    re.compile(rb"/SubFilter\s*/(?:ETSI\.CAdES\.detached|ETSI\.RFC3161|adbe\.)"),
)
"""Every signature names what it covers and how it is written, in plain sight (ISO 32000-1, 12.8.1).

There are two, so that spoiling one does not hide it. A title may hold such words, too: then a file
without a signature is said to have a broken one, and not the other way about.
"""


def is_signed(pdf: bytes) -> bool:
    """Whether a file has traces of a digital signature; needs no extra."""
    return _traces(pdf) > 0


def examine(pdf: bytes, roots: Sequence[bytes] = ()) -> tuple[Signature, ...]:
    """Every signature of a PDF; none for a file without, one with a problem for a broken one.

    `roots` are certificates of those who are trusted to vouch for others, as PEM or DER; without
    any, nobody's certificate is doubted. Whether one was revoked is not asked: that would
    take a network. No clock is read: certificates are judged by when the signature was made.

    Raises:
        MissingTool: the file has signatures, and the extra to read them is missing.
        FileProblem: a root is no certificate.
    """
    traces = _traces(pdf)
    if not traces:
        return ()
    extra.require()
    from pipeline.signing import validation  # noqa: PLC0415  # it imports the extra

    return validation.validated(pdf, roots, traces)


def _traces(pdf: bytes) -> int:
    """How many signatures a file seems to have."""
    return max(len(mark.findall(pdf)) for mark in _MARKS)
