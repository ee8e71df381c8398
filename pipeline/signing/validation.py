"""Signatures read and checked by pyHanko, without a network and without a clock."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from asn1crypto import cms, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from pipeline.errors import FileProblem
from pipeline.signing.verdict import Certificate, Signature, Timestamp, Trust

_USES = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
_ANY = KeyUsageConstraints(key_usage=set())
"""A certificate is for signatures when it says one of these uses, or none at all (RFC 5280)."""
_WEAK = {"md2", "md5", "sha1"}
_MOST = 20
"""Signatures of a file that are looked at; each costs a pass over the whole file."""
_LONGEST = 200  # characters of a name or a reason
_BROKEN = Signature(intact=False, whole=False)
_NAMES = ("common_name", "organizational_unit_name", "organization_name")


def validated(pdf: bytes, roots: Sequence[bytes], traces: int) -> tuple[Signature, ...]:
    """Every signature of a PDF with traces of so many; see `examination.examine`."""
    trusted = [_certificate(root) for root in roots]
    try:
        embedded = list(PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures)
    except Exception as error:  # noqa: BLE001  # of a hostile file anything can be raised
        return (_broken(error),)
    made = [_examined(each, pdf, trusted) for each in embedded[:_MOST]]
    if len(embedded) > _MOST:
        problem = f"文件中有 {len(embedded)} 个签名，只检测了前 {_MOST} 个。"
        made.append(replace(_BROKEN, problem=problem))
    if len(embedded) < traces:
        problem = f"文件中有 {traces} 处签名的痕迹，只能找到 {len(embedded)} 个签名，文件已被改动。"
        made.append(replace(_BROKEN, problem=problem))
    return tuple(made)


def _examined(embedded: Any, pdf: bytes, roots: list[x509.Certificate]) -> Signature:  # noqa: ANN401
    try:
        return _signature(embedded, pdf, roots)
    except Exception as error:  # noqa: BLE001  # as above
        return _broken(error)


def _broken(error: Exception) -> Signature:
    return replace(_BROKEN, problem=f"签名已损坏，无法读取（{type(error).__name__}）。")


def _signature(embedded: Any, pdf: bytes, roots: list[x509.Certificate]) -> Signature:  # noqa: ANN401
    entries = embedded.sig_object
    if embedded.sig_object_type != "/Sig":
        return replace(_BROKEN, problem="这是文档时间戳，不是签名，本程序不检测。")
    claimed = embedded.self_reported_timestamp
    if claimed is not None and claimed.tzinfo is None:
        claimed = claimed.replace(tzinfo=dt.UTC)
    certificate = embedded.signer_cert
    first, last = certificate.not_valid_before, certificate.not_valid_after
    status = _status(embedded, roots, claimed or first)
    stamp = status.timestamp_validity
    if stamp is not None:
        status = _status(embedded, roots, stamp.timestamp)
    later = len(pdf) - int(embedded.byte_range[-2]) - int(embedded.byte_range[-1])
    intact = bool(status.intact and status.valid)
    made = Signature(
        intact=intact,
        whole=_covers(embedded, pdf),
        later=max(0, later),
        certificate=Certificate(
            _name(certificate.subject),
            _name(certificate.issuer),
            first,
            last,
            certificate.subject == certificate.issuer,
        ),
        trust=_trust(status, roots),
        agency=_clean(entries.get("/Name", "")),
        reason=_clean(entries.get("/Reason", "")),
        claimed=claimed,
        timestamp=_timestamp(status.timestamp_validity, roots),
        algorithm=_algorithm(certificate, status.md_algorithm),
    )
    return replace(made, problem=_problem(made, status.md_algorithm))


def _status(embedded: Any, roots: list[x509.Certificate], moment: dt.datetime) -> Any:  # noqa: ANN401
    """What pyHanko says, as of a moment."""

    def context() -> ValidationContext:
        return ValidationContext(trust_roots=roots, moment=moment, revocation_mode="soft-fail")

    uses = _USES if embedded.signer_cert.key_usage_value else _ANY
    return validate_pdf_signature(
        embedded, context(), context(), key_usage_settings=uses, skip_diff=True
    )


def _covers(embedded: Any, pdf: bytes) -> bool:  # noqa: ANN401
    """Whether all bytes are covered but those of the signature, which nothing else shares."""
    covered = [int(number) for number in embedded.byte_range]
    if len(covered) != 4:  # noqa: PLR2004  # two stretches, each a start and a length
        return False
    start, before, behind, after = covered
    gap = pdf[before:behind]
    contents: bytes = embedded.pkcs7_content
    used = len(cms.ContentInfo.load(contents).dump())
    return (
        start == 0
        and behind + after == len(pdf)
        and bool(re.fullmatch(rb"<[0-9A-Fa-f]*>", gap))
        and bytes.fromhex(gap[1:-1].decode("ascii")) == contents
        and not contents[used:].strip(b"\0")
    )


def _problem(made: Signature, digest: str) -> str:
    if digest in _WEAK:
        return f"摘要算法 {_digest(digest)} 已不安全。"
    certificate, time = made.certificate, made.time
    if certificate and time and not certificate.first <= time <= certificate.last:
        return "签名时，证书不在有效期内。"
    return ""


def _timestamp(status: Any, roots: list[x509.Certificate]) -> Timestamp | None:  # noqa: ANN401
    if status is None:
        return None
    return Timestamp(
        status.timestamp,
        _name(status.signing_cert.subject),
        bool(status.intact and status.valid),
        _trust(status, roots),
    )


def _trust(status: Any, roots: list[x509.Certificate]) -> Trust:  # noqa: ANN401
    if not roots:
        return Trust.UNCHECKED
    return Trust.TRUSTED if status.trusted else Trust.UNTRUSTED


def _algorithm(certificate: x509.Certificate, digest: str) -> str:
    key = certificate.public_key
    if key.algorithm == "ec":
        kind = f"ECDSA {key.curve[1]}"
    elif key.algorithm in {"rsa", "rsassa_pss"}:
        kind = f"RSA {key.bit_size} 位"
    else:
        kind = str(key.algorithm).upper()
    return f"{kind}，{_digest(digest)}"


def _digest(name: str) -> str:
    return re.sub(r"^SHA(?=[0-9])", "SHA-", name.upper())


def _name(name: x509.Name) -> str:
    """Whom a certificate names: a person or thing, then where it belongs."""
    told = name.native
    parts = [told[key] for key in _NAMES if key in told]
    flat = [part if isinstance(part, str) else "、".join(map(str, part)) for part in parts]
    first, *rest = dict.fromkeys(flat) or [name.human_friendly]
    return _clean(f"{first}（{'，'.join(rest)}）" if rest else first)


def _clean(text: Any) -> str:  # noqa: ANN401  # whatever a file holds there
    """Text that may be printed on a terminal, and is not endless."""
    shown = str(text)[:_LONGEST]
    return "".join(char if char.isprintable() else "·" for char in shown)


def _certificate(data: bytes) -> x509.Certificate:
    try:
        der = pem.unarmor(data)[2] if pem.detect(data) else data
        made = x509.Certificate.load(der, strict=True)
        made.native  # noqa: B018  # reads all of it
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise FileProblem(
            "根证书文件无法识别。", "请换用 PEM 或 DER 格式的证书（.pem、.crt、.cer）。"
        ) from error
    return made
