"""A Telegram message on a page of the console: only what Telegram shows, whatever the text holds."""

import pytest

from handlers.console import telegram_bubbles


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>標題</b>", "<b>標題</b>"),
        ("<blockquote expandable>引文</blockquote>\n後面", "<blockquote>引文</blockquote>後面"),
        ('<a href="https://example.org/?a=1&amp;b=2">法條</a>', "法條</a>"),
        ('<a href="javascript:alert(1)">法條</a>', "法條"),
        ("<i onclick='x'>斜</i>", "<i>斜</i>"),
        ("<u>線</u><img src=x>", "線"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("見https://example.org/a。", "見<a "),
    ],
)
def test_telegrams_markup_is_written_anew(text: str, shown: str) -> None:
    html = str(telegram_bubbles.bubble({"text": text, "parse_mode": "HTML"}).html)
    assert shown in html
    assert not any(danger in html for danger in ("javascript", "onclick", "<img", "<script", "<u>"))


def test_a_message_without_markup_is_text() -> None:
    html, rows = telegram_bubbles.bubble({"text": "<b>x</b> & https://example.org/?a=1&b=2 後"})
    assert rows == []
    assert str(html).startswith("&lt;b&gt;x&lt;/b&gt; &amp; <a ")
    assert str(html).endswith(">https://example.org/?a=1&amp;b=2</a> 後")
