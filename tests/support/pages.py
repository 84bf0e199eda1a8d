"""Article pages of ours, as a crawl archives them."""

from datetime import UTC, datetime, timedelta

NOW = datetime.now(UTC).replace(microsecond=0)
PROVINCES = ("Kunduz", "Herat", "Kandahar", "Nangarhar", "Balkh", "Ghazni", "Takhar", "Badakhshan", "Paktia", "Khost")


def page(number: int, *more: str) -> bytes:
    """An article page of ours; each number tells of another event. `more` are further paragraphs."""
    province = PROVINCES[number % len(PROVINCES)]
    sentences = [
        f"Police in {province} said that incident number {number} began at {number % 12 + 1} in the morning.",
        f"Residents counted {number + 2} vehicles on road {number * 7} before the blast near bridge {number * 13}.",
        f"A doctor at clinic {number * 3} said {number % 5 + 1} people were killed and {number % 9 + 2} wounded.",
        f"Officials promised a report on case {number * 17} within {number % 20 + 3} days.",
    ]
    paragraphs = "".join(f"<p>{sentence} {sentence[::-1].title()}</p>" for sentence in sentences)
    paragraphs += "".join(f"<p>{line}</p>" for line in more)
    return (
        f"<html><head><title>Blast {number} in {province}</title>"
        f'<meta property="article:published_time" content="{(NOW - timedelta(hours=number + 1)).isoformat()}"></head>'
        f"<body><article><h1>Blast {number} in {province}</h1>{paragraphs}</article></body></html>"
    ).encode()
