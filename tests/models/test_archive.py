"""I1: bytes are complete on disk before anything names them, and never come back other than they went in."""

import hashlib
import os
from pathlib import Path

import pytest

from models.archive import Archive, ArchiveError, BodyLost, open_archive


@pytest.fixture(params=["folder", "memory"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """The default folder, and an object store through fsspec."""
    return open_archive(str(tmp_path / "archive") if request.param == "folder" else f"memory://{tmp_path.name}")


def test_a_body_comes_back_byte_for_byte(archive: Archive) -> None:
    """Its name is its SHA-256, and putting it twice keeps one."""
    for body in (b"", b"<p>\x00\xff</p>", "می\u200cگویند".encode() * 1000):
        sha256 = archive.put(body)
        assert sha256 == hashlib.sha256(body).hexdigest() == archive.put(body)
        assert archive.get(sha256) == body
        archive.delete(sha256)
        archive.delete(sha256)
        assert not archive.exists(sha256)


def test_a_missing_body_is_named(archive: Archive) -> None:
    """Not None and not empty: an error with the hash."""
    with pytest.raises(ArchiveError, match="0" * 64):
        archive.get("0" * 64)


def test_an_archive_that_is_not_there_loses_no_body(archive: Archive, tmp_path: Path) -> None:
    """I1: a missing body among others is lost; where none is, the address is wrong or the disk not mounted."""
    kept = archive.put(b"page")
    archive.put(b"another")
    archive.delete(kept)
    with pytest.raises(BodyLost, match=kept):
        archive.get(kept)
    for elsewhere in (str(tmp_path / "elsewhere"), "memory://elsewhere"):
        with pytest.raises(ArchiveError, match="cannot be read") as found:
            open_archive(elsewhere).get(kept)
        assert type(found.value) is ArchiveError


def test_only_hashes_become_paths(archive: Archive) -> None:
    """A name from elsewhere can never leave the archive's folder."""
    for name in ("../../etc/passwd", "A" * 64, "", "0" * 63 + "/"):
        with pytest.raises(ArchiveError, match="not a SHA-256"):
            archive.get(name)


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    """Damage on disk is an error, never a page."""
    archive = open_archive(str(tmp_path))
    sha256 = archive.put(b"<html>" + b"text " * 500)
    file = next(tmp_path.rglob("*.zst"))
    packed = bytearray(file.read_bytes())
    packed[len(packed) // 2] ^= 1
    file.write_bytes(packed)
    with pytest.raises(ArchiveError, match=sha256):
        archive.get(sha256)


def test_a_full_or_read_only_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails half-way leaves neither the body nor a temporary file."""
    archive = open_archive(str(tmp_path))

    def refuse(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(ArchiveError, match="No space left on device"):
        archive.put(b"page")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
