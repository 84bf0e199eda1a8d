"""Content-Encoding is undone whole or not at all."""

import contextlib
import gzip
import json
import subprocess
import sys
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from spiders.refused import Refused
from spiders.unpack import unpack
from tests.spiders.conftest import environment

LIMIT = 1024 * 1024
PACKERS = {
    "gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress,
    "zstd": zstandard.compress, "identity": bytes, "": bytes,
}  # fmt: skip


@given(st.binary(max_size=5000), st.sampled_from(list(PACKERS)))
def test_round_trip(body: bytes, encoding: str) -> None:
    """What was packed comes back."""
    assert unpack(PACKERS[encoding](body), [encoding], LIMIT) == body


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_no_prefix_passes_for_the_whole(body: bytes, data: st.DataObject) -> None:
    """T16: wherever a packed body is cut, it is a refusal."""
    for encoding in ("gzip", "deflate", "br", "zstd"):
        packed = PACKERS[encoding](body)
        cut = data.draw(st.integers(min_value=1, max_value=len(packed) - 1))
        with pytest.raises(Refused) as caught:
            unpack(packed[:cut], [encoding], LIMIT)
        assert caught.value.outcome in ("refused:truncated", "refused:bad_encoding")


@given(st.binary(min_size=1, max_size=300))
def test_noise_is_a_refusal_and_never_another_error(noise: bytes) -> None:
    """T17."""
    for encoding in ("gzip", "deflate", "gzip, gzip", "br", "zstd"):
        with contextlib.suppress(Refused):
            unpack(noise, encoding.split(","), LIMIT)


def test_layers_and_members() -> None:
    """Two layers at most; a gzip of several members is whole; padding behind it is ignored as gzip(1) does."""
    body = b"words " * 1000
    assert unpack(gzip.compress(gzip.compress(body)), ["gzip", "gzip"], LIMIT) == body
    assert unpack(gzip.compress(zlib.compress(body)), ["deflate", "gzip"], LIMIT) == body
    assert unpack(gzip.compress(body[:50]) + gzip.compress(body[50:]) + b"\0\0\0", ["gzip"], LIMIT) == body
    assert unpack(zlib.compressobj(wbits=-15).compress(b"") + _bare(body), ["deflate"], LIMIT) == body
    with pytest.raises(Refused, match="3 times over"):
        unpack(body, ["gzip", "gzip", "gzip"], LIMIT)


def test_no_layer_grows_beyond_the_limit() -> None:
    """T18, T19: exactly the limit passes, a byte more does not."""
    for encoding in ("gzip", "deflate", "br", "zstd"):
        assert len(unpack(PACKERS[encoding](bytes(LIMIT)), [encoding], LIMIT)) == LIMIT
    for packed, encodings in (
        *((PACKERS[encoding](bytes(LIMIT + 1)), [encoding]) for encoding in ("gzip", "deflate", "br", "zstd")),
        (gzip.compress(gzip.compress(bytes(50 * LIMIT))), ["gzip", "gzip"]),
        (gzip.compress(bytes(LIMIT)) + gzip.compress(b"x"), ["gzip"]),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            unpack(packed, encodings, LIMIT)
        assert caught.value.outcome == "refused:too_large"


MEASURE = """
import json, resource
from models.archive import MAX_BODY
from spiders.refused import Refused
from spiders.unpack import unpack
from tests.spiders.catalogue.transport import packed_bomb
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
packings = [("gzip",), ("deflate",), ("br",), ("zstd",), ("gzip", "gzip")]
bombs = {", ".join(packing): packed_bomb(packing) for packing in packings}
before, grown = peak(), {}
for name, packed in bombs.items():
    try:
        unpack(packed, name.split(", "), MAX_BODY)
    except Refused as refused:
        grown[name] = (refused.outcome, peak() - before)
print(json.dumps(grown))
"""


def test_a_bomb_is_bounded_in_memory() -> None:
    """T18, I7: 200 MB, packed in each way, cost the process far less than 100 MB; the C libraries' buffers included."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], capture_output=True, text=True, env=environment(), check=True
    )
    grown = json.loads(done.stdout)
    assert {outcome for outcome, _ in grown.values()} == {"refused:too_large"}
    assert len(grown) == 5
    assert max(megabytes for _, megabytes in grown.values()) < 64, grown


def _bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()
