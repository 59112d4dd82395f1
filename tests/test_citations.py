"""The grammar of citations: every rule by example."""

import pytest

from retrieval.citations import WHOLE_LAW, Reference, article_key, read
from retrieval.law_names import SHORT_FORMS

PENAL, PRIVACY = "中華民國刑法", "個人資料保護法"
HANDBOOK = "文書處理手冊"
PETITIONS = "臺南市政府及所屬機關處理人民陳情作業要點"
NAMES = (PETITIONS, "臺南市政府員工公約", "考績委員會組織規程", "資訊作業規範（試行）")


def penal(*articles: str) -> list[tuple[str, ...]]:
    return [(PENAL, article) for article in articles]


def privacy(*articles: str) -> list[tuple[str, ...]]:
    return [(PRIVACY, article) for article in articles]


def read_as(text: str) -> list[tuple[str, ...]]:
    return [reference[:2] for reference in read(text, NAMES)]


@pytest.mark.parametrize(
    ("text", "official"),
    [(short, law) for law, forms in SHORT_FORMS.items() for short in (law, *forms.split())],
)
def test_short_forms(text: str, official: str) -> None:
    assert read_as(f"{text}第5條") == [(official, "5")]
    assert read_as(f"違反{text}") == [(official, WHOLE_LAW)]


@pytest.mark.parametrize(
    "law",
    [
        "保護法",
        "程序法",
        "刑法施行法",
        "陸海空軍刑法",
        "舊刑法",
        "修正前刑法",
        "修正前之刑法",
        "德國刑法",
        "就業服務法",
    ],
)
def test_an_unknown_law_keeps_its_own_name(law: str) -> None:
    for before in ("", "違反", "個資法第41條及"):
        assert read_as(f"{before}{law}第20條")[-1] == (law, "20")


def test_an_official_name_stays_itself() -> None:
    assert read_as(f"{PETITIONS}第17點") == [(PETITIONS, "17")]
    assert read_as("刑法第132條洩密罪及台南市政府及所屬機關處理人民陳情作業要點第17點")[-1] == (PETITIONS, "17")
    assert read_as("違反臺南市政府員工公約第3點") == [("臺南市政府員工公約", "3")]
    assert read_as("資訊作業規範（試行）第3點") == [("資訊作業規範（試行）", "3")]
    assert read("保護法第20條", ("保護法",))[0].law == "保護法"


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("132", "132"),
        ("１３２", "132"),
        ("一百三十二", "132"),
        ("一三二", "132"),
        ("壹佰參拾貳", "132"),
        ("十", "10"),
        ("一十二", "12"),
        ("廿", "20"),
        ("廿一", "21"),
        ("卅五", "35"),
        ("一百零三", "103"),
        ("一〇三", "103"),
        ("一○三", "103"),
        ("三百十五", "315"),
        ("一千二百二十五", "1225"),
        ("一千零五", "1005"),
        ("一千零五十", "1050"),
        (" 132 ", "132"),
    ],
)
def test_numerals(numeral: str, number: str) -> None:
    assert read_as(f"刑法第{numeral}條") == penal(number)
    assert article_key(numeral) == number


@pytest.mark.parametrize(
    "numeral", ["十百", "0", "〇", "○", "一百三", "13○", "二廿", "零三", "99999", "1 3", "²", "٣", "1百"]
)
def test_a_malformed_numeral_is_no_article(numeral: str) -> None:
    assert read_as(f"刑法第{numeral}條") == [(f"刑法第{numeral}條", WHOLE_LAW)]
    assert article_key(numeral) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # branches
        ("刑法第315條之1", penal("315-1")),
        ("刑法第315之1條", penal("315-1")),
        ("刑法第315-1條", penal("315-1")),
        ("刑法第315條-1", penal("315-1")),
        ("刑法第三百十五條之一妨害秘密罪", penal("315-1")),
        ("刑法第315條之1、之2及第316條", penal("315-1", "315-2", "316")),
        ("刑法第132條之一般規定", penal("132")),
        ("刑法第132條之三倍", penal("132")),
        ("刑法第132條之3倍", penal("132")),
        ("刑法第132條之參考", penal("132")),
        ("刑法第132條及之陸海空軍", penal("132")),
        ("刑法第132條之1之2", [("刑法第132條之1之2", WHOLE_LAW)]),
        # paragraphs
        ("刑法第132條第1項第2款第3目", penal("132")),
        ("刑法第132條第1、2項及第213條", penal("132", "213")),
        ("刑法第132條第1項前段、第213條", penal("132", "213")),
        ("刑法第132條及同條第2項、第213條", penal("132", "213")),
        # several
        ("個資法第19、20條及第41條", privacy("19", "20", "41")),
        ("個資法第19條，第20條或41條", privacy("19", "20", "41")),
        ("個資法第19條與第20條和第41條暨第44條", privacy("19", "20", "41", "44")),
        ("個資法第19條以及第20條、及第41條", privacy("19", "20", "41")),
        ("個資法第19條、第19條", privacy("19")),
        ("刑法第1,225條", [("刑法第1,225條", WHOLE_LAW)]),
        # ranges
        ("個資法第15條至第18條", privacy("15", "16", "17", "18")),
        ("個資法第15至18條", privacy("15", "16", "17", "18")),
        ("個資法第15條～第17條、19條", privacy("15", "16", "17", "19")),
        ("個資法第15條到第15條", privacy("15")),
        ("個資法第20條至第15條", privacy("20", "15")),
        ("個資法第1條至第30條", privacy(*map(str, range(1, 31)))),
        ("個資法第1條至第31條", privacy("1", "31")),
        ("個資法第15條之1至第15條之3", privacy("15-1", "15-2", "15-3")),
        ("個資法第15條之1至之3", privacy("15-1", "15-2", "15-3")),
        ("個資法第15條至第15條之3", privacy("15", "15-3")),
        ("個資法第15條第1項至第17條第2項", privacy("15", "16", "17")),
        ("個資法第15條第1項至第3項", privacy("15")),
        ("文書處理手冊第49點至第76點（文書保密）", [(HANDBOOK, "49-76")]),
        ("文書處理手冊第49至76點", [(HANDBOOK, "49-76")]),
        ("文書處理手冊第49-76點", [(HANDBOOK, "49-76")]),
        ("文書處理手冊第3點、第49至76點", [(HANDBOOK, "3"), (HANDBOOK, "49-76")]),
        ("文書處理手冊第10點之1", [(HANDBOOK, "10-1")]),
        ("文書處理手冊第1點之5", [(HANDBOOK, "1之5")]),
        # several laws
        ("刑法第132條及個資法第41條", [*penal("132"), *privacy("41")]),
        ("刑法第132條、違反個人資料保護法第41條", [*penal("132"), *privacy("41")]),
        ("刑法第132條洩密罪及第213條", penal("132", "213")),
        ("刑法第132條洩密罪、貪污治罪條例圖利罪第6條", [*penal("132"), ("貪污治罪條例圖利罪", "6")]),
        ("刑法第132條及員工須知，第3點", [*penal("132"), ("員工須知", "3")]),
        ("刑法第132條及其他規定第3條", [*penal("132"), ("其他規定", "3")]),
        ("刑法第132條、機密作業流程、第3條", [*penal("132"), ("機密作業流程", "3")]),
        ("刑法第132條個資法第41條", [*penal("132"), *privacy("41")]),
        ("個資法第41條與通訊保障及監察法第11條", [*privacy("41"), ("通訊保障及監察法", "11")]),
        ("個資法第19條及同法第41條", privacy("19", "41")),
        ("個資法第19條，該法第20條、前揭法第41條及本法第44條", privacy("19", "20", "41", "44")),
        ("個資法第19條及其施行細則第3條、同法第41條", [*privacy("19"), (PRIVACY + "施行細則", "3"), *privacy("41")]),
        ("貪污條例第4條、刑法第132條及同條例第5條", [("貪污治罪條例", "4"), *penal("132"), ("貪污治罪條例", "5")]),
        ("刑法第132條及同條例第5條", penal("132")),
        ("同法第5條", [("同法第5條", WHOLE_LAW)]),
        # without 第
        ("§132", [("§132", WHOLE_LAW)]),
        ("個資法§41", privacy("41")),
        ("個資法§§19、20及41", privacy("19", "20", "41")),
        ("個資法§19、§41第1項、刑法§315-1", [*privacy("19", "41"), *penal("315-1")]),
        ("個資法§41、20萬元", privacy("41")),
        ("個資法19條", privacy("19")),
        ("刑訴228條", [("刑事訴訟法", "228")]),
        ("洩漏個資19條", [("洩漏個資19條", WHOLE_LAW)]),
        # remarks
        ("刑法第132條（同法第213條）", penal("132")),
        ("刑法(洩密(過失)罪)第132條", penal("132")),
        ("刑法第132條（洩密、個資法第41條", penal("132")),
        ("刑法第132條）", penal("132")),
        ("洩密罪（刑法第132條）", penal("132")),
        ("個人資料保護法（下稱個資法）第41條", privacy("41")),
        ("（舊）刑法第132條", [("舊刑法", "132")]),
        ("刑法第13（略）2條", [("刑法第13（略）2條", WHOLE_LAW)]),
        ("刑法第13）2條", [("刑法第13）2條", WHOLE_LAW)]),
        # words around
        ("依據個資法第20條", privacy("20")),
        ("依個資法第20條，涉犯刑法第132條", [*privacy("20"), *penal("132")]),
        ("公務員觸犯刑法第132條之罪", penal("132")),
        ("按《刑法》第 132 條規定", penal("132")),
        ("「刑法」第132條", penal("132")),
        ("刑\u200b法第1\ufeff32條", penal("132")),
        ("刑法第一條件", [("刑法第一條件", WHOLE_LAW)]),
        ("刑法第三點鐘", [("刑法第三點鐘", WHOLE_LAW)]),
        # without an article
        ("國家賠償法", [("國家賠償法", WHOLE_LAW)]),
        ("刑法（洩密罪）、農會法", [(PENAL, WHOLE_LAW), ("農會法", WHOLE_LAW)]),
        ("第132條", [("第132條", WHOLE_LAW)]),
        ("洩密罪第132條。", [("洩密罪第132條", WHOLE_LAW)]),
        ("第132條及個資法第41條", privacy("41")),
        ("洩漏秘密", [("洩漏秘密", WHOLE_LAW)]),
        ("", [("", WHOLE_LAW)]),
    ],
)
def test_citations(text: str, expected: list[tuple[str, ...]]) -> None:
    assert read_as(text) == expected


def test_units_are_as_cited() -> None:
    assert read("刑法第132條及資訊守則第3點") == (Reference(PENAL, "132", "條"), Reference("資訊守則", "3", "點"))


@pytest.mark.parametrize(
    ("cell", "unit", "key"),
    [
        ("第132條", "", "132"),
        ("§132", "條", "132"),
        ("第10條之1", "", "10-1"),
        ("10之1", "條", "10-1"),
        ("第１０之１條", "", "10-1"),
        ("10-1", "條", "10-1"),
        ("49-76", "點", "49-76"),
        ("49至76", "", "49-76"),
        ("第49點至第76點", "點", "49-76"),
        ("第49～76點", "", "49-76"),
        ("1點之5", "", "1之5"),
        ("第19條第1項", "", "19"),
        ("全文", "", WHOLE_LAW),
        (" ", "", WHOLE_LAW),
        ("15至20", "條", None),
        ("19、20", "", None),
        ("個資法", "", None),
        ("-1", "", None),
        ("=1+1", "", None),
    ],
)
def test_article_cells(cell: str, unit: str, key: str | None) -> None:
    assert article_key(cell, unit) == key
