"""Whom to ask: on every card, with a number that can be tapped and a page."""

import json
from dataclasses import replace

import pytest

import app
import web_app
from config import SettingError
from core import cards, menu_cards, plain_text, words
from core.contact import Office
from core.messages import Reply
from handlers.line import render as line
from handlers.telegram import render as telegram
from retrieval.search import Index
from settings.types import as_phone

PAGE, ENCODED = "https://ethics.example.org/政風/", "https://ethics.example.org/%E6%94%BF%E9%A2%A8/"
NUMBER = "02-2345-6789 分機 123"
OFFICE = Office("政風室", "二樓", NUMBER, "tel:+886223456789,123", ENCODED)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (NUMBER, "tel:+886223456789,123"),
        ("(06)299-1111 轉 8811", "tel:+88662991111,8811"),
        ("０２－２３４５－６７８９", "tel:+886223456789"),
        ("+886 912 345 678", "tel:+886912345678"),
        ("0800-024-099", "tel:+886800024099"),
        ("02-23456789#9", "tel:+886223456789,9"),
        ("1999", "tel:1999"),
    ],
)
def test_a_number_as_people_write_it_can_be_called(written: str, url: str) -> None:
    phone = as_phone(written)
    assert (str(phone), phone.url) == (written, url)


@pytest.mark.parametrize("written", ["請洽總機", "12", "02-23", "0912345678901234567890", "javascript:alert(1)"])
def test_what_is_no_number_stops_the_start(written: str) -> None:
    with pytest.raises(SettingError, match=r"OFFICE_PHONE：不是電話號碼，請填像 02-2345-6789"):
        app.load_settings({"OFFICE_PHONE": written})


def test_the_settings_are_on_the_card() -> None:
    settings = app.load_settings(
        {"OFFICE_NAME": "政風室", "OFFICE_CONTACT": "二樓", "OFFICE_PHONE": NUMBER, "OFFICE_URL": PAGE}
    )
    assert app.office_of(settings) == OFFICE
    bare = app.office_of(app.load_settings({}))
    assert [item.buttons for item in bare.section.items] == [()]


def cards_of(index: Index) -> list[Reply]:
    case, guide = index.library.cases[1], index.library.guides[0]
    return [
        cards.of_case(case, OFFICE),
        cards.whole(case, OFFICE),
        cards.whole(guide, OFFICE),
        cards.first_aid(case, OFFICE),
        cards.of_guide(guide, OFFICE),
        cards.no_case("沒有", 10, OFFICE),
        menu_cards.help_card(OFFICE),
    ]


def test_every_card_lets_one_call(index: Index) -> None:
    for reply in cards_of(index):
        on_line = json.dumps(line.messages(reply), ensure_ascii=False)
        assert '"uri": "tel:+886223456789,123"' in on_line
        assert f'"uri": "{ENCODED}"' in on_line
        (on_telegram,) = telegram.messages(reply)
        assert f"打電話 {NUMBER}（直撥 +886223456789）" in on_telegram["text"], "Telegram makes that form tappable"
        assert f'<a href="{ENCODED}">' in on_telegram["text"]
        assert "tel:" not in json.dumps(on_telegram), "Telegram refuses such links with the message"
        assert f"打電話 {NUMBER}\n" in plain_text.text(reply)


def test_what_line_cannot_fold_is_one_press_away(index: Index) -> None:
    case = index.library.cases[1]
    card = json.dumps(line.messages(cards.of_case(case, OFFICE)), ensure_ascii=False)
    assert '"data": "whole:2"' in card
    assert case.situation not in card
    assert "九萬至四十五萬元" in card, "what it costs is never one press away"
    whole = json.dumps(line.messages(cards.whole(case, OFFICE)), ensure_ascii=False)
    assert case.situation in whole
    assert all(article.gist in whole for law in case.laws for article in law.articles)
    assert "whole:2" not in json.dumps(telegram.messages(cards.of_case(case, OFFICE))), "Telegram folds"


def test_an_asker_is_told_what_to_do_whatever_the_agency_has_to(index: Index) -> None:
    case = index.library.cases[9]
    sections = cards.of_case(case, OFFICE).card.sections
    assert [section.heading for section in sections[:3]] == [words.YOU_CAN, words.AGENCY_SHOULD, words.ASK_WHOM]
    assert [item.text for item in sections[0].items] == ["不是公務需要就不要查；查到的，也不要告訴任何人。"]
    without = cards.of_case(replace(case, advice=()), OFFICE).card.sections[0]
    assert [item.text for item in without.items] == [words.ONLY_AGENCY.format(office="政風室")]


def test_a_lone_number_stands_on_the_page_as_it_is_dialled(bot: app.Bot) -> None:
    bot.conversation.office = replace(OFFICE, url=None)
    page = web_app.create_app(bot).test_client().get("/case/2").get_data(as_text=True)
    assert f'<a href="tel:+886223456789,123">打電話 {NUMBER}</a>' in page
