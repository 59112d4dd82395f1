"""A library of any size: what the classifier learns has a bound, what a page lists has one, and so have warnings."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import app
from bench import plots
from handlers.console.library_pages import MOST_CHOICES, labels
from handlers.web.permalinks import MOST_LISTED
from retrieval import checks
from retrieval.fitted import Parts
from retrieval.library import LEARNED_FROM, NO_CASE, Case, Library, Question
from retrieval.search import Index
from tests.support.console import logged_in

MANY = 600


def library(cases: int, questions: int = 0) -> Library:
    made = tuple(
        Case(number, f"題目{number}", f"把第{number}號名單傳出去", (), ("不要",)) for number in range(1, cases + 1)
    )
    own = [
        Question(f"第{number}號名單的第{turn}問", number) for number in range(1, cases + 1) for turn in range(questions)
    ]
    nothing = [Question(f"今天天氣{turn}", NO_CASE) for turn in range(questions and LEARNED_FROM)]
    return Library(made, (*own, *nothing))


@pytest.fixture
def many(bot: app.Bot) -> app.Bot:
    """A bot whose library has too many cases to be listed."""
    first = bot.library.index()
    cases = tuple(replace(first.library.cases[0], id=number, title=f"題{number}") for number in range(1, MANY + 1))
    changed = replace(first.library, cases=cases)
    bot.library.swap(first.over(changed), bot.library.save(changed, "test"))
    return bot


def test_those_with_most_questions_are_learned_as_far_as_the_bound_goes() -> None:
    few, more = library(30, LEARNED_FROM), library(30, LEARNED_FROM)
    extra = tuple(Question(f"七號還有第{turn}問", 7) for turn in range(5))
    assert len(Parts.of(few).labels) == 31
    known = Parts.of(replace(more, questions=(*more.questions, *extra)), 2_000).labels
    assert {NO_CASE, 7} < known
    assert len(known) < 31


def test_a_case_without_questions_is_warned_of_though_it_is_the_hundredth() -> None:
    index = Index(library(150))
    found = [str(problem) for problem in checks.warnings(index, index.search_learned)]
    unlearned = [said for said in found if "機器人還學不會" in said]
    assert len(unlearned) == 150
    assert ["最像的案例" in said for said in (unlearned[0], unlearned[-1])] == [True, False]


def test_of_too_many_cases_one_types_the_number(many: app.Bot) -> None:
    assert not labels(library(MOST_CHOICES + 1))
    assert len(labels(library(MOST_CHOICES))) == MOST_CHOICES + 1
    client = logged_in(many)
    for path in ("/admin/library/questions/new", "/admin/library/questions/"):
        page = client.get(path).text
        assert '<input name="label"' in page
        assert "題599" not in page


def test_a_card_that_is_not_there_lists_some_of_the_others(many: app.Bot, client: FlaskClient) -> None:
    page = client.get("/case/999999")
    assert page.status_code == 404
    assert page.text.count("/case/") == MOST_LISTED


def test_a_curve_has_its_exponent_and_its_name_in_the_picture(tmp_path: Path) -> None:
    curve = plots.Curve("啟動", ((10, 2.0), (100, 20.0), (1000, 200.0)))
    assert round(curve.slope, 6) == 1
    picture = plots.svg("案例數變大時", "案例數", "秒", [curve, plots.Curve("問", ((10, 0.5), (1000, 0.5)))])
    assert picture.count("<polyline") == 2
    assert ">啟動</text>" in picture
