"""Keys, certificates and a timestamp service for tests: made in each run, kept nowhere."""

import datetime as dt
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from asn1crypto import core, keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

PASSWORD = "口令 1"  # noqa: S105  # of keys that live as long as the test
FIRST, LAST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2090, 1, 1, tzinfo=dt.UTC)
KINDS = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "weak": lambda: rsa.generate_private_key(65537, 1024),  # noqa: S505
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
    "koblitz": lambda: ec.generate_private_key(ec.SECP256K1()),
    "edwards": ed25519.Ed25519PrivateKey.generate,
}
CA = x509.BasicConstraints(ca=True, path_length=None)


USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def usage(**said: bool) -> x509.KeyUsage:
    """A key usage that says these, and no other."""
    return x509.KeyUsage(**{use: said.get(use, False) for use in USES})


SIGNS = usage(digital_signature=True, content_commitment=True)
VOUCHES = usage(key_cert_sign=True, crl_sign=True)


@cache
def key(owner: str, kind: str = "rsa") -> Any:  # noqa: ARG001  # one key for each owner
    """The key of somebody."""
    return KINDS[kind]()


@dataclass(frozen=True)
class Holder:
    """Somebody with a key and a certificate, vouched for by others up to a root."""

    key: Any
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> bytes:
        """The certificate as text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def file(self, password: str = PASSWORD) -> bytes:
        """Its PKCS#12 file."""
        secrecy = serialization.BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(
            b"key", self.key, self.certificate, self.chain or None, secrecy
        )


def certify(
    name: str,
    issuer: Holder | None = None,
    *extensions: x509.ExtensionType,
    office: str = "",
    kind: str = "rsa",
    first: dt.datetime = FIRST,
    last: dt.datetime = LAST,
) -> Holder:
    """Somebody's certificate, by an issuer or made by himself."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if office:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, office))
    own, subject = key(name, kind), x509.Name(parts)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(int.from_bytes(name.encode()[:16], "big") + 1)
        .not_valid_before(first)
        .not_valid_after(last)
    )
    for extension in extensions:
        builder = builder.add_extension(
            extension, critical=not isinstance(extension, x509.CRLDistributionPoints)
        )
    digest = None if kind == "edwards" and not issuer else hashes.SHA256()
    made = builder.sign(issuer.key if issuer else own, digest)
    chain = (issuer.certificate, *issuer.chain) if issuer else ()
    return Holder(own, made, chain)


ROOT = certify("示例根证书", None, CA, VOUCHES)
MIDDLE = certify("示例中间证书", ROOT, CA, VOUCHES)
LISTS = x509.CRLDistributionPoints(
    [
        x509.DistributionPoint(
            [x509.UniformResourceIdentifier("http://127.0.0.1:9/crl")], None, None, None
        )
    ]
)
CLERK = certify("示例签名人", MIDDLE, SIGNS, LISTS, office="示例市样板区示范街道办事处")
LONER = certify("自签人")
OTHER_ROOT = certify("别的根证书", None, CA, VOUCHES)
TSA = certify(
    "示例时间戳服务", ROOT, x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
)


class Refusal(core.Sequence):
    """An answer without a token (RFC 3161, 2.4.2)."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


class Office:
    """A timestamp service: what it answers can be spoilt."""

    def __init__(self, time: dt.datetime) -> None:
        """It says this time, always."""
        der = serialization.Encoding.DER
        self.stamper = DummyTimeStamper(
            asn1.Certificate.load(TSA.certificate.public_bytes(der)),
            keys.PrivateKeyInfo.load(
                TSA.key.private_bytes(
                    der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            ),
            fixed_dt=time,
        )
        self.mood = ""
        self.asked: list[tsp.TimeStampReq] = []

    def answer(self, question: bytes) -> tuple[int, bytes]:
        """HTTP status and body."""
        request = tsp.TimeStampReq.load(question)
        self.asked.append(request)
        if self.mood == "error":
            return 503, b"busy"
        if self.mood == "nonsense":
            return 200, b"<html>welcome</html>"
        if self.mood == "empty":
            return 200, b""
        if self.mood == "rejection":
            return 200, Refusal({"status": {"status": "rejection"}}).dump()
        if self.mood == "other":
            request["message_imprint"]["hashed_message"] = bytes(32)
        if self.mood == "nonce":
            request["nonce"] = 7
        return 200, self.stamper.request_tsa_response(request).dump()


@contextmanager
def served(office: Office) -> Iterator[str]:
    """The service's address on loopback, for a while."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = office.answer(question)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsa"
        finally:
            server.shutdown()
            thread.join()
