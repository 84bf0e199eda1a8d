"""The views that dashboards lean on. Inside v1 columns are only ever added; tests/models/v1_views.json freezes them."""

from typing import Final

from models.fates import fates

V1_ARTICLES: Final = """
CREATE VIEW v1_articles AS
SELECT
    a.id AS article_id,
    v.version AS version,
    v.version = a.latest_version AS is_latest,
    a.outlet AS outlet_id,
    v.original_outlet AS original_outlet_id,
    v.original_basis AS original_basis,
    a.url AS url,
    v.url_canonical AS url_canonical,
    v.title AS title,
    v.language AS language,
    v.published_at AS published_at,
    v.published_local AS published_local,
    v.published_precision AS published_precision,
    v.published_basis AS published_basis,
    v.modified_at AS modified_at,
    a.first_seen_at AS first_seen_at,
    v.fetched_at AS fetched_at,
    a.content_changed_at AS content_changed_at,
    v.content_sha256 AS content_sha256,
    a.story_id AS cluster_id,
    a.copy_of AS near_dup_of,
    a.copy_kind AS copy_kind,
    a.relevance AS relevance,
    a.review_status AS review_status,
    a.reviewed_by AS reviewed_by,
    a.reviewed_at AS reviewed_at,
    v.quality AS extraction_quality,
    v.run_id AS run_id,
    v.clean_version AS extractor_version,
    v.tag_version AS rules_version,
    v.change_seq AS change_seq,
    {false} AS is_deleted,
    v.boilerplate_version AS boilerplate_version,
    v.changed_from AS changed_from,
    v.changes AS changes,
    a.backfilled AS backfilled,
    a.assigned_to AS assigned_to,
    a.flagged AS flagged,
    a.corrections AS corrections
FROM article_versions v JOIN articles a ON a.id = v.article_id
"""

V1_ARTICLE_TAGS: Final = """
CREATE VIEW v1_article_tags AS
SELECT
    t.id AS tag_id,
    t.article_id AS article_id,
    t.version AS version,
    t.scheme AS scheme,
    t.scheme_version AS scheme_version,
    t.code AS code,
    t.label AS label,
    t.role AS role,
    t.precision AS precision,
    t.main AS main,
    t.source AS source,
    t.rule AS rule_id,
    t.confidence AS confidence,
    {evidence_field} AS span_field,
    {evidence_start} AS span_start,
    {evidence_end} AS span_end,
    {evidence_text} AS span_text,
    t.evidence AS evidence,
    t.change_seq AS change_seq,
    t.is_deleted AS is_deleted,
    t.refused AS refused,
    NULLIF(t.role_rule, '') AS role_rule_id,
    NULLIF(t.organisation, '') AS organisation,
    NULLIF(t.organisation_code, '') AS organisation_code
FROM article_tags t
"""

V1_PLACES: Final = """
CREATE VIEW v1_places AS
SELECT
    iso, level, name_en, name_fa, name_ps, name_ru, pcode, pcode_version, pcode_verified, geonames_adm1, fips, country
FROM places
"""

V1_OUTLET_HEALTH: Final = """
CREATE VIEW v1_outlet_health AS
SELECT
    h.outlet AS outlet_id,
    h.day AS day,
    h.discovered AS discovered,
    h.fetched AS fetched,
    h.http_errors AS http_errors,
    h.blocked AS blocked,
    h.cleaned AS extracted,
    h.undated AS undated,
    h.kept AS kept,
    h.duplicates AS duplicates,
    h.tagged AS tagged_af_security,
    h.reviewed AS reviewed,
    h.expected_low AS expected_low,
    h.expected_high AS expected_high,
    h.state AS state,
    h.reason AS state_reason,
    h.dropped_at_discover AS dropped_at_discover,
    h.dropped_at_fetch AS dropped_at_fetch,
    h.waiting_for_fetch AS waiting_for_fetch,
    h.dropped_at_clean AS dropped_at_clean,
    h.waiting_for_clean AS waiting_for_clean,
    h.diagnosed_at AS diagnosed_at,
    h.change_seq AS change_seq,
    {false} AS is_deleted
FROM outlet_days h
"""

V1_COVERAGE_DROPS: Final = """
CREATE VIEW v1_coverage_drops AS
SELECT
    f.discovery_id AS discovery_id,
    f.url AS url,
    f.outlet AS outlet_id,
    f.day AS day,
    f.stage AS stage,
    f.reason AS reason,
    f.detail AS detail,
    f.title AS title,
    f.first_seen_at AS first_seen_at,
    f.will_retry AS will_retry,
    f.article_id AS article_id,
    f.copy_of AS copy_of,
    h.change_seq AS change_seq
FROM ({fates}) f LEFT JOIN outlet_days h ON h.outlet = f.outlet AND h.day = f.day
WHERE f.reason IS NOT NULL
"""

V1_EVENTS: Final = """
CREATE VIEW v1_events AS
SELECT
    e.story_id AS event_id,
    e.story_id AS cluster_id,
    e.event_date AS event_date,
    e.event_date_precision AS event_date_precision,
    e.event_type AS event_type,
    e.sub_event_type AS sub_event_type,
    e.adm0_iso3 AS adm0_iso3,
    e.adm1_iso AS adm1_iso,
    e.adm1_pcode AS adm1_pcode,
    e.adm2_pcode AS adm2_pcode,
    e.pcode_version AS pcode_version,
    e.geo_precision AS geo_precision,
    CAST(NULL AS DOUBLE PRECISION) AS lat,
    CAST(NULL AS DOUBLE PRECISION) AS lon,
    e.location_name AS location_name,
    e.actor1 AS actor1,
    e.actor2 AS actor2,
    e.killed_low AS killed_low,
    e.killed_best AS killed_best,
    e.killed_high AS killed_high,
    e.wounded_low AS wounded_low,
    e.wounded_best AS wounded_best,
    e.wounded_high AS wounded_high,
    e.claimant AS claimant,
    e.n_articles AS n_articles,
    e.n_independent_origins AS n_independent_origins,
    CAST(NULL AS TEXT) AS source_reliability,
    CAST(NULL AS TEXT) AS info_credibility,
    e.review_status AS review_status,
    CAST(NULL AS TEXT) AS external_id_acled,
    e.change_seq AS change_seq,
    e.is_deleted AS is_deleted,
    e.claimed_by AS claimed_by,
    e.detained_low AS detained_low,
    e.detained_best AS detained_best,
    e.detained_high AS detained_high,
    e.first_published_at AS first_published_at,
    e.first_seen_at AS first_seen_at,
    e.relevance AS relevance
FROM events e
"""

VIEWS: Final = {
    "v1_articles": V1_ARTICLES,
    "v1_article_tags": V1_ARTICLE_TAGS,
    "v1_places": V1_PLACES,
    "v1_outlet_health": V1_OUTLET_HEALTH,
    "v1_coverage_drops": V1_COVERAGE_DROPS,
    "v1_events": V1_EVENTS,
}

_PARTS: Final = {
    "sqlite": {
        "false": "0",
        "evidence_field": "json_extract(t.evidence, '$[0].field')",
        "evidence_start": "json_extract(t.evidence, '$[0].start')",
        "evidence_end": "json_extract(t.evidence, '$[0].end')",
        "evidence_text": "json_extract(t.evidence, '$[0].text')",
    },
    "postgresql": {
        "false": "false",
        "evidence_field": "t.evidence -> 0 ->> 'field'",
        "evidence_start": "(t.evidence -> 0 ->> 'start')::integer",
        "evidence_end": "(t.evidence -> 0 ->> 'end')::integer",
        "evidence_text": "t.evidence -> 0 ->> 'text'",
    },
}


def create_statements(dialect: str) -> list[str]:
    """CREATE VIEW for every view, in the SQL of "sqlite" or "postgresql"."""
    return [sql.format(fates=fates(dialect).strip(), **_PARTS[dialect]).strip() for sql in VIEWS.values()]


def drop_statements() -> list[str]:
    """DROP VIEW for every view."""
    return [f"DROP VIEW IF EXISTS {name}" for name in reversed(VIEWS)]
