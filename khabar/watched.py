"""Which outlets the commands are about. The one place that knows which of them a replica stands in for."""

from urllib.parse import urlsplit

from models.lease import holds_replica
from models.session import engine
from models.settings import settings
from outlets import Outlet
from outlets.load import survey
from outlets.watch import watched


def watched_here() -> list[str]:
    """The outlets of KHABAR_OUTLETS. Without it all, but with a replica, or over a database that one filled, only those
    that it stands in for: the others cannot be had there, which is no failure of theirs. Raises OutletError for an
    unknown name; needs a database that is set up."""
    chosen = settings().outlets
    if not chosen.strip(" ,") and (settings().replica or holds_replica(engine())):
        return stand_ins()
    return watched(chosen)


def stand_ins() -> list[str]:
    """The outlets whose sites the replica has."""
    from khabar.replica.sites import SITES

    return [n for n, found in survey() if isinstance(found, Outlet) and urlsplit(found.home).hostname in SITES]
