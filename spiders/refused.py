"""Names what went wrong with a request, in the ledger's vocabulary."""

import re
from collections.abc import Iterator
from typing import Final

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from service_identity.exceptions import VerificationError
from twisted.internet.error import ConnectError
from twisted.web._newclient import ParseError, RequestNotSent
from twisted.web.client import ResponseFailed
from twisted.web.http import _DataLoss

from models import outcome
from spiders.head import EndlessInterim

TRANSIENT: Final = frozenset(
    {"refused:unreachable", "refused:http_5xx", "refused:truncated", "refused:dataloss", "refused:bad_encoding",
     "refused:bad_response"}
)  # fmt: skip
"""What a second try within the same run may mend."""
_USERINFO: Final = re.compile(r"://[^/?#\s@]*@")


def readable(text: str) -> str:
    """`text` for logs, terminals and the ledger: a server must not write control characters there, nor a password that
    an address carries."""
    return _USERINFO.sub("://", "".join(c if c.isprintable() else "\ufffd" for c in text))


class Refused(IgnoreRequest):
    """A request that ended in a named refusal. `asked` says whether a request went out."""

    def __init__(self, name: str, detail: str, *, asked: bool = True, status: int | None = None) -> None:
        super().__init__(detail)
        self.outcome = outcome.check(name)
        self.detail = readable(detail)[:500]
        self.asked = asked
        self.status = status


def refusal_of(error: BaseException) -> Refused | None:
    """The refusal that an error of the download means; None for an error that is our own mistake."""
    if isinstance(error, Refused):
        return error
    causes = list(_causes(error))
    if any(isinstance(cause, SSL.Error | VerificationError) for cause in causes):
        return Refused("refused:tls", f"the certificate is not valid: {_words(causes[-1])}")
    if isinstance(cause := causes[-1], EndlessInterim):
        return Refused("refused:http_other", _words(cause), status=cause.code)
    if any(isinstance(cause, ParseError) for cause in causes):
        return Refused("refused:bad_response", f"the answer is not valid HTTP: {_words(causes[-1])}")
    if any(isinstance(cause, _DataLoss) for cause in causes):
        return Refused("refused:dataloss", "the answer is not as long as announced")
    if isinstance(error, DownloadFailedError) and isinstance(cause, ValueError | KeyError):  # Twisted's framing
        about_length = "Content-Length" in str(cause) or "decimal" in str(cause)
        name = "refused:dataloss" if about_length else "refused:bad_response"
        return Refused(name, f"the answer is not framed as HTTP has it: {_words(cause)}")
    match error:
        case CannotResolveHostError():
            return Refused("refused:unreachable", "the host's name is not found")
        case DownloadConnectionRefusedError():
            return Refused("refused:unreachable", "the host refuses the connection")
        case DownloadTimeoutError():
            return Refused("refused:unreachable", "no whole answer within 30 seconds")
        case ResponseDataLossError():
            return Refused("refused:dataloss", "the answer is not as long as announced")
        case DownloadCancelledError():
            return Refused("refused:too_large", "the answer is larger than 16 MiB")
        case UnsupportedURLSchemeError():
            return Refused("refused:scheme", "the address is neither http nor https")
        case DownloadFailedError():
            return Refused("refused:unreachable", f"the connection broke: {_words(causes[-1])}")
        case ConnectError() | RequestNotSent() | OSError():
            return Refused("refused:unreachable", f"no connection: {_words(error)}")
        case ValueError() if "URL" in str(error) or "url" in str(error):
            return Refused("refused:bad_url", str(error), asked=False)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, and the reasons that Twisted packs into a failed response."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if one.__cause__ is not None:
            waiting.append(one.__cause__)
        if isinstance(one, ResponseFailed):
            waiting += [reason.value for reason in one.reasons if reason.value is not None]


def _words(error: BaseException) -> str:
    said = error.args[0] if isinstance(error, ParseError) else str(error)  # its text repeats the server's bytes
    return (str(said) or type(error).__name__).split("\n")[0][:200]
