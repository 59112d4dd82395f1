"""Charts as SVG: well-formed, told to who cannot see them, nothing that the page's policy forbids."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from handlers.console import charts
from office.tables import Row, Series, Table

SVG = re.compile(r"^<svg .*</svg>$", re.DOTALL)
SERIES = (Series("line", "LINE"), Series("web", "網頁"))


def table(days: int, *numbers: tuple[int | None, int | None]) -> Table:
    first = date(2026, 11, 1)
    rows = [Row((first + timedelta(days=at),), numbers[at % len(numbers)]) for at in range(days)]
    return Table("channels", "每天的問題", "題", ("日期",), SERIES, tuple(rows))


def parsed(chart: Markup) -> ElementTree.Element:
    assert SVG.match(chart)
    return ElementTree.fromstring(chart)


def texts(chart: Markup) -> list[str]:
    return [element.text or "" for element in parsed(chart).iter("text")]


@pytest.mark.parametrize("draw", [charts.bars, charts.lines])
@pytest.mark.parametrize("days", [0, 1, 7, 31])
def test_any_span_can_be_drawn(draw: Callable[[Table], Markup], days: int) -> None:
    picture = parsed(draw(table(days, (3, 4), (0, 0), (None, 9))))
    for element in picture.iter():
        assert "style" not in element.attrib
        for name in ("x", "x1", "x2", "cx", "width"):
            if element.get(name, "").endswith("%"):
                assert 0 <= float(element.get(name, "")[:-1]) <= 100
    ids = {element.get("id") for element in picture.iter()}
    assert set(picture.get("aria-labelledby", "").split()) <= ids, "what it is labelled by is there"


def test_bars_stand_upon_each_other_up_to_the_scale() -> None:
    picture = parsed(charts.bars(table(1, (3, 5))))
    low, high = sorted(picture.iter("rect"), key=lambda rect: -float(rect.get("y", 0)))
    assert float(low.get("y", 0)) == pytest.approx(float(high.get("y", 0)) + float(high.get("height", 0)), abs=0.1)
    assert float(low.get("y", 0)) + float(low.get("height", 0)) == pytest.approx(charts.BOTTOM, abs=0.1)
    assert float(high.get("height", 0)) / float(low.get("height", 0)) == pytest.approx(5 / 3, abs=0.01)
    assert [rect.findtext("title") for rect in (low, high)] == ["11/1（日） LINE 3 題", "11/1（日） 網頁 5 題"]
    assert [rect.get("class") for rect in (low, high)] == ["bar series-line", "bar series-web"]


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (7, [0, 2, 4, 6, 8]),
        (45, [0, 20, 40, 60]),
        (123, [0, 50, 100, 150]),
    ],
)
def test_a_scale_has_few_round_numbers(most: int, marks: list[int]) -> None:
    scale = charts.scale_of(most)
    assert list(range(0, scale.top + 1, scale.step)) == marks


def test_large_numbers_are_said_as_people_here_say_them() -> None:
    assert [charts.number_text(number) for number in (0, 1234, 10_000, 123_456)] == ["0", "1,234", "1萬", "12.3萬"]


def test_a_month_names_few_days_and_a_week_all_with_their_weekday() -> None:
    month = [text for text in texts(charts.bars(table(31, (1, 1)))) if "/" in text]
    assert month == ["11/1", "11/5", "11/9", "11/13", "11/17", "11/21", "11/25", "11/29"]
    week = texts(charts.bars(table(7, (1, 1))))
    assert [text for text in week if text in "日一二三四五六"] == list("日一二三四五六")


def test_a_line_is_interrupted_where_nobody_counted() -> None:
    picture = parsed(charts.lines(table(3, (5, 1), (None, 2), (7, 3))))
    drawn = [element.get("class") for element in picture.iter("line") if "series" in element.get("class", "")]
    assert drawn == ["line series-web"] * 2
    assert len(list(picture.iter("circle"))) == 5


def test_a_ranking_shows_the_first_ten_and_escapes_names() -> None:
    rows = tuple(
        Row((f"第 {number} 案", "<b>&一個很長很長很長很長很長的標題"), (number, 1)) for number in range(20, 0, -1)
    )
    picture = parsed(charts.ranking(Table("shown", "看過的", "次", ("編號", "標題"), SERIES, rows)))
    names = [element.text for element in picture.iter("text") if element.get("class") == "name"]
    assert len(names) == 10
    assert names[0] == "第 20 案　<b>&一個很長很長很長很…"
    assert picture.find("desc") is not None


def test_an_empty_chart_says_so() -> None:
    desc = parsed(charts.bars(table(7, (0, 0)))).findtext("desc")
    assert desc == "這段期間還沒有數字。"
    assert parsed(charts.ranking(table(0, (0, 0)))).findtext("desc") == desc


def test_the_legend_names_each_series_with_its_colour() -> None:
    shown = ElementTree.fromstring(charts.legend(table(1, (1, 1))))
    assert ["".join(entry.itertext()) for entry in shown.iter("li")] == ["LINE", "網頁"]
    assert [rect.get("class") for rect in shown.iter("rect")] == ["series-line", "series-web"]
