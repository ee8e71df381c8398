"""Who signs: a private key with its certificate, from a PKCS#12 file (RFC 7292).

Whatever would give a signature that readers reject is refused: an expired certificate, one that is
not made for signatures, a weak key.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto import pkcs12 as container
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.errors import FileProblem, Refused, UsageError

Key = RSAPrivateKey | EllipticCurvePrivateKey

_EXPORT = "请重新导出证书文件（.p12 或 .pfx），导出时要包含私钥。"
_RENEW = "请向证书的签发单位申请换发。"
_OTHER = "请换用本单位的签名证书。"
_CURVES = {"secp256r1", "secp384r1", "secp521r1"}
_SMALLEST_RSA = 2048  # bits; readers reject less
_FOREIGN_USES = {
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CODE_SIGNING,
    ExtendedKeyUsageOID.TIME_STAMPING,
    ExtendedKeyUsageOID.OCSP_SIGNING,
}
"""Uses of machines and programs: a certificate for nothing else signs no documents."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A key, its certificate, and the certificates of those who vouch for it."""

    key: Key
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def self_signed(self) -> bool:
        """Whether nobody else vouches for it."""
        return self.certificate.issuer == self.certificate.subject

    def names(self, agency: str) -> bool:
        """Whether the certificate is made out to that agency, or to somebody of it."""
        named = [str(part.value) for part in self.certificate.subject if part.oid in _NAMES]
        return any(agency in name for name in named)


_NAMES = {
    NameOID.COMMON_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
}


def load(data: bytes, password: str, time: dt.datetime) -> Identity:
    """The identity in a PKCS#12 file, fit to sign at `time`.

    Raises:
        FileProblem: the file is broken, or of another kind.
        UsageError: the password is wrong.
        Refused: the certificate would not hold.
    """
    key, certificate, chain = _opened(data, password)
    if certificate is None or not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        if certificate is not None and key is not None:
            raise Refused("证书的密钥不是 RSA 或 ECDSA，不能用来签名。", _OTHER)
        raise Refused("证书文件中没有私钥和与它相配的证书。", _EXPORT)
    if certificate.public_key() != key.public_key():
        raise Refused("证书文件中的私钥与证书不相配。", _EXPORT)
    _check_key(key)
    _check_days(certificate, time)
    _check_uses(certificate)
    return Identity(key, certificate, chain)


def _opened(
    data: bytes, password: str
) -> tuple[object, x509.Certificate | None, tuple[x509.Certificate, ...]]:
    """Key, certificate and other certificates as they stand in the file."""
    broken = FileProblem("证书文件已损坏，或不是 PKCS#12 文件（.p12、.pfx）。", _EXPORT)
    try:
        container.Pfx.load(data, strict=True).native  # noqa: B018  # reads all of it
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise broken from error
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except UnsupportedAlgorithm as error:
        raise Refused(
            "证书文件使用了不支持的算法（如国密 SM2）。",
            "请换用 RSA 或 ECDSA 证书；国密签章须使用有资质的厂商产品。",
        ) from error
    except ValueError as error:
        if "password" in str(error).lower() or "mac" in str(error).lower():
            raise UsageError(
                "证书文件的密码不对，或者文件已损坏。", "请核对密码；仍然不行的，请重新导出。"
            ) from error
        raise broken from error
    return key, certificate, tuple(others)


def _check_key(key: Key) -> None:
    if isinstance(key, RSAPrivateKey):
        if key.key_size < _SMALLEST_RSA:
            raise Refused(
                f"证书的 RSA 密钥只有 {key.key_size} 位，至少须有 {_SMALLEST_RSA} 位。", _RENEW
            )
    elif key.curve.name not in _CURVES:
        raise Refused(f"证书的 ECDSA 曲线 {key.curve.name} 不受支持。", _OTHER)


def _check_days(certificate: x509.Certificate, time: dt.datetime) -> None:
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if time < first:
        raise Refused(
            f"证书尚未生效：{_day(first, time)}起有效。", "请核对电脑的日期，或等证书生效后再签名。"
        )
    if time > last:
        raise Refused(f"证书已过期：有效期至 {_day(last, time)}。", _RENEW)


def _day(moment: dt.datetime, like: dt.datetime) -> str:
    local = moment.astimezone(like.tzinfo)
    return f"{local:%Y-%m-%d %H:%M}"


def _check_uses(certificate: x509.Certificate) -> None:
    """Refuse a certificate whose key usage does not say that it signs documents (RFC 5280)."""
    for extension in _extensions(certificate):
        value = extension.value
        if isinstance(value, x509.KeyUsage) and not (
            value.digital_signature or value.content_commitment
        ):
            raise Refused("这份证书的用途不含数字签名，不能用来签名。", _OTHER)
        if isinstance(value, x509.ExtendedKeyUsage) and set(value) <= _FOREIGN_USES:
            raise Refused("这份证书不是文件签名用的（如网站、时间戳证书）。", _OTHER)
        if isinstance(value, x509.BasicConstraints) and value.ca and not _is_root(certificate):
            raise Refused("这份证书是签发证书用的，不能签名文件。", _OTHER)


def _is_root(certificate: x509.Certificate) -> bool:
    """Self-made certificates often say that they are authorities; that harms nobody."""
    return certificate.issuer == certificate.subject


def _extensions(certificate: x509.Certificate) -> Iterator[x509.Extension[x509.ExtensionType]]:
    try:
        yield from certificate.extensions
    except ValueError as error:
        raise Refused("证书的扩展项无法识别。", _OTHER) from error
