"""Steers a probe (spiders/probe.py) in a process of its own, because Scrapy's reactor starts once a process. Imports
nothing heavy."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from sqlalchemy import Engine, insert, select
from sqlalchemy.engine import make_url

from models.exits import Exit
from models.lease import MixedDatabase, check_origin
from models.ledger import HostState
from models.outcome import DONE
from models.session import DatabaseError, check_schema, engine, reading, writing
from models.settings import settings
from models.tables import metadata
from outlets import Outlet
from spiders.hosts import Host, read_host
from spiders.lifeline import die_with_parent

ROOT: Final = Path(__file__).parent.parent
LONGEST: Final = 1800.0
"""Seconds that one probe may last, however slow the site."""


class ProbeError(Exception):
    """The probe itself broke. One sentence."""

    exit_code = Exit.FAILED


@dataclass(frozen=True, slots=True)
class Seen:
    """What a request brought: a page (`outcome` is done) or a named refusal."""

    url: str
    at: datetime
    outcome: str
    detail: str | None = None
    status: int | None = None
    final_url: str = ""
    """Where redirects led; empty for a refusal."""
    headers: dict[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    @property
    def answered(self) -> bool:
        """Whether there is a body to read."""
        return self.outcome == DONE


class Prober:
    """A context in which an outlet can be asked. It keeps manners in a throw-away database of its own, which begins
    with what the product's database knows of hosts, where there is one; the product's is never written."""

    def __init__(self, outlet: Outlet, seconds: float = LONGEST) -> None:
        self.outlet = outlet
        self.process = 0
        """Its process id, while it lives."""
        self.seen: dict[str, Seen] = {}
        """Every answer of this probe by address: nothing is asked twice."""
        self._seconds = seconds

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="khabar-probe-"))  # gone with the block
        address = f"sqlite:///{self.folder / 'manners.db'}"
        self._manners = engine(address)
        metadata.create_all(self._manners)
        _seed(self._manners)
        environment = {
            **os.environ,
            "KHABAR_DATABASE_URL": address,
            "SCRAPY_SETTINGS_MODULE": "spiders.settings",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        }
        self._log = (self.folder / "log").open("w+", encoding="utf-8", errors="replace")
        self._child = subprocess.Popen(
            [sys.executable, "-m", "spiders.probe"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
            encoding="utf-8", preexec_fn=die_with_parent(os.getpid()),
        )  # fmt: skip
        self._timer = threading.Timer(self._seconds, self._child.kill)
        self._timer.daemon = True
        self._timer.start()
        self.process = self._child.pid
        self._say(self.outlet.model_dump_json())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._child.kill()  # it holds nothing that anyone needs
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout, self._log):
            if pipe:
                _close(pipe)
        self._manners.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, url: str) -> Seen:
        """The answer to `url`. Raises ProbeError when the probe itself broke."""
        if url not in self.seen:
            self._say(json.dumps({"url": url}))
            line = self._child.stdout.readline() if self._child.stdout else ""
            if not line:
                raise ProbeError(f"the probe ended early: {self._last_words()}")
            row = json.loads(line)
            body = base64.b64decode(row.pop("body", ""))
            self.seen[url] = Seen(**{**row, "at": datetime.fromisoformat(row["at"]), "body": body})
        return self.seen[url]

    def robots(self, url: str) -> Host:
        """What the host of `url` said of manners, once something of it was asked."""
        return read_host(self._manners, urlsplit(url).netloc.lower())

    def _say(self, line: str) -> None:
        try:
            if self._child.stdin:
                self._child.stdin.write(line + "\n")
                self._child.stdin.flush()
        except OSError as error:
            raise ProbeError(f"the probe ended early: {self._last_words()}") from error

    def _last_words(self) -> str:
        self._child.wait(timeout=10)
        self._log.seek(0)
        lines = [line.strip() for line in self._log if line.strip()]
        return lines[-1][:300] if lines else f"status {self._child.returncode}"


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    except OSError:  # what was buffered for a process that is gone
        return


def _seed(manners: Engine) -> None:
    """Copies what the product's database remembers of hosts: a host that asked us to wait must not be asked."""
    address = make_url(settings().database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return  # connecting would make it
    try:
        check_schema(engine())
        check_origin(engine(), replica=bool(settings().replica))
        with reading(engine()) as connection:
            rows = [dict(row) for row in connection.execute(select(HostState.__table__)).mappings()]
    except (DatabaseError, MixedDatabase):  # nothing to learn from it, and a probe needs none
        return
    with writing(manners) as connection:
        if rows:
            connection.execute(insert(HostState), rows)
