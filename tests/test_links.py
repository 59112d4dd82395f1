"""Addresses in the own words of a tip, on every channel."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadcasts import links, tips, words
from broadcasts.tips import BadTip, Tip
from core import plain_text
from core.contact import Office
from handlers.line import render as line_render
from handlers.telegram import render as telegram_render
from retrieval.search import Index

OFFICE = Office("政風室", "分機 1234")


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (
            "看https://law.moj.gov.tw/LawAll.aspx?pcode=A0030076。",
            ["https://law.moj.gov.tw/LawAll.aspx?pcode=A0030076"],
        ),
        ("（https://a.tw/b）", ["https://a.tw/b"]),
        ("(https://a.tw/wiki/A_(b)).", ["https://a.tw/wiki/A_(b)"]),
        ("請看https://a.tw/b謝謝", ["https://a.tw/b"]),
        ("https://a.tw/wiki/公務員 好", ["https://a.tw/wiki/%E5%85%AC%E5%8B%99%E5%93%A1"]),
        ("https://a.tw/x?q=臺灣&n=1", ["https://a.tw/x?q=%E8%87%BA%E7%81%A3&n=1"]),
        ("https://中文.tw/", ["https://xn--fiq228c.tw/"]),
        ("https://a.tw/%zz%20", ["https://a.tw/%25zz%20"]),
        ("https://a.tw，http://b.tw:8080/、https://a.tw", ["https://a.tw", "http://b.tw:8080/"]),
        ("http://user:word@a.tw/", ["http://a.tw/"]),
        ("https:// https://a..tw https://a.tw:99999/ ftp://a.tw xhttps://a.tw", []),
    ],
)
def test_addresses_are_found_as_platforms_take_them(text: str, addresses: list[str]) -> None:
    assert list(links.found(text)) == addresses


@given(some.text(alphabet="https:/a.tw?=%()公「 \n#&", max_size=60).map("看 https://a.tw/{}".format))
def test_whatever_is_typed_a_button_has_an_address_and_fits(text: str) -> None:
    for button in links.buttons(text):
        assert button.url.isascii()
        assert not set(button.url) & set(' "<>\\^`{|}')
        assert button.label
        assert len(button.label) <= links.LABEL


def test_labels_that_are_the_same_are_told_apart() -> None:
    path = "https://law.moj.gov.tw/" + "long" * 12
    labels = [button.label for button in links.buttons(f"{path}?a=1 {path}?a=2")]
    assert len(set(labels)) == 2
    assert max(map(len, labels)) <= links.LABEL


def test_own_words_open_their_case_and_their_links_on_every_channel(index: Index) -> None:
    case = index.library.cases[1]
    tip = Tip.own("請看 https://law.moj.gov.tw/a?b=1", case)
    assert Tip.read(tip.stored()) == tip
    reply = tips.card(tip, OFFICE)
    (flex,) = line_render.messages(reply)
    assert '"uri": "https://law.moj.gov.tw/a?b=1"' in str(flex).replace("'", '"')
    assert f"'data': 'case:{case.id}'" in str(flex)
    assert case.title in str(flex)
    (message,) = telegram_render.messages(reply)
    keys = [key for row in message["reply_markup"]["inline_keyboard"] for key in row]
    assert {"text": "law.moj.gov.tw/a", "url": "https://law.moj.gov.tw/a?b=1"} in keys
    assert {"text": words.OPEN_CASE, "callback_data": f"case:{case.id}"} in keys
    (plain,) = telegram_render.plain_messages(reply)
    assert "https://law.moj.gov.tw/a?b=1" in plain["text"]
    refused_once = [key for row in plain["reply_markup"]["inline_keyboard"] for key in row if "url" in key]
    assert not refused_once, "what may have been refused is not tried again"
    assert "https://law.moj.gov.tw/a?b=1" in plain_text.text(reply)


def test_the_most_that_may_be_written_is_one_message(index: Index) -> None:
    longest = " ".join(f"https://a.tw/{number}{'x' * 180}" for number in range(10))
    reply = tips.card(Tip.own(longest.ljust(tips.MAX_TEXT, "字"), index.library.cases[0]), OFFICE)
    assert [message["type"] for message in line_render.messages(reply)] == ["flex"]
    assert ["parse_mode" in message for message in telegram_render.messages(reply)] == [True]


@pytest.mark.parametrize(
    "text", [" ".join(f"https://a.tw/{number}" for number in range(11)), "https://a.tw/" + "公" * 120]
)
def test_more_than_platforms_take_is_refused(text: str) -> None:
    with pytest.raises(BadTip, match="網址"):
        Tip.own(text)


def test_a_tip_of_an_earlier_release_is_read() -> None:
    reply = tips.stored_card('{"text": "下班前，收好公文！"}', OFFICE)
    assert (reply.card.body, reply.card.sections) == ("下班前，收好公文！", ())
