"""What one decision on everything that a page shows would cover, counted before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from review.cards import Card
from review.seen import Seen


@dataclass(frozen=True, slots=True)
class Bulk:
    """What one decision on everything shown would cover."""

    stories: int
    items: list[Seen]


def bulk_of(cards: Sequence[Card], most: int) -> Bulk:
    """The first cards that together have at most `most` articles to decide, each whole."""
    items: list[Seen] = []
    stories = 0
    for card in cards:
        if len(items) + len(card.decides) > most:
            break
        items += card.decides
        stories += 1
    return Bulk(stories, items)
