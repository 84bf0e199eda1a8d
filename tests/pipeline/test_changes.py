"""What changed between two versions of an article, and what is no change at all."""

from pipeline.clean.changes import MOST_PARAGRAPHS, Change, changes

OLD = "Five people were hurt on the road.\nThe mayor thanked the helpers.\nThe road was closed until noon."


def diff(new: str, title: str = "Accident on the road") -> tuple[Change, ...]:
    return changes(old_title="Accident on the road", old_text=OLD, new_title=title, new_text=new)


def test_cosmetic_changes_are_none() -> None:
    """I2: white space, quotes, case and empty lines make no new version."""
    assert diff(OLD) == ()
    assert diff(OLD.replace("\n", "\n\n").replace("road.", "road ."), title="ACCIDENT on the road!") == ()


def test_a_changed_toll_is_said_in_figures() -> None:
    """A person sees which numbers moved, in whatever digits they are written."""
    one = changes(
        old_title=None,
        old_text="At least 5 people died and 12 were hurt.",
        new_title=None,
        new_text="At least ۷ people died and 12 were hurt.",
    )
    assert [(c.kind, c.numbers) for c in one] == [("changed", (("5",), ("7",)))]


def test_paragraphs_added_removed_and_changed() -> None:
    """Each is reported with its words, in reading order, the title first."""
    new = "Seven people were hurt on the road.\nThe road was closed until noon.\nA driver was arrested."
    found = diff(new, title="Seven hurt on the road")
    assert [c.kind for c in found] == ["title", "changed", "removed", "added"]
    assert found[1].after == "Seven people were hurt on the road."
    assert found[2].before == "The mayor thanked the helpers."
    assert found[3].after == "A driver was arrested."
    assert [c.at for c in found] == [None, 0, 1, 2]


def test_huge_texts_are_not_compared_pair_by_pair() -> None:
    """I7: the cost is bounded; what changed is still said."""
    lines = [f"word{number} stands here alone" for number in range(MOST_PARAGRAPHS + 1)]
    turned = [line[::-1] for line in lines]
    huge = changes(old_title=None, old_text="\n".join(lines), new_title=None, new_text="\n".join(turned))
    assert [one.kind for one in huge] == ["rewritten"]
    large = changes(old_title=None, old_text="\n".join(lines[:60]), new_title=None, new_text="\n".join(turned[:60]))
    assert [one.kind for one in large] == ["removed"] * 60 + ["added"] * 60
