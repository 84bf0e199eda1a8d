"""What a case of the catalogue says: the input, and all that must be true after the crawl and the clean stage."""

from dataclasses import dataclass, field

from tests.spiders.hostile import Answer, http

HOST = "paper.test"
DONE = "done"


@dataclass(frozen=True, slots=True)
class Case:
    """An address that the outlet's list names, what its server answers, and what must become of it. The words of
    `outcome` are those of models/outcome.py."""

    id: str
    name: str
    """Tells the inputs of one id apart; `what` says it in words."""
    what: str
    answer: Answer | None
    """None: the server has nothing there, or must not be asked."""
    outcome: str
    issues: tuple[str, ...] = ()
    """Of the article's row, or of the ledger's detail where there is no article."""
    asked: int | None = None
    """How often the server must have seen it in the first run; None: no matter."""
    host: str = HOST
    links: tuple[str, ...] = ()
    """As the list has them, where that is not just https://host/a/slug."""
    rows: int = 1
    """Rows of the ledger that its links become."""
    holds: tuple[str, ...] = ()
    """In the article's title and text."""
    lacks: tuple[str, ...] = ()
    copy_of: str | None = None
    """The name of the case whose copy its article is (or that is its copy)."""
    canonical: str | None = None
    url: str | None = None
    """How the ledger shows its address."""
    later: Answer | None = None
    """What the server answers in the second run, to which the list gives another title."""
    versions: int = 1
    """Of its article, after all runs."""
    also: dict[str, Answer] = field(default_factory=dict)
    """Further places (`/host/path`) and their answers."""

    @property
    def slug(self) -> str:
        """Its mark in addresses: `t18-gzip`."""
        return f"{self.id}-{self.name}".lower()

    @property
    def place(self) -> str:
        """Where the server has it."""
        return f"/{self.host}/a/{self.slug}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """What the list names."""
        return self.links or (f"https://{self.host}/a/{self.slug}",)


def page(mark: str, *paragraphs: str, title: str | None = None, head: str = "", language: str = "en") -> str:
    """The HTML of an article that is like no other (`mark`), so that no two of them are copies of each other."""
    body = "".join(f"<p>{text}</p>" for text in paragraphs or story(mark))
    return (
        f'<!doctype html><html lang="{language}"><head><title>{title or f"Report {mark}"}</title>{head}</head>'
        f"<body><h1>{title or f'Report {mark}'}</h1>{body}</body></html>"
    )


def story(mark: str) -> list[str]:
    """Paragraphs of an article about `mark`."""
    words = [f"{mark}{word}" for word in ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")]
    return [
        f"The council of {a} met the elders of {b} on the road to {c} and spoke for two hours about {mark} water."
        for a, b, c in zip(words, reversed(words), words[2:] + words[:2], strict=True)
    ]


def good(mark: str, **headers: str) -> bytes:
    """A whole answer with a page."""
    return http(page(mark).encode(), headers={name.replace("_", "-"): value for name, value in headers.items()})


def redirect(where: str, status: str = "302 Found") -> bytes:
    """302 to `where`."""
    return http(status=status, headers={"Location": where})
