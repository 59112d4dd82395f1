"""What each answer looks like, as Cards: the one place that decides what is said in which order."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core import words
from core.answers import Answer
from core.messages import Button, Card, Item, Reply, Section
from retrieval.laws import Article, Law
from retrieval.library import Case

MENU_PAGE_SIZE = 10
SHORT_SITUATION = 300
_SENTENCE_END = re.compile(r"[。；;！？]")

MENU = Button(words.MENU, postback="menu")
HELP = Button(words.HELP, postback="help")
STOP = Button(words.STOP_TIPS, postback="stop")
QUICK_REPLIES = (MENU, HELP)


@dataclass(frozen=True)
class Office:
    """The human to turn to."""

    name: str
    contact: str | None = None

    @property
    def line(self) -> str:
        if self.contact:
            return words.OFFICE_WITH_CONTACT.format(office=self.name, contact=self.contact)
        return words.OFFICE.format(office=self.name)


def of_answer(answer: Answer, count: int, office: Office) -> Reply:
    """The reply to a question: the case, a choice of cases, or plainly none."""
    notice = answer.notice or ""
    if answer.case:
        others = tuple(candidate.case for candidate in answer.candidates[1:])
        return of_case(answer.case, office, words.CASE_LABEL, others, notice)
    if answer.verdict == "choose":
        return _choice(answer, office, notice)
    return no_case(words.NONE_TITLE, count, office, notice)


def of_case(
    case: Case, office: Office, label: str = words.CASE_OPENED_LABEL, others: tuple[Case, ...] = (), notice: str = ""
) -> Reply:
    """The card of a case: laws, countermeasures, whether it helped, the other close cases, the office."""
    card = Card(
        title=case.title,
        summary=_summary(case),
        label=label.format(id=case.id),
        notice=notice,
        body=shorten(case.situation),
        sections=(
            Section(words.LAWS, tuple(_law_item(law) for law in case.laws)),
            Section(words.COUNTERMEASURES, tuple(Item(text) for text in case.countermeasures)),
            *([Section(words.OTHER_CASES, buttons=tuple(map(_open, others)))] if others else []),
            Section(words.DID_IT_HELP, buttons=_feedback(case), inline=True),
        ),
        footer=(office.line, words.DISCLAIMER),
    )
    return Reply(card, QUICK_REPLIES)


def no_case(title: str, count: int, office: Office, notice: str = "") -> Reply:
    """Plainly: none of the known cases fits."""
    card = Card(
        title=title,
        summary=words.NONE_SUMMARY.format(office=office.name),
        notice=notice,
        body=words.NONE_BODY.format(count=count),
        sections=(Section(buttons=(MENU,)),),
        footer=(office.line,),
    )
    return Reply(card, QUICK_REPLIES)


def menu(cases: tuple[Case, ...], page: int, title: str = words.MENU_TITLE, body: str = words.MENU_BODY) -> Reply:
    """All cases, a page of them at a time; a page that does not exist is the first."""
    pages = max(1, -(-len(cases) // MENU_PAGE_SIZE))
    page = page if 1 <= page <= pages else 1
    shown = cases[(page - 1) * MENU_PAGE_SIZE : page * MENU_PAGE_SIZE]
    buttons = tuple(map(_open, shown))
    if pages > 1:
        last = page == pages
        buttons += (Button(words.FIRST_PAGE if last else words.NEXT_PAGE, postback=f"menu:{1 if last else page + 1}"),)
    heading = words.MENU_PAGE.format(page=page, pages=pages) if pages > 1 else ""
    return Reply(Card(title, f"{title}。{body}", body=body, sections=(Section(heading, buttons=buttons),)), (HELP,))


def greeting(cases: tuple[Case, ...], group: bool, subscribed: bool = False) -> Reply:
    """Hello, what this is, the menu, and that tips will come and how they stop."""
    body = words.GROUP_GREETING_BODY if group else words.GREETING_BODY
    reply = menu(cases, 1, words.GREETING_TITLE, body)
    footer = (words.SUBSCRIBED_GREETING, words.PRIVACY) if subscribed else (words.PRIVACY,)
    return Reply(replace(reply.card, footer=footer), (*QUICK_REPLIES, STOP) if subscribed else QUICK_REPLIES)


def help_card(office: Office) -> Reply:
    """How to use the bot."""
    items = tuple(Item(text) for text in words.HELP_ITEMS)
    card = Card(
        words.HELP_TITLE,
        f"{words.HELP_TITLE}：{words.HELP_ITEMS[0]}",
        sections=(Section(words.HELP_HEADING, items), Section(buttons=(MENU,))),
        footer=(office.line, words.DISCLAIMER),
    )
    return Reply(card, (MENU,))


def note(title: str, body: str) -> Reply:
    """A short message with the quick replies."""
    return Reply(Card(title, f"{title}。{body}", body=body), QUICK_REPLIES)


def shorten(text: str, limit: int = SHORT_SITUATION) -> str:
    """At most about `limit` characters, cut behind a sentence where there is one, else with an ellipsis."""
    if len(text) <= limit:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, limit)]
    return text[: ends[-1]] if ends and ends[-1] > limit // 3 else text[: limit - 1] + "…"


def _summary(case: Case) -> str:
    laws = "、".join(dict.fromkeys(article.name for law in case.laws for article in law.articles))
    return words.CASE_SUMMARY.format(title=case.title, id=case.id, laws=laws, measure=case.countermeasures[0])


def _law_item(law: Law) -> Item:
    known = [article for article in law.articles if article.gist]
    several = len(known) > 1
    detail = "\n".join(line for article in known for line in _facts(article, several))
    buttons = tuple(Button(article.name, url=article.url) for article in law.articles if article.url)
    return Item(law.citation, detail, buttons)


def _facts(article: Article, several: bool) -> Iterator[str]:
    """What it says, and what it costs where the article itself says so."""
    yield (words.ARTICLE.format(number=article.article) if several else "") + article.gist
    if article.penalty and not article.penalty.startswith(words.NO_PENALTY):
        yield words.PENALTY.format(penalty=article.penalty)


def _choice(answer: Answer, office: Office, notice: str) -> Reply:
    """Each case in words that a person recognises as theirs: how somebody else asked about it."""
    cases = [candidate.case for candidate in answer.candidates]
    asked = answer.examples or ("",) * len(cases)
    items = tuple(
        Item(
            case.title,
            words.EXAMPLE.format(question=example) if example else shorten(case.situation, 60),
            (_open(case),),
        )
        for case, example in zip(cases, asked, strict=True)
    )
    card = Card(
        words.CHOOSE_TITLE,
        words.CHOOSE_SUMMARY.format(titles="、".join(case.title for case in cases)),
        notice=notice,
        body=words.CHOOSE_BODY,
        sections=(Section(items=items), Section(buttons=(Button(words.NONE_OF_THESE, postback="none"),))),
        footer=(office.line,),
    )
    return Reply(card, QUICK_REPLIES)


def _open(case: Case) -> Button:
    return Button(case.title, postback=f"case:{case.id}")


def _feedback(case: Case) -> tuple[Button, ...]:
    """One number per card, so that a second press on it changes the vote instead of adding one."""
    card = secrets.token_hex(6)
    return (
        Button(words.HELPED, postback=f"helped:{case.id}:{card}"),
        Button(words.NOT_HELPED, postback=f"nothelped:{case.id}:{card}"),
    )
