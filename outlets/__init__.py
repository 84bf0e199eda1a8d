"""The outlets that we watch, as data: one YAML file each, read strictly so that a typing error never becomes a gap."""

from outlets.load import OutletError, load, load_all
from outlets.schema import Outlet, Source

__all__ = ["Outlet", "OutletError", "Source", "load", "load_all"]
