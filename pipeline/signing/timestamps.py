"""A timestamp service asked over HTTP (RFC 3161, 3.4): the only network that signing may use."""

import http.client
import time
import urllib.error
import urllib.request
from typing import Any, ClassVar
from urllib.parse import urlsplit

from asn1crypto import cms, core, tsp
from pyhanko.sign.timestamps import TimeStamper

from pipeline import files
from pipeline.errors import Refused, UsageError

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_SECONDS = 30
_MOST = 1 << 20  # bytes of an answer; tokens have some thousands
_HINT = "请核对地址和网络后重试；或去掉 --timestamp，不加时间戳。"


_STRANGE = (ValueError, TypeError, KeyError, RecursionError)
"""What reading a strange answer raises."""


class Service(TimeStamper):
    """A timestamp service at an address."""

    def __init__(self, address: str) -> None:
        """Raises `UsageError` where `address` is none of the web."""
        super().__init__()  # type: ignore[no-untyped-call]
        try:
            parts = urlsplit(address)
            host = parts.hostname
        except ValueError:
            host = None
        if not host or parts.scheme not in {"http", "https"}:
            raise UsageError(
                f"时间戳服务的地址无法识别：{address}。", "请写以 http:// 或 https:// 开头的网址。"
            )
        self.address = address

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """The service's token for a digest.

        Raises:
            Refused: it cannot be reached, refuses, or answers something else.
        """
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except Refused:
            raise
        except Exception as error:  # of a strange answer anything can be raised
            raise Refused(f"时间戳服务没有给出时间戳（{type(error).__name__}）。", _HINT) from error

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The service's answer to a request.

        Raises:
            Refused: it cannot be reached, or answers something else.
        """
        data = _answer(self.address, req.dump())
        try:
            answered: tsp.TimeStampResp = _read(tsp.TimeStampResp, data)
        except _STRANGE as error:
            raise _refusal(data) from error
        return answered


class _Refusal(core.Sequence):  # type: ignore[misc]  # asn1crypto is untyped
    """An answer without a token, which `TimeStampResp` does not know."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


def _refusal(data: bytes) -> Refused:
    """What an answer without a token means."""
    try:
        status = _read(_Refusal, data)["status"]
    except _STRANGE:
        return Refused("时间戳服务的回答无法识别。", _HINT)
    return Refused(f"时间戳服务没有给出时间戳（{status['status'].native}）。", _HINT)


def _read(kind: Any, data: bytes) -> Any:  # noqa: ANN401  # types of ASN.1, which are untyped
    """A value of that type, all of it; raises one of `_STRANGE` for anything else."""
    value = kind.load(data, strict=True)
    value.native  # noqa: B018  # the rest is read late
    return value


def _answer(address: str, question: bytes) -> bytes:
    """What a service answers, as far as an answer may go in time and length."""
    kinds = {"Content-Type": _QUERY, "Accept": _REPLY}
    asked = urllib.request.Request(address, question, kinds)  # noqa: S310  # the scheme was looked at
    end = time.monotonic() + _SECONDS
    data = b""
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310
            while len(data) <= _MOST and (part := answer.read1()):
                data += part
                if time.monotonic() > end:
                    raise TimeoutError
    except urllib.error.HTTPError as error:
        error.close()
        raise Refused(f"时间戳服务拒绝了请求（HTTP {error.code}）。", _HINT) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Refused(f"时间戳服务连接不上（{_reason(error)}）。", _HINT) from error
    return data


def _reason(error: Exception) -> str:
    within = getattr(error, "reason", error)
    if isinstance(within, TimeoutError):
        return f"{_SECONDS} 秒内没有回答"
    return files.reason(within) if isinstance(within, OSError) else type(error).__name__
