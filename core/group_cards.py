"""Answers in a group, where others read along: brief, about the matter, never about who asked; the rest in private.

`kept_brief` has the last word on every reply to a group.
"""

from dataclasses import replace

from core import cards, menu_cards, words
from core.answers import Answer
from core.contact import Office
from core.in_private import typed
from core.messages import Button, Card, Item, Reply, Section
from core.plain_text import shorten
from retrieval.library import WHISTLEBLOW, Case, Entry, Guide

SHORT_ANSWER = 90  # characters of a guide's answer: a sentence or two
ASK = Button(words.ASK_IN_PRIVATE, postback="ask", audience="private")
_OPENERS = ("case", "happened", "guide", "guides", "menu")  # verbs that show a whole card or a list of them


def of_answer(answer: Answer, count: int, office: Office) -> Reply:
    """The reply to a question; whoever needs a person before any card gets the same words as anywhere."""
    notice, found = answer.notice or "", answer.found
    if answer.case:
        return of_case(answer.case, office, notice, found.happened)
    if words.CRISIS_NOTICE in notice:
        return cards.of_answer(answer, count, office)
    if found.verdict == "choose":
        near = tuple(map(_near, found.shown))
        return _short(words.GROUP_CHOOSE_TITLE, words.GROUP_CHOOSE_BODY, notice, near, office)
    if found.guide:
        return of_guide(found.guide, office, notice)
    return _short(words.NONE_TITLE, words.GROUP_NONE_BODY, notice, (ASK,), office)


def of_case(case: Case, office: Office, notice: str = "", happened: bool = False) -> Reply:
    """The conclusion, what to do, the laws by their names; nothing that tells what happened to anybody."""
    whole = Button(words.SEE_IN_PRIVATE, postback=f"case:{case.id}")
    first_aid = Button(words.HAPPENED_IN_PRIVATE, postback=f"happened:{case.id}")
    sections = (
        *cards.measures(case, office),
        office.section,
        Section(words.LAWS, tuple(Item(law.citation) for law in case.laws)),
        Section(buttons=_ways(first_aid, whole) if happened else _ways(whole)),
    )
    card = cards.of_case(case, office, notice=notice).card
    return Reply(replace(card, body="", sections=sections, footer=_footer(whole)))


def of_happened(case: Case, office: Office) -> Reply:
    """The same, with the way to what to do first: the steps themselves are for whoever it happened to."""
    return of_case(case, office, happened=True)


def of_guide(guide: Guide, office: Office, notice: str = "") -> Reply:
    """A general answer in a sentence or two; not a word of it where it would show somebody as a whistleblower."""
    whole = Button(words.SEE_IN_PRIVATE, postback=f"guide:{guide.id}")
    if guide.id == WHISTLEBLOW:
        return _short(words.DELICATE_TITLE, words.DELICATE_BODY, notice, _ways(whole), office)
    card = cards.of_guide(guide, office, notice).card
    body, sections = shorten(guide.answer, SHORT_ANSWER), (office.section, Section(buttons=_ways(whole)))
    summary = words.GUIDE_SUMMARY.format(title=guide.title, answer=body)
    return Reply(replace(card, summary=summary, body=body, sections=sections, footer=_footer(whole)))


def greeting(standing: str = "") -> Reply:
    """Hello, how one asks here, that one may ask in private, and whether tips will come, as menu_cards.greeting."""
    title, body = words.GREETING_TITLE, words.GROUP_GREETING_BODY
    footer = (*filter(None, [words.TIPS_IN_GREETING.get(standing)]), words.PRIVACY)
    card = Card(title, f"{title}。{body}", body=body, sections=(Section(buttons=(ASK,)),), footer=footer)
    return Reply(card, menu_cards.change_of(standing))


def welcome() -> Reply:
    """In private, for whoever came from a group: here one may ask, and tips come only to who wants them."""
    reply = cards.note(words.ASK_TITLE, words.ASK_BODY)
    return replace(reply, card=replace(reply.card, footer=(words.PRIVACY, words.HOW_TO_SUBSCRIBE)))


def help_card(office: Office) -> Reply:
    """How to use the bot in a group."""
    items = tuple(map(Item, words.GROUP_HELP_ITEMS))
    summary = f"{words.HELP_TITLE}：{words.GROUP_HELP_ITEMS[0]}"
    sections = (Section(words.HELP_HEADING, items), office.section, Section(buttons=(ASK,)))
    return Reply(Card(words.HELP_TITLE, summary, sections=sections))


def kept_brief(reply: Reply) -> Reply:
    """Any reply as a group may read it: what would open a whole card opens in private, and no ways on beside it."""
    sections = tuple(replace(section, buttons=tuple(map(_private, section.buttons))) for section in reply.card.sections)
    beside = tuple(button for button in reply.quick_replies if button not in cards.QUICK_REPLIES)
    return Reply(replace(reply.card, sections=sections), beside)


def _near(entry: Entry) -> Button:
    """Nobody is shown as a whistleblower, not as somebody who might be one either."""
    button = cards.opens(entry)
    return replace(button, label=words.DELICATE_TITLE) if entry.id == WHISTLEBLOW else button


def _private(button: Button) -> Button:
    opens = button.audience == "chat" and button.postback.partition(":")[0] in _OPENERS
    return replace(button, audience="private") if opens else button


def _ways(*into_private: Button) -> tuple[Button, ...]:
    """And the first of them for the presser alone."""
    return (*into_private, Button(words.ONLY_ME, postback=into_private[0].postback, audience="presser"))


def _footer(whole: Button) -> tuple[str]:
    return (words.OR_TYPE.format(typed=typed(whole.postback)),)


def _short(title: str, body: str, notice: str, ways: tuple[Button, ...], office: Office) -> Reply:
    sections = (Section(buttons=ways), office.section)
    return Reply(Card(title, f"{title}。{body}", notice=notice, body=body, sections=sections))
