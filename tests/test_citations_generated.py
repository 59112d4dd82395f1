"""The grammar of citations on generated ones: a round trip, and no wrong article whatever is typed."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from retrieval.citations import WHOLE_LAW, article_key, read
from retrieval.law_names import SHORT_FORMS
from tests.test_citations import NAMES, PENAL, PETITIONS, PRIVACY, read_as

DIGITS = "零一二三四五六七八九"
KNOWN = [*SHORT_FORMS, PETITIONS]


def chinese(number: int) -> str:
    """132 -> 一百三十二."""
    text, gap = "", False
    for worth, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, worth)
        if digit:
            text += (
                ("零" if gap and text else "") + ("" if (digit, worth, text) == (1, 10, "") else DIGITS[digit]) + sign
            )
        gap = not digit
    return text


def numeral(number: int, style: random.Random) -> str:
    positional = "".join(DIGITS[int(digit)] for digit in str(number))
    full = str(number).translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    return style.choice([str(number), full, chinese(number), positional, f" {number} "])


def written(article: str, unit: str, style: random.Random) -> str:
    first, _, last = article.partition("-")
    number = numeral(int(first), style)
    if not last:
        return f"第{number}{unit}" + style.choice(["", "第1項", f"第{numeral(2, style)}項第3款", "（註）"])
    if unit == "點":
        to = style.choice(["點至第", "至", "點～第", "-"])
        return f"第{number}{to}{numeral(int(last), style)}點"
    branch = numeral(int(last), style)
    return style.choice([f"第{number}{unit}之{branch}", f"第{number}之{branch}{unit}", f"第{number}-{branch}{unit}"])


def a_law(style: random.Random) -> tuple[str, list[str], str]:
    """A law, articles of it, and a citation of these."""
    law = style.choice(KNOWN)
    unit = "點" if law.endswith(("要點", "手冊", "規範")) else "條"
    articles: list[str] = []
    for _ in range(style.randint(1, 4)):
        main = style.randint(1, 1200)
        more = f"-{style.randint(main + 1, main + 99) if unit == '點' else style.randint(1, 12)}"
        articles.append(f"{main}{style.choice(['', '', more])}")
    articles = list(dict.fromkeys(articles))
    texts = [written(article, unit, style) for article in articles]
    if unit == "條" and style.random() < 0.3:
        first = style.randint(1, 900)
        articles += [str(first + more) for more in range(style.randint(2, 30))]
        texts.append(f"第{numeral(first, style)}{style.choice(['條至第', '至', '條到第'])}{int(articles[-1])}條")
    name = style.choice([law, *SHORT_FORMS.get(law, "").split()])
    text = texts[0] + "".join(style.choice(["、", "及", "，", "或", "、及", "以及"]) + other for other in texts[1:])
    return law, list(dict.fromkeys(articles)), style.choice(["", "違反", "依"]) + style.choice(["", "《"]) + name + text


@given(some.randoms(use_true_random=False))
def test_what_was_written_is_read(style: random.Random) -> None:
    laws = [a_law(style) for _ in range(style.randint(1, 3))]
    text = laws[0][2] + "".join(style.choice(["、", "及", "；", "與"]) + law[2] for law in laws[1:])
    expected = [(law, article) for law, articles, _ in laws for article in articles]
    assert read_as(text) == list(dict.fromkeys(expected))


def test_every_number_in_chinese() -> None:
    for number in [*range(1, 1300), 5005, 9999]:
        assert article_key(chinese(number)) == str(number)


# Whatever is typed

WORDS = (
    "刑法 個資法 個人資料保護法 舊 修正前 陸海空軍 施行法 保護法 同法 同條 其施行細則 文書處理手冊 公約 一般規定 件 鐘 "
    "洩密罪 違反 依 全文 第 第 第 條 條 條 點 項 之 之 至 及 與 - 、 ， 。 ； § （ ） ( ) 《 》 "
    "132 20 1 ０ 十 百 廿 一百三十二"
)
OFTEN = (
    "第132條 第20條 第一百三十二條 第1項 §132 條之 第49至76點 刑法第132條 個資法第 20條 刑法 個資法 舊刑法 、 洩密罪及"
)
FRAGMENTS = [*WORDS.split(), *(OFTEN.split() * 8), "\n", "\x00", "\ud800", "\u200b", "😀", "a", "倍", "參"]


def garbage(style: random.Random) -> str:
    if style.random() < 0.1:
        return "".join(chr(style.randint(0, 0xFFFF)) for _ in range(style.randint(0, 40)))
    return "".join(style.choice(FRAGMENTS) for _ in range(style.randint(0, 25)))


def is_there(number: str, text: str) -> bool:
    """Whether a number is written in a text, or can lie in a range that is."""
    positional = "".join(DIGITS[int(digit)] for digit in number)
    short = chinese(int(number)).replace("二十", "廿")
    return any(way in text for way in (number, chinese(int(number)), positional, short, "至"))


def test_nothing_typed_breaks_it_or_gives_an_article_that_is_not_there() -> None:
    style = random.Random(20)
    cited = 0
    for _ in range(10_000):
        text = garbage(style)
        squeezed = re.sub("[《》\\s\x00\u200b]", "", text).replace("０", "0").replace("參", "三")
        references = read(text, NAMES)
        assert references and len(set(references)) == len(references)
        article_key(text)
        for reference in references:
            if reference.article == WHOLE_LAW or reference.law not in KNOWN:
                continue
            cited += 1
            assert reference.unit in text or "§" in text
            assert all(is_there(number, squeezed) for number in re.split("[之-]", reference.article)), text
            assert reference.law != PENAL or re.search("(?<!舊)(?<!修正前)(?<!陸海空軍)刑法(?!施行法)", squeezed), text
            assert reference.law != PRIVACY or "個資法" in squeezed or PRIVACY in squeezed, text
    assert cited > 4_000, "the fragments no longer make citations"


@given(some.text())
def test_any_text(text: str) -> None:
    assert read(text) and read(f"刑法第132條{text}") and read(f"{text}第132條")


def test_no_other_law_becomes_a_known_one() -> None:
    style = random.Random(21)
    others = [
        "舊刑法",
        "修正前刑法",
        "陸海空軍刑法",
        "刑法施行法",
        "保護法",
        "德國刑法",
        "（舊）刑法",
        "刑法（修正前）",
    ]
    numbers = ["第132條", "第1條至第3條", "§20", "第一條之一", "第9、10條", "19條"]
    for _ in range(2_000):
        cited = [style.choice(others) + style.choice(numbers) for _ in range(style.randint(1, 4))]
        text = style.choice(["、", "及", "；", "，違反", "洩密罪及", " "]).join(cited)
        laws = {reference.law for reference in read(text) if reference.article != WHOLE_LAW}
        assert not laws & {PENAL, PRIVACY}, text


@pytest.mark.parametrize(
    "text", ["第1、", "第", "(", "刑法及", "、", "同法", "第1條之", "一", "§1、", "刑法第1條及第", "、a"]
)
def test_long_texts_come_to_an_end(text: str) -> None:
    """A pattern that backtracks without bound would not: 2,400 characters are the most a cell may hold."""
    assert read(text * (2400 // len(text)), NAMES)


# The book
