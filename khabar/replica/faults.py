"""Outages on demand: a host, or a part of it, that fails in a chosen way for a chosen number of requests."""

import threading
from dataclasses import dataclass
from typing import Literal

FaultMode = Literal["reset", "hang", "truncate"]


@dataclass(slots=True)
class Fault:
    """How requests to `host` under `path` fail; `left` None means until healed."""

    host: str
    how: int | FaultMode
    path: str = "/"
    left: int | None = None
    retry_after: str | None = None


class Faults:
    """The faults in force; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Puts a fault in force; the newest that fits a request wins. Raises ValueError for an unknown way to fail."""
        if fault.how not in ("reset", "hang", "truncate") and not (
            isinstance(fault.how, int) and 400 <= fault.how <= 599
        ):
            raise ValueError(f"cannot fail with {fault.how!r}: a status from 400 to 599, reset, hang or truncate")
        with self._lock:
            self._faults.insert(0, fault)

    def heal(self, host: str | None = None) -> None:
        """Ends the faults of `host`, or all of them."""
        with self._lock:
            self._faults = [f for f in self._faults if host is not None and f.host != host]

    def strike(self, host: str, path: str) -> Fault | None:
        """The fault that this request meets, used up by one; None when the host is well."""
        with self._lock:
            for fault in self._faults:
                if fault.host == host and path.startswith(fault.path) and fault.left != 0:
                    if fault.left is not None:
                        fault.left -= 1
                    return fault
        return None
