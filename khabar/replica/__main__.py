"""`python -m khabar.replica`: serves the outlets until it is told to stop, for work by hand and other processes."""

import argparse
import signal
import sys
import threading
from datetime import date
from pathlib import Path

from khabar.replica import Replica, ReplicaError, kept_epoch


def main() -> int:
    """Prints the base address on one line, then serves. 0 when it was stopped, 1 when it cannot serve."""
    parser = argparse.ArgumentParser(prog="python -m khabar.replica", description="Serve the replica of the outlets.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--epoch", type=date.fromisoformat, help="day before which everything was published")
    parser.add_argument("--var", type=Path, help="folder that remembers the epoch from run to run")
    chosen = parser.parse_args()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        epoch = chosen.epoch or (kept_epoch(chosen.var) if chosen.var else None)
        with Replica(epoch, port=chosen.port) as replica:
            sys.stdout.write(f"{replica.url}\n")
            sys.stdout.flush()
            stopped.wait()
    except (ReplicaError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
