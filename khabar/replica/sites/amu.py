"""Amu TV: WordPress with numbers as addresses and a current Yoast head (meta and JSON-LD), behind Cloudflare."""

from khabar.replica.sites.wordpress import Blog, WordPress

AMU = WordPress(
    host="amu.tv",
    blogs=(Blog("", "en", "Amu TV", "en-US"), Blog("fa/", "fa", "آمو", "fa-IR"), Blog("ps/", "ps", "آمو", "ps")),
    template="amu.html.j2",
    listing="amu_listing.html.j2",
    house="Amu TV",
    server="cloudflare",
)
