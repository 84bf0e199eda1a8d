"""What is learned from decisions: only what surely helps is used, decided articles never move, and it can be undone."""

import random
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, select

from models.article import Article
from models.ranker import RankerRow, in_use
from models.session import writing
from pipeline.items import Relevance, Tag, Tagged
from pipeline.rank.features import BIAS, RULES, features
from pipeline.rank.fit import fit
from pipeline.rank.judge import compare, figures
from pipeline.rank.learn import LEAST, forget, learn
from pipeline.rank.ranker import LEARNED, Ranker
from review.decisions import decide
from review.seen import Seen
from tests.review.rows import NOW, T, Text, add

DRUGS = T("topic", "crime.drugs", "Drugs", "seized")
BOMB = T("topic", "conflict.bombing", "Bombing", "seized")
NUMBERS = count()


def article(engine: Engine, *tags: T, relevance: float = 0.7) -> int:
    """An article that waits."""
    number = next(NUMBERS)
    with writing(engine) as connection:
        return add(
            connection, "tass", f"a{number}", Text(f"Item {number}", "They seized it.", tags=tags), relevance=relevance
        )


def decided(engine: Engine, accept: bool, *tags: T, reason: str = "not_security") -> int:
    """An article with a decision, one second after the one before."""
    made = article(engine, *tags)
    at = NOW + timedelta(seconds=made)
    decide(engine, [Seen(made, 1, 0)], "accept" if accept else "reject", None if accept else reason, "local", at)
    return made


def standing(engine: Engine, one: int) -> tuple[float, float, list[str]]:
    """Relevance, that of the rules, and the reasons."""
    with engine.connect() as connection:
        row = connection.execute(
            select(Article.relevance, Article.rule_relevance, Article.relevance_reasons).where(Article.id == one)
        ).one()
    return row.relevance, row.rule_relevance, list(row.relevance_reasons)


def test_what_reviewers_mean_is_learned_used_and_forgotten(engine: Engine) -> None:
    """Reviewers keep rejecting one topic: what waits moves down with the reason; decided articles stay (I3); a second
    training changes nothing more (I2); `forget` restores what the rules said."""
    past = [decided(engine, number % 2 == 0, BOMB if number % 2 == 0 else DRUGS) for number in range(LEAST)]
    drugs, bomb = article(engine, DRUGS), article(engine, BOMB)
    done = learn(engine, NOW)
    assert done.adopted, done.sentence
    assert done.verdict is not None
    assert (done.verdict.before.order, done.verdict.after.order) == (0.5, 1.0)
    assert done.ranked == 2
    score, by_rules, reasons = standing(engine, drugs)
    assert score < 0.5 < by_rules == 0.7
    assert reasons[-1].startswith(LEARNED)
    assert "topic crime.drugs -" in reasons[-1]
    assert standing(engine, bomb)[0] > 0.7
    assert {standing(engine, one)[0] for one in past} == {0.7}
    assert not learn(engine, NOW).adopted
    assert forget(engine, NOW) == 2
    assert standing(engine, drugs)[0] == 0.7
    assert not any(reason.startswith(LEARNED) for reason in standing(engine, drugs)[2])


def test_noise_teaches_nothing(engine: Engine) -> None:
    """Decisions without a pattern are written down as a training that was not better, and nothing is used."""
    chance = random.Random(7)  # noqa: S311 (the same noise each time)
    for _ in range(LEAST):
        decided(engine, chance.random() < 0.5, BOMB if chance.random() < 0.5 else DRUGS)
    done = learn(engine, NOW)
    assert done.verdict is not None
    assert not done.adopted
    assert "nothing changes" in done.sentence
    with engine.connect() as connection:
        assert in_use(connection) == (0, {})
        assert connection.execute(select(RankerRow.adopted)).scalars().all() == [False]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_too_few_and_those_that_do_not_teach(engine: Engine) -> None:
    """Duplicates, old news, opinions and broken pages say nothing of relevance, and few decisions teach nothing."""
    for reason in ("duplicate", "old_news", "opinion", "extraction_broken"):
        decided(engine, False, DRUGS, reason=reason)
    decided(engine, True, BOMB)
    done = learn(engine, NOW)
    assert (done.decisions, done.accepted, done.verdict) == (1, 1, None)
    assert done.sentence.startswith("Nothing was learned: 1 decisions that teach")


def test_without_weights_the_rules_stand() -> None:
    """I4: no ranker, same relevance and reasons."""
    tagged = Tagged(
        "1", topics=(Tag("topic", "crime.drugs", "Drugs", 0.9, (), "r@1"),), relevance=Relevance(0.7, ("a",))
    )
    kept = Ranker().apply(tagged).relevance
    assert (kept.score, kept.reasons, kept.by_rules) == (0.7, ("a",), 0.7)
    moved = Ranker(1, {"topic crime.drugs": -1.0}).apply(tagged).relevance
    assert moved.score < 0.5
    assert moved.by_rules == 0.7


def test_the_fit_is_the_rules_until_decisions_say_otherwise() -> None:
    """The prior: decisions that agree with the rules give no tag a weight; the order of decisions does not matter."""
    scores = [0.9, 0.8, 0.2, 0.1] * 20
    examples = [features(score, [("topic", "x", "")]) for score in scores]
    accepted = [score > 0.5 for score in scores]
    weights = fit(examples, accepted)
    assert weights[RULES] >= 1
    assert abs(weights["topic x"]) < 0.2
    assert fit(examples[::-1], accepted[::-1]) == weights
    assert set(fit(examples, accepted, only=(BIAS, RULES))) == {BIAS, RULES}


def test_figures_and_their_certainty() -> None:
    """A constant orders like chance; a gain on two decisions is not sure."""
    assert figures([0.5, 0.5], [True, False]).order == 0.5
    assert figures([0.9, 0.1, 0.1], [True, False, True]).order == 0.75
    assert not compare([0.5, 0.5], [0.9, 0.6], [True, False]).is_better
    assert compare([0.6, 0.4] * 20, [0.9, 0.1] * 20, [True, False] * 20).is_better
