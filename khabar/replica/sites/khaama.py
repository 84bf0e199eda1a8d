"""Khaama Press: a WordPress multisite with English at the root and Dari and Pashto in folders."""

from khabar.replica.sites.wordpress import Blog, WordPress

KHAAMA = WordPress(
    host="www.khaama.com",
    blogs=(
        Blog("", "en", "Khaama Press", "en-US"),
        Blog("persian/", "fa", "خامه پرس", "fa-IR"),
        Blog("pashto/", "ps", "خامه پرس", "ps"),
    ),
    template="khaama.html.j2",
    listing="khaama_listing.html.j2",
    house="Khaama Press",
)
