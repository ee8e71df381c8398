"""Sign a report: PAdES B-B, or B-T with a timestamp (ETSI EN 319 142-1).

The file stays byte for byte as it is; what is new stands behind it, as an incremental update
(ISO 32000-1, 7.5.6), and the signature covers all of both but itself. Values in, values out: the
time is the caller's. With an RSA key the same input gives the same bytes; ECDSA draws a number at
random, and a timestamp is new every time.
"""

import asyncio
import datetime as dt
import hashlib
from io import BytesIO

from asn1crypto import cms, keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.generic import (
    ByteStringObject,
    NameObject,
    TextStringEncoding,
    TextStringObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.errors import Refused
from pipeline.signing import field
from pipeline.signing.certificates import Identity
from pipeline.signing.document import Document

_DIGEST = "sha256"
_ROOM = 2 * 16_384
"""Hex digits left for the signature, two a byte: a chain of three and a timestamp take 4,500."""

_SAMPLE = "样例，仅供测试"
"""What a sample is signed for: nobody issues it."""


class _Update(IncrementalPdfFileWriter):
    """An update that lets metadata be: what is signed was made on the day that it tells."""

    def _update_meta(self) -> None:
        """Leave Info and XMP as they are; they must go on agreeing (ISO 19005-3, 6.6.3)."""


def sign(
    document: Document,
    identity: Identity,
    *,
    time: dt.datetime,
    visible: bool = False,
    timestamper: TimeStamper | None = None,
) -> bytes:
    """The signed file; `time` is when the signature says that it was made.

    A visible signature is found by clicking on the seal, over which nothing is drawn; any other
    only in a viewer's list of signatures.

    Raises:
        Refused: there is no seal to click on; the timestamp service fails; the certificates are
            too many for the room.
    """
    agency = document.passport.agency
    writer = _Update(BytesIO(document.pdf))
    made_from = (document.pdf, time.isoformat().encode(), _der(identity.certificate))
    seed = hashlib.sha256(b"".join(made_from)).digest()
    writer._document_id[1] = ByteStringObject(seed[:16])  # noqa: SLF001  # random otherwise
    writer.register_extension(ESIC_EXTENSION_1)
    wanted = field.spec(document.place(visible), f"{agency}的数字签名")
    steps = PdfCMSEmbedder(wanted).write_cms(field.NAME, writer)
    field.furnish(writer, next(steps))
    entries = SignatureObject(
        timestamp=time,
        subfilter=SigSeedSubFilter.PADES,
        reason=_SAMPLE if document.passport.sample else f"签发《{document.title}》",
        bytes_reserved=_ROOM,
    )
    entries[NameObject("/Name")] = _spelt(agency)
    steps.send(SigObjSetup(entries))
    prepared, output = steps.send(SigIOSetup(_DIGEST))
    try:
        steps.send(_signature(identity, prepared.document_digest, timestamper))
    except SigningError as error:
        raise Refused(
            "证书链太长，签名放不下。", "请重新导出证书文件，只包含签名证书和它的上级证书。"
        ) from error
    signed: bytes = output.getvalue()
    return signed


def _signature(
    identity: Identity, digest: bytes, timestamper: TimeStamper | None
) -> cms.ContentInfo:
    """A CMS signature of a digest (RFC 5652)."""
    known = SimpleCertificateStore()
    known.register_multiple([asn1.Certificate.load(_der(each)) for each in identity.chain])
    signer = SimpleSigner(
        asn1.Certificate.load(_der(identity.certificate)),
        keys.PrivateKeyInfo.load(
            identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        known,
    )
    return asyncio.run(signer.async_sign(digest, _DIGEST, use_pades=True, timestamper=timestamper))


def _spelt(text: str) -> TextStringObject:
    """A text in UTF-16, in which no words of a name look like a PDF's own."""
    made = TextStringObject(text)
    made.force_output_encoding = TextStringEncoding.UTF16BE
    return made


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
