"""Addresses and telephone numbers in texts, on every face."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import render_template
from hypothesis import given
from hypothesis import strategies as some

import app
import web_app
from broadcasts import tips, words
from broadcasts.tips import BadTip, Tip
from core import cards, links, plain_text
from core import words as core_words
from core.contact import Office
from core.messages import Reply
from handlers.line import render as line_render
from handlers.linked import linked
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
        ("見www.aac.moj.gov.tw。", ["https://www.aac.moj.gov.tw"]),
        ("x@www.a.tw a.www.b.tw", []),
        ("https:// https://a..tw https://a.tw:99999/ ftp://a.tw xhttps://a.tw", []),
    ],
)
def test_addresses_are_found_as_platforms_take_them(text: str, addresses: list[str]) -> None:
    assert [link.url for link in links.found(text)] == addresses


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("洽02-2345-6789轉123。", ["223456789,123"]),
        ("（02）2345－6789＃１２", ["223456789,12"]),
        ("０２－２３４５－６７８９ 分機 5", ["223456789,5"]),
        ("(049)222-3333、0800-286-586、0912345678", ["492223333", "800286586", "912345678"]),
        ("+886-2-2345-6789、+886(0)912 345 678", ["223456789", "912345678"]),
        ("府政字第0991234567號、1130001234、2026-11-26 09:00、刑法第132條、分機 1234", []),
    ],
)
def test_numbers_of_telephones_are_found_and_those_of_documents_are_not(text: str, numbers: list[str]) -> None:
    assert [link.url for link in links.found(text)] == [f"tel:+886{number}" for number in numbers]


@given(some.text(alphabet="w.https:/a0219-#（）?=%()公「 \n&<\"'", max_size=60))
def test_a_text_in_pieces_is_the_text_and_on_a_page_it_is_safe(text: str) -> None:
    assert "".join(piece.words for piece in links.split(text)) == text
    html = str(linked(text))
    assert unescape(re.sub(r"</?a\b[^>]*>", "", html)) == text
    assert all(
        re.fullmatch(r'a href="[^"<>]+"( target="_blank" rel="noopener noreferrer")?|/a', tag)
        for tag in re.findall("<([^>]*)>", html)
    )


@pytest.mark.parametrize(
    ("text", "set_off"),
    [
        ("請看https://a.tw/b謝謝", "請看 https://a.tw/b 謝謝"),
        ("（https://a.tw/b）", "（https://a.tw/b ）"),
        ("見 https://a.tw/wiki/公務員 好", "見 https://a.tw/wiki/%E5%85%AC%E5%8B%99%E5%93%A1 好"),
        ("洽02-2345-6789轉12", "洽02-2345-6789轉12"),
    ],
)
def test_without_markup_chinese_is_not_taken_for_a_part_of_an_address(text: str, set_off: str) -> None:
    assert links.set_off(text) == set_off


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
    assert '<a href="https://law.moj.gov.tw/a?b=1">https://law.moj.gov.tw/a?b=1</a>' in message["text"]
    assert {"text": words.OPEN_CASE, "callback_data": f"case:{case.id}"} in keys
    (plain,) = telegram_render.plain_messages(reply)
    assert "https://law.moj.gov.tw/a?b=1" in plain["text"]
    assert "https://law.moj.gov.tw/a?b=1" in plain_text.text(reply)


def _answers(index: Index) -> list[Reply]:
    """A card of every kind of text that an office writes, with an address and a number in each."""
    said, office = "見https://a.tw/b謝謝，洽02-2345-6789", Office("政風室", "https://a.tw/b，02-2345-6789")
    case = replace(index.library.cases[0], situation=said)
    measure = replace(index.library.cases[0], countermeasures=(said, "二"))
    first_aid = replace(index.library.cases[0], first_aid=(said, "二"))
    guide = replace(index.library.guides[0], answer=said)
    step = replace(index.library.guides[0], steps=(said, "二"))
    return [
        tips.card(Tip.own(said), OFFICE),
        cards.whole(case, OFFICE),
        cards.of_case(measure, OFFICE),
        cards.first_aid(first_aid, OFFICE),
        cards.of_guide(guide, OFFICE),
        cards.of_guide(step, OFFICE),
        cards.of_guide(index.library.guides[0], office),
    ]


def test_what_an_office_writes_can_be_tapped_on_every_face(index: Index, bot: app.Bot) -> None:
    web = web_app.create_app(bot)
    for reply in _answers(index):
        (flex,) = line_render.messages(reply)
        uris = re.findall("'uri': '([^']*)'", str(flex))
        assert {"https://a.tw/b", "tel:+886223456789"} <= set(uris)
        (message,) = telegram_render.messages(reply)
        assert '<a href="https://a.tw/b">https://a.tw/b</a>' in message["text"]
        with web.test_request_context():
            html = render_template("reply.html", reply=reply, words=core_words, action="")
        assert '<a href="https://a.tw/b" target="_blank" rel="noopener noreferrer">https://a.tw/b</a>' in html
        assert '<a href="tel:+886223456789">02-2345-6789</a>' in html
        assert re.search("https://a.tw/b[ \n]", plain_text.text(reply))


def test_a_number_that_the_office_shows_twice_is_one_button() -> None:
    office = Office("政風室", "02-2345-6789 分機 123", "02-2345-6789 分機 123", "tel:+886223456789,123")
    (flex,) = line_render.messages(tips.card(Tip.own("收好公文"), office))
    assert str(flex).count("tel:+886223456789,123") == 1


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
    assert (reply.card.body, reply.card.sections) == ("下班前，收好公文！", (OFFICE.section,))
