"""The Scrapy project as Scrapy people meet it: list, crawl, and settings that are as hard as we say."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from models.exits import Exit
from outlets import OutletError
from outlets.load import paths
from spiders.kinds import MOST_TELLING, PARSERS
from spiders.loader import OutletSpiderLoader
from tests.spiders.conftest import World, environment

ROOT = Path(__file__).parent.parent.parent


def scrapy(*arguments: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """A Scrapy command as a user types it."""
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments], cwd=folder, capture_output=True, text=True, timeout=60,
        env={**environment(), "KHABAR_REPLICA": "http://127.0.0.1:9"}, check=False,
    )  # fmt: skip


def test_scrapy_list_names_every_outlet() -> None:
    """From the repository's root, without further settings."""
    done = scrapy("list")
    assert (done.returncode, done.stdout.split()) == (0, list(paths())), done.stderr


def test_one_broken_file_hides_no_other_spider(outlet_folder: Callable[..., Path]) -> None:
    """It stands in the list, and its crawl is what fails, with file, line and key."""
    folder = outlet_folder("good")
    outlet_folder("broken", nonsense=1)
    loader = OutletSpiderLoader(folder)
    assert list(loader.list()) == ["broken", "good"]
    assert loader.load("good").name == "good"
    with pytest.raises(OutletError, match=r"broken\.yml:1: nonsense: unknown key"):
        loader.load("broken")
    with pytest.raises(KeyError, match="unknown outlet"):
        loader.load("nobody")
    from scrapy import Request

    assert list(loader.find_by_request(Request("https://news.test/a/1"))) == []


def test_a_broken_or_unknown_outlet_ends_with_a_sentence(
    small_world: World, outlet_folder: Callable[..., Path]
) -> None:
    """And the exit code for configuration, without a traceback."""
    folder = outlet_folder("broken", nonsense=1)
    small_world.point_to("http://127.0.0.1:9")
    result = small_world.crawl("broken", KHABAR_OUTLETS_FOLDER=str(folder))
    assert result.exit_code == Exit.CONFIG
    assert (result.reason or "").endswith("broken.yml:1: nonsense: unknown key")
    unknown = small_world.crawl("nobody")
    assert unknown.exit_code == Exit.CONFIG
    assert (unknown.reason or "").startswith("unknown outlet 'nobody'; `khabar outlets list` shows")
    assert "Traceback" not in small_world.log.read_text()


def test_the_wrong_number_of_names_is_a_usage_error(small_world: World) -> None:
    """As in every Scrapy command."""
    assert scrapy("crawl").returncode == Exit.USAGE


@pytest.fixture(scope="module")
def project() -> Settings:
    """The settings that a crawl gets."""
    import os

    before = os.environ.get("SCRAPY_SETTINGS_MODULE")
    os.environ["SCRAPY_SETTINGS_MODULE"] = "spiders.settings"
    try:
        return get_project_settings()
    finally:
        if before is None:
            del os.environ["SCRAPY_SETTINGS_MODULE"]
        else:
            os.environ["SCRAPY_SETTINGS_MODULE"] = before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REMOTE_CONTROL_ENABLED", False), ("TELNETCONSOLE_ENABLED", False), ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_MAXSIZE", 16 * 1024 * 1024), ("DOWNLOAD_TIMEOUT", 30), ("METAREFRESH_ENABLED", False),
        ("COOKIES_ENABLED", False), ("REDIRECT_MAX_TIMES", 5), ("REFERRER_POLICY", "no-referrer"),
        ("HTTPPROXY_ENABLED", False), ("DOWNLOAD_DELAY_JITTER", 0),
        ("TWISTED_DNS_RESOLVER", "spiders.guard.GuardedResolver"),
    ],
)  # fmt: skip
def test_settings_are_hardened(project: Settings, name: str, value: object) -> None:
    """Scrapy's defaults are kept for reach; ours are for safety."""
    assert project.get(name) == value


def test_only_http_can_be_downloaded(project: Settings) -> None:
    """No file, data, ftp or s3."""
    handlers = project.getwithbase("DOWNLOAD_HANDLERS") if hasattr(project, "getwithbase") else {}
    open_ones = {scheme for scheme, handler in {**handlers, **project.getdict("DOWNLOAD_HANDLERS")}.items() if handler}
    assert open_ones == {"http", "https"}


def test_every_kind_of_source_has_a_parser_and_a_place() -> None:
    """An outlet file cannot ask for what nobody can read."""
    from typing import get_args

    from outlets.schema import SourceKind

    assert set(PARSERS) == set(MOST_TELLING) == set(get_args(SourceKind))


def test_the_crawl_function_is_light() -> None:
    """A DAG file's task imports it: neither Scrapy nor Twisted comes along."""
    heavy = "('scrapy', 'twisted', 'lxml', 'sqlalchemy')"
    code = f"import sys, spiders.crawl; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_large_parent_does_not_count_as_ours() -> None:
    """I7: the memory limit is the crawl's own; Linux would hand down what the starting process once held."""
    code = (
        "import subprocess, sys; held = bytearray(900 * 1024 * 1024); "
        "sys.exit(subprocess.run([sys.executable, '-c', "
        "'from spiders.memory import OwnMemoryUsage as M; "
        "import sys; sys.exit(M.get_virtual_size(object.__new__(M)) > 300 * 1024 * 1024)']).returncode)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60).returncode == 0
