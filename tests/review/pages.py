"""Reads the desk's pages as a person would: cards, marks, forms."""

import httpx
from lxml import html


class Page:
    """A parsed page."""

    def __init__(self, answer: httpx.Response, status: int = 200) -> None:
        assert answer.status_code == status, answer.text
        self.answer = answer
        self.tree = html.fromstring(answer.text)

    def cards(self) -> list[int]:
        """The article ids of the cards, in order."""
        return [int(card.get("id").removeprefix("card-")) for card in self.tree.cssselect(".card")]

    def text(self, css: str) -> str:
        """The text of the first element that `css` finds, white space folded."""
        return " ".join(self.tree.cssselect(css)[0].text_content().split())

    def texts(self, css: str) -> list[str]:
        """The texts of all elements that `css` finds."""
        return [" ".join(found.text_content().split()) for found in self.tree.cssselect(css)]

    def has(self, css: str) -> bool:
        """Whether `css` finds anything."""
        return bool(self.tree.cssselect(css))

    def form(self, css: str) -> dict[str, list[str]]:
        """What a form sends without its buttons."""
        fields: dict[str, list[str]] = {}
        for field in self.tree.cssselect(css)[0].cssselect("input"):
            if field.get("type") != "checkbox" or field.get("checked") is not None:
                fields.setdefault(field.get("name"), []).append(field.get("value"))
        return fields


def decide(client: httpx.Client, page: Page, card: int, **button: str) -> httpx.Response:
    """Press a button of a card: action="accept" or reason="…"."""
    return client.post("/decisions", data={**page.form(f"#card-{card} .decide"), **button})
