"""Pajhwok Afghan News: WordPress with dated addresses, whose feeds answer 410 Gone; REST and sitemap remain."""

from khabar.replica.sites.wordpress import Blog, WordPress

PAJHWOK = WordPress(
    host="pajhwok.com",
    blogs=(
        Blog("", "en", "Pajhwok Afghan News", "en-GB"),
        Blog("fa/", "fa", "پژواک خبري اژانس", "fa-IR"),
        Blog("ps/", "ps", "پژواک خبري اژانس", "ps"),
    ),
    template="pajhwok.html.j2",
    listing="pajhwok_listing.html.j2",
    house="Pajhwok",
    server="Apache",
    feed=False,
)
