"""The digital signatures of a PDF, examined: the door to pyHanko, which opens only when needed."""

import re
from collections.abc import Sequence

from pipeline.signing import extra
from pipeline.signing.verdict import Signature

_TRACE = re.compile(rb"/ByteRange\s*\[")
"""Every signature names the bytes that it covers, in plain sight (ISO 32000-1, 12.8.1)."""


def is_signed(pdf: bytes) -> bool:
    """Whether a file has traces of a digital signature; needs no extra."""
    return bool(_TRACE.search(pdf))


def examine(pdf: bytes, roots: Sequence[bytes] = ()) -> tuple[Signature, ...]:
    """Every signature of a PDF; none for a file without, one with a problem for a broken one.

    `roots` are certificates of those who are trusted to vouch for others, as PEM or DER; without
    any, nobody's certificate is doubted. Whether one was revoked is not asked: that would
    take a network. No clock is read: certificates are judged by when the signature was made.

    Raises:
        MissingTool: the file has signatures, and the extra to read them is missing.
        FileProblem: a root is no certificate.
    """
    traces = len(_TRACE.findall(pdf))
    if not traces:
        return ()
    extra.require()
    from pipeline.signing import validation  # noqa: PLC0415  # it imports the extra

    return validation.validated(pdf, roots, traces)
