"""The archive of raw pages: one zstd file per body under its SHA-256, complete on disk before any row names it (I1)."""

import contextlib
import hashlib
import os
import threading
import uuid
from pathlib import Path
from typing import Protocol

import fsspec
import zstandard

from models.exits import Exit

MAX_BODY = 16 * 1024 * 1024
"""Bytes of one page, decompressed (I7)."""


class ArchiveError(Exception):
    """The archive cannot be used: not written, not read, not there. One sentence; it says nothing of a single page."""

    exit_code = Exit.ARCHIVE


class BodyLost(ArchiveError):
    """The archive is there, and this body is missing in it or is not what its hash says."""


class Archive(Protocol):
    """Where raw pages live."""

    def put(self, body: bytes) -> str:
        """Store `body` once; its SHA-256 in hex. Durable on return."""

    def get(self, sha256: str) -> bytes:
        """The body. Raises BodyLost when it is missing or damaged, ArchiveError when nothing can be read."""

    def exists(self, sha256: str) -> bool:
        """Whether the body is there."""

    def delete(self, sha256: str) -> None:
        """Remove the body; nothing happens when there is none."""


def open_archive(url: str) -> Archive:
    """The archive at a folder or an fsspec address such as s3://bucket/khabar."""
    return _ObjectArchive(url) if "://" in url and not url.startswith("file://") else _FolderArchive(url)


def _place(sha256: str) -> str:
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise ArchiveError(f"{sha256!r} is not a SHA-256 in hex")
    return f"{sha256[:2]}/{sha256}.zst"  # 256 folders: each new one costs two more syncs


class _Packers(threading.local):
    """A compressor is costly to make and serves one thread."""

    def __init__(self) -> None:
        # Level 3: a third of the CPU of gzip -6 at a better ratio. The checksum makes a flipped bit show.
        self.compress = zstandard.ZstdCompressor(level=3, write_checksum=True).compress


_packers = _Packers()


def _unpack(packed: bytes, sha256: str) -> bytes:
    try:
        body = zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_BODY + 1)
    except zstandard.ZstdError as error:
        raise BodyLost(f"the archived body {sha256} is damaged: {error}") from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise BodyLost(f"the archived body {sha256} does not match its hash")
    return body


class _FolderArchive:
    """A local folder: temporary file, fsync, rename, fsync of the folder. A kill leaves at most a stray temporary."""

    def __init__(self, url: str) -> None:
        self.root = Path(url.removeprefix("file://"))

    def put(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        final = str(self.root / _place(sha256))
        if os.path.exists(final):  # noqa: PTH110 (every page comes this way, and pathlib is several times slower)
            return sha256
        folder = os.path.dirname(final)  # noqa: PTH120
        temporary = f"{folder}/.{uuid.uuid4().hex}.tmp"
        try:
            handle = self._create(temporary)
            try:
                with open(handle, "wb") as file:  # noqa: PTH123
                    file.write(_packers.compress(body))
                    file.flush()
                    os.fsync(handle)
                os.replace(temporary, final)  # noqa: PTH105
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)  # noqa: PTH108
                raise
            _sync_folder(folder)
        except OSError as error:
            raise ArchiveError(f"the archive {self.root} cannot be written: {error.strerror}") from error
        return sha256

    def _create(self, path: str) -> int:
        """A new file, and its folder where there is none yet."""
        how = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            return os.open(path, how, 0o666)
        except FileNotFoundError:
            folder = Path(path).parent
            folder.mkdir(parents=True, exist_ok=True)
            _sync_folder(str(self.root))  # a file in a folder that a power cut takes away is no file
            return os.open(path, how, 0o666)

    def get(self, sha256: str) -> bytes:
        path = self.root / _place(sha256)
        try:
            packed = path.read_bytes()
        except OSError as error:
            # Nobody removes folders here: without the body's own, this is another place, or a disk that is not mounted.
            if isinstance(error, FileNotFoundError) and path.parent.is_dir():
                raise BodyLost(f"the archived body {sha256} is missing") from error
            raise ArchiveError(f"the archive {self.root} cannot be read: {path}: {error.strerror}") from error
        return _unpack(packed, sha256)

    def exists(self, sha256: str) -> bool:
        return (self.root / _place(sha256)).exists()

    def delete(self, sha256: str) -> None:
        (self.root / _place(sha256)).unlink(missing_ok=True)


def _sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _ObjectArchive:
    """An object store through fsspec, where a put of one object is atomic by itself."""

    def __init__(self, url: str) -> None:
        self.fs, self.root = fsspec.core.url_to_fs(url)

    def _path(self, sha256: str) -> str:
        return f"{self.root.rstrip('/')}/{_place(sha256)}"

    def put(self, body: bytes) -> str:
        sha256 = hashlib.sha256(body).hexdigest()
        path = self._path(sha256)
        try:
            if not self.fs.exists(path):
                self.fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
                self.fs.pipe_file(path, _packers.compress(body))
        except Exception as error:  # each store has errors of its own
            raise ArchiveError(f"the archive {self.root} cannot be written: {error}") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        path = self._path(sha256)
        try:
            packed = self.fs.cat_file(path)
        except Exception as error:
            if isinstance(error, FileNotFoundError) and self._is_there():
                raise BodyLost(f"the archived body {sha256} is missing") from error
            raise ArchiveError(f"the archive {self.root} cannot be read: {error}") from error
        return _unpack(packed, sha256)

    def _is_there(self) -> bool:
        """Whether the store answers and holds anything under our address."""
        try:
            return bool(self.fs.ls(self.root, detail=False))
        except Exception:
            return False

    def exists(self, sha256: str) -> bool:
        return bool(self.fs.exists(self._path(sha256)))

    def delete(self, sha256: str) -> None:
        if self.fs.exists(self._path(sha256)):
            self.fs.rm_file(self._path(sha256))
