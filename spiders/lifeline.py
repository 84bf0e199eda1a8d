"""Ties a child process to the one that started it, however that one ends: kill -9 gives it no chance to clean up."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

from models.exits import Exit

_PR_SET_PDEATHSIG: Final = 1


def die_with_parent(parent: int) -> Callable[[], None] | None:
    """What a child runs (as `preexec_fn`) before it becomes another program; None where there is no such tie.

    The tie is SIGKILL, because on SIGTERM Scrapy would wait for its downloads.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died between fork and here
            os._exit(Exit.INTERRUPTED)

    return prepare
