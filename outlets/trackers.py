"""What in an address says how the reader came or which layout she wanted, never which article it is.

A name that is not listed here counts as part of the article's identity, so a gap in these tables costs a missed
merge and never a wrong one.
"""

from typing import Final

TRACKER_PREFIXES: Final = ("utm_", "mtm_", "piwik_", "matomo_", "hsa_", "at_custom", "at_link", "__cf_", "guce_")
"""Families of campaign parameters: at_ is the BBC's, hsa_ HubSpot's, mtm_ Matomo's."""

_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid msclkid twclid ttclid li_fat_id epik
    yclid ymclid ysclid _openstat rb_clickid erid frommail igshid igsh mibextid sfnsn extid action_object_map
    mc_cid mc_eid mkt_tok _ga _gl _hsenc _hsmi __hstc __hssc __hsfp vero_id vero_conv oly_anon_id oly_enc_id wickedid
    __s _ke _kx dm_i ml_subscriber ml_subscriber_hash s_cid s_kwcid sc_campaign sc_channel cmpid cmp icid ncid ocid
    smid smtyp wt_mc wt.mc_id wt.mc_ev xtor spm trk trkcampaign sr_share soc_src soc_trk guccounter traffic_source
    ref_src ref_url __twitter_impression feedtype feedname at_medium at_campaign at_format at_bbc_team at_ptr_name
    ns_mchannel ns_source ns_campaign ns_linkname ns_fee pk_campaign pk_kwd pk_source pk_medium pk_content pk_cid
    fb_action_ids fb_action_types fb_source fb_ref replytocom phpsessid jsessionid
    amp_js_v amp_gsa amp_r amp_tf amp_lite usqp noamp nonamp no-amp
"""
TRACKERS: Final = frozenset(_NAMES.split())
"""Whole parameter names, compared in lower case: click ids, newsletters, referrers, sessions, AMP's own."""

LAYOUT_VALUES: Final[dict[str, frozenset[str]]] = {
    "amp": frozenset({"", "0", "1", "true", "yes", "on", "amp"}),
    "m": frozenset({"0", "1"}),
    "mobile": frozenset({"", "0", "1", "true"}),
    "print": frozenset({"", "0", "1", "true", "yes", "y", "print", "pdf"}),
    "printable": frozenset({"", "1", "true", "yes"}),
    "printer": frozenset({"", "1", "true"}),
    "printmode": frozenset({"", "1", "true"}),
    "output": frozenset({"amp", "print", "1"}),
    "outputtype": frozenset({"amp", "print"}),
    "format": frozenset({"amp", "print"}),
    "view": frozenset({"amp", "print", "mobile"}),
    "display": frozenset({"amp", "print"}),
    "share": frozenset({"facebook", "twitter", "x", "telegram", "email", "reddit", "linkedin", "print", "tumblr",
                        "pinterest", "pocket", "skype", "jetpack-whatsapp", "whatsapp", "mastodon", "threads"}),
    "nb": frozenset({"1"}),
}  # fmt: skip
"""Parameters that choose a layout only with these values; with any other (?m=202406, ?view=42) they are identity."""

HOST_LABELS: Final = frozenset({"www", "m", "mobile", "amp", "wap"})
"""Labels in front of the registered domain that choose a layout."""

PATH_SEGMENTS: Final = frozenset({"amp", "print"})
"""First or last path segments that choose a layout, when something else is left of the path."""

PATH_ENDINGS: Final = ((".amp.html", ".html"), (".amp", ""))
"""Endings of a path that choose a layout, and what the article's own page has instead."""
