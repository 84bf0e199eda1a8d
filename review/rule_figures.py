"""How often each tagging rule was right, as the decisions tell it. A place rule is wrong where an article was rejected
as not Afghanistan, a rule of topics or actors where as not security, and any rule where a person took its tag away;
other rejections judge no rule."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, select

from models.article import Article, ArticleTag
from models.review import ReviewDecision
from review.evidence import group_of
from review.interval import Share


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """One rule at one version."""

    rule: str
    group: str
    """place, topic or actor."""
    right: Share
    """Of the decided articles that it fired on and that judge it."""


def rule_figures(connection: Connection) -> list[RuleFigure]:
    """Every rule that some decision judges, the surely worst first."""
    is_topical = ArticleTag.scheme.in_(("topic", "actor"))
    wrong = case(
        (is_topical, ReviewDecision.reason == "not_security"), else_=ReviewDecision.reason == "not_afghanistan"
    )
    judged = (
        select(
            ArticleTag.rule,
            ArticleTag.scheme,
            Article.id,
            func.max(case((Article.review_status == "accepted", 1), else_=0)).label("right"),
        )
        .join(Article, and_(ArticleTag.article_id == Article.id, ArticleTag.version == Article.reviewed_version))
        .join(
            ReviewDecision,
            and_(
                ReviewDecision.article_id == Article.id,
                ReviewDecision.version == Article.reviewed_version,
                ReviewDecision.decided_at == Article.reviewed_at,
                ReviewDecision.action != "undo",
            ),
        )
        .where(
            ArticleTag.source == "rule",
            ArticleTag.is_deleted.is_(False),
            (Article.review_status == "accepted") | and_(Article.review_status == "rejected", wrong),
        )
        .group_by(ArticleTag.rule, ArticleTag.scheme, Article.id)
        .subquery()
    )
    rows = connection.execute(
        select(judged.c.rule, func.min(judged.c.scheme), func.count(judged.c.id.distinct()), judged.c.right)
        .group_by(judged.c.rule, judged.c.right)
        .order_by(judged.c.rule)
    )
    counted: dict[tuple[str, str], list[int]] = {}
    for rule, scheme, articles, right in rows:
        counts = counted.setdefault((rule, group_of(scheme)), [0, 0])
        counts[right] += articles
    for rule, scheme, articles in connection.execute(
        select(ArticleTag.rule, ArticleTag.scheme, func.count(ArticleTag.article_id.distinct()))
        .where(ArticleTag.refused)
        .group_by(ArticleTag.rule, ArticleTag.scheme)
    ):
        counted.setdefault((rule, group_of(scheme)), [0, 0])[0] += articles
    found = [RuleFigure(rule, group, Share(right, right + no)) for (rule, group), (no, right) in counted.items()]
    return sorted(found, key=lambda one: (one.right.high, -one.right.whole, one.rule))
