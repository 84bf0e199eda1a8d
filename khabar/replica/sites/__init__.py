"""The outlets' sites: each answers addresses of one host from the articles that stand there."""

from khabar.replica.sites.afintl import Afintl
from khabar.replica.sites.amu import AMU
from khabar.replica.sites.base import Site
from khabar.replica.sites.khaama import KHAAMA
from khabar.replica.sites.pajhwok import PAJHWOK
from khabar.replica.sites.tass import TASS_COM, TASS_RU
from khabar.replica.sites.tolonews import Tolonews

SITES: dict[str, Site] = {site.host: site for site in (KHAAMA, PAJHWOK, AMU, TASS_COM, TASS_RU, Tolonews(), Afintl())}
"""Every site by its host name."""

MOVED: dict[str, str] = {
    "khaama.com": "www.khaama.com", "www.pajhwok.com": "pajhwok.com", "www.amu.tv": "amu.tv",
    "www.tass.com": "tass.com", "www.tass.ru": "tass.ru", "afintl.com": "www.afintl.com",
}  # fmt: skip
"""Hosts that only redirect to the one on which the outlet publishes."""
