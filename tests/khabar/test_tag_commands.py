"""The commands of the tag stage tell people why, and refuse in one sentence."""

import json
import subprocess
import sys

from khabar.tag_reasons import explain_lines
from tests.conftest import ROOT

ROW = {
    "id": 5,
    "title": "Blast in Kunduz kills three",
    "text": "NRF fighters killed at least three Taliban soldiers in Kunduz on Monday, police said.",
    "published": "2026-03-04",
}


def test_every_tag_is_told_with_its_rule_and_words() -> None:
    """Rule, version, file and line, words with offsets into the field, examples and counter-examples."""
    lines = list(explain_lines([json.dumps(ROW).encode()]))
    text = "\n".join(lines)
    assert "iso3166-2 AF-KDZ  Kunduz  event, province or wider, main place, confidence" in text
    assert "  title 9-15  Kunduz" in lines
    assert ROW["title"][9:15] == "Kunduz"  # type: ignore[index]
    assert "actor nrf  National Resistance Front  perpetrator, confidence 0.95" in lines
    assert any(line.startswith("  rule roles.en.acts, version 1, pipeline/data/roles.yml:") for line in lines)
    assert "    like      [The NRF] killed three soldiers in Panjshir." in lines
    assert any(line.startswith("    not like  ") for line in lines)
    assert "  killed at least 3, says police" in lines
    assert "  on 2026-03-02, to the day" in lines


def test_a_bad_line_is_said_and_costs_only_itself() -> None:
    """I7: no JSON, no object, a field of the wrong type; the terminal gets no control characters of a text."""
    hostile = {"id": "\x1b[31m", "title": "Kabul \x1b]0;x\x07", "text": "A bomb in Kabul."}
    given = [b"x\n", b"[1]\n", b'{"id": 1, "title": 2}\n', b"\n", json.dumps(hostile).encode()]
    lines = list(explain_lines(given))
    assert [line.partition(":")[0] for line in lines[:3]] == ["line 1", "line 2", "line 3"]
    assert "title must be text" in lines[2]
    assert not any("\x1b" in line or "\x07" in line for line in lines)


def test_reprocess_refuses_what_does_not_exist(khabar_env: dict[str, str]) -> None:
    """An unknown stage or rule is a wrong command line, told with the rules most like it; an empty database is none."""

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "khabar.cli", "reprocess", *options]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    wrong = run("--rule", "bombing.devices")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean bombing.device" in wrong.stderr
    assert run("--stage", "clean").returncode == 2
    right = run("--rule", "bombing.device@1", "--dry-run", "--json")
    assert right.returncode == 0, right.stderr
    assert json.loads(right.stdout)["looked_at"] == 0
