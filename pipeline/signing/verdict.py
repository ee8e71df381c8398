"""What a signature in a PDF is worth, as values, and as lines for people."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.events import BEIJING


class Trust(StrEnum):
    """Whether somebody who is trusted vouches for a certificate; nobody may be named to trust."""

    UNCHECKED = "unchecked"
    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom a certificate names, who vouches for it, from when to when it is valid."""

    holder: str
    issuer: str
    first: dt.datetime
    last: dt.datetime
    self_signed: bool


@dataclass(frozen=True, slots=True)
class Timestamp:
    """What a timestamp service vouches for: when the signature was there at the latest."""

    time: dt.datetime
    service: str
    intact: bool
    trust: Trust


@dataclass(frozen=True, slots=True)
class Signature:
    """One digital signature, examined; `problem` says why it could not be, or what else is wrong.

    `agency` and `reason` are what the signature says of itself, as is `claimed`, its time.
    """

    intact: bool
    """What it covers is as it was signed, and it was made with the certificate's key."""
    whole: bool
    """It covers the whole file but for itself."""
    later: int = 0
    """Bytes of the file behind what it covers."""
    certificate: Certificate | None = None
    trust: Trust = Trust.UNCHECKED
    agency: str = ""
    reason: str = ""
    claimed: dt.datetime | None = None
    timestamp: Timestamp | None = None
    algorithm: str = ""
    problem: str = ""

    @property
    def time(self) -> dt.datetime | None:
        """When it was made, on the best authority there is."""
        stamped = self.timestamp is not None and self.timestamp.intact
        return self.timestamp.time if self.timestamp and stamped else self.claimed

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it; not, that it proves who signed."""
        trusts = (self.trust, self.timestamp.trust if self.timestamp else Trust.UNCHECKED)
        return (
            self.intact
            and self.whole
            and not self.problem
            and (self.timestamp is None or self.timestamp.intact)
            and Trust.UNTRUSTED not in trusts
        )


def lines(signature: Signature) -> tuple[str, ...]:
    """What to tell of a signature, a line for each fact."""
    return tuple(_lines(signature))


def _lines(signature: Signature) -> Iterator[str]:
    yield f"签名：{_verdict(signature)}"
    if signature.problem:
        yield f"问题：{signature.problem}"
    certificate = signature.certificate
    if certificate is None:
        return
    yield f"证书持有者：{certificate.holder}"
    yield f"证书签发者：{_issuer(certificate)}"
    yield f"证书有效期：{_day(certificate.first)}至{_day(certificate.last)}"
    yield f"签名者身份：{_TRUST[signature.trust]}"
    if signature.agency:
        yield f"签名中的机关：{signature.agency}"
    if signature.reason:
        yield f"签名事由：{signature.reason}"
    if signature.claimed:
        yield f"签名时间：{_moment(signature.claimed)}（签名人电脑的时间）"
    yield f"时间戳：{_timestamp(signature.timestamp)}"
    yield f"完整性：{'签名以后，所签内容没有改动' if signature.intact else '所签内容已被改动'}"
    yield f"范围：{_scope(signature)}"
    yield f"算法：{signature.algorithm}"


_TRUST = {
    Trust.UNCHECKED: "未检测（没有用 --root 给出可信的根证书）",
    Trust.TRUSTED: "已核对，证书由可信的根证书签发；未查是否已被吊销",
    Trust.UNTRUSTED: "不可信，证书不是由给出的根证书签发，或不能用于签名",
}


def _verdict(signature: Signature) -> str:
    if not signature.holds:
        return "无效"
    return "有效" if signature.trust is Trust.TRUSTED else "完好，但没有核对是谁签的"


def _issuer(certificate: Certificate) -> str:
    if certificate.self_signed:
        return "持有者自己（自签名证书，不能证明身份）"
    return certificate.issuer


def _timestamp(timestamp: Timestamp | None) -> str:
    if timestamp is None:
        return "无"
    if not timestamp.intact:
        return "无效，不是这个签名的时间戳，或已被改动"
    trust = {
        Trust.UNCHECKED: "签发者未检测",
        Trust.TRUSTED: "签发者可信",
        Trust.UNTRUSTED: "签发者不可信",
    }[timestamp.trust]
    return f"{_moment(timestamp.time)}，由{timestamp.service}签发（{trust}）"


def _scope(signature: Signature) -> str:
    if signature.whole:
        return "整个文件"
    if signature.later:
        return f"不是整个文件，签名以后追加了 {signature.later} 字节"
    return "不是整个文件"


def _moment(time: dt.datetime) -> str:
    return f"{_day(time)} {time.astimezone(BEIJING):%H:%M:%S}"


def _day(time: dt.datetime) -> str:
    local = time.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"
