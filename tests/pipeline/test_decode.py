"""Bytes to text: strict UTF-8 first, then what is declared, then a guess; damage is counted, never hidden."""

import pytest

from pipeline.clean.decode import BAD_SHARE_LIMIT, clean_characters, decode

RUSSIAN = "<p>Совет открыл новую дорогу на север, сообщили в министерстве транспорта в понедельник.</p>" * 20
DARI = "<p>شورا راه نو را به سوی شمال باز کرد و مسئولان می‌گویند کار ادامه دارد.</p>" * 20


@pytest.mark.parametrize(
    ("body", "header", "text", "issue"),
    [
        (RUSSIAN.encode("cp1251"), "text/html; charset=utf-8", RUSSIAN, "charset_conflict"),  # T01
        (f"<meta charset=windows-1251>{RUSSIAN}".encode("cp1251"), "text/html", None, None),
        (
            f"<meta charset=windows-1251>{RUSSIAN}".encode(),
            "text/html; charset=windows-1251",
            None,
            "charset_conflict",
        ),  # T02
        (RUSSIAN.encode(), "text/html; charset=klingon", RUSSIAN, "charset_unknown"),  # T03
        (b" " * 3000 + f"<meta charset=windows-1251>{RUSSIAN}".encode("cp1251"), "", None, None),  # T04
        (DARI.replace("می‌گویند", "گفتند").encode("cp1256", "ignore"), "text/html; charset=windows-1256", None, None),
        (b"\xef\xbb\xbf" + DARI.encode(), "", DARI, None),
        (DARI.encode("utf-16"), "", DARI, None),  # T05
        (DARI.encode("utf-16-be"), "text/html", DARI, None),
        (RUSSIAN.encode().decode("cp1252", "replace").encode(), "text/html; charset=utf-8", None, "mojibake"),  # T07
    ],
)
def test_the_encoding_is_found(body: bytes, header: str, text: str | None, issue: str | None) -> None:
    """T01 to T07: the text is readable, and a wrong claim is recorded."""
    found = decode(body, header)
    assert found.bad_share <= BAD_SHARE_LIMIT
    if text is not None:
        assert found.text.lstrip("\ufeff") == text
    elif issue != "mojibake":
        assert "Совет открыл" in found.text or "شورا راه" in found.text
    assert (issue in found.issues) if issue else not found.issues


def test_damage_is_counted() -> None:
    """T06: more than one broken character in a hundred is too many."""
    some = decode((DARI * 9).encode() + "мир".encode("cp1251"), "text/html; charset=utf-8")
    assert "bad_bytes" in some.issues
    assert 0 < some.bad_share <= BAD_SHARE_LIMIT
    many = decode(DARI.encode() + "мир во всём мире ".encode("cp1251") * 20, "text/html; charset=utf-8")
    assert many.bad_share > BAD_SHARE_LIMIT


def test_surrogates_are_replaced_before_anything_reads_them() -> None:
    """T08: a lone half becomes U+FFFD and the text after it stays; a CESU-8 pair becomes its character."""
    lone = decode(b"<p>before \xed\xa0\x80 after " + DARI.encode() + b"</p>", "")
    assert "before" in lone.text
    assert "after" in lone.text
    assert "\ufffd" in lone.text
    lone.text.encode()
    assert "😀" in decode(b"<p>\xed\xa0\xbd\xed\xb8\x80 " + DARI.encode(), "").text
    assert clean_characters("a\ud800b\x00c") == "a\ufffdbc"
