"""The catalogue of bad input: every T and R case (and H07, which is HTTP's as well) with what it is and what must
become of it. The F cases are in tests/spiders/feeds.py, because the parsers are held to them as well."""

from tests.spiders.catalogue.addresses import CASES as ADDRESSES
from tests.spiders.catalogue.addresses import NAMES
from tests.spiders.catalogue.case import DONE, HOST, Case
from tests.spiders.catalogue.encodings import CASES as ENCODINGS
from tests.spiders.catalogue.transport import CASES as TRANSPORT

CASES: tuple[Case, ...] = (*ENCODINGS, *TRANSPORT, *ADDRESSES)
IDS = {f"{part}{number:02}" for part, last in (("T", 32), ("R", 20), ("F", 28)) for number in range(1, last + 1)}

__all__ = ["CASES", "DONE", "HOST", "IDS", "NAMES", "Case"]
