"""Content-Encoding is undone whole or not at all."""

import contextlib
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.refused import Refused
from spiders.unpack import unpack

LIMIT = 1024 * 1024


@given(st.binary(max_size=5000), st.sampled_from(["gzip", "x-gzip", "deflate", "identity", ""]))
def test_round_trip(body: bytes, encoding: str) -> None:
    """What was packed comes back."""
    packed = gzip.compress(body) if "gzip" in encoding else zlib.compress(body) if encoding == "deflate" else body
    assert unpack(packed, [encoding], LIMIT) == body


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_no_prefix_passes_for_the_whole(body: bytes, data: st.DataObject) -> None:
    """T16: wherever a gzip or deflate body is cut, it is a refusal."""
    for encoding, packed in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
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
    assert len(unpack(gzip.compress(bytes(LIMIT)), ["gzip"], LIMIT)) == LIMIT
    for packed, encodings in (
        (gzip.compress(bytes(LIMIT + 1)), ["gzip"]), (zlib.compress(bytes(LIMIT + 1)), ["deflate"]),
        (gzip.compress(gzip.compress(bytes(50 * LIMIT))), ["gzip", "gzip"]),
        (gzip.compress(bytes(LIMIT)) + gzip.compress(b"x"), ["gzip"]),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught:
            unpack(packed, encodings, LIMIT)
        assert caught.value.outcome == "refused:too_large"


def _bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()
