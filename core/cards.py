"""What each answer looks like, as Cards: the one place that decides what is said in which order."""

from collections.abc import Iterator
from dataclasses import replace

from core import handover, law_items, words
from core.answers import Answer
from core.contact import Office
from core.messages import Button, Card, Item, Reply, Section
from core.plain_text import shorten
from retrieval.library import WHISTLEBLOW, Case, Entry, Guide

BRIEF_SITUATION = 80
WHOLE_LEAD = 2000

MENU = Button(words.MENU, postback="menu")
HELP = Button(words.HELP, postback="help")
GUIDES = Button(words.GUIDES, postback="guides")
WITNESS = Button(words.WITNESS, postback=f"guide:{WHISTLEBLOW}")
NOT_THIS = Button(words.NOT_THIS, postback="none")
NONE_OF_THESE = Button(words.NONE_OF_THESE, postback="none")
STOP = Button(words.STOP_TIPS, postback="stop")
SUBSCRIBE = Button(words.SUBSCRIBE_TIPS, postback="subscribe")
QUICK_REPLIES = (MENU, HELP)


def of_answer(answer: Answer, count: int, office: Office) -> Reply:
    """The reply to a question."""
    notice, found = answer.notice or "", answer.found
    if not answer.case and words.CRISIS_NOTICE in notice:
        return note(words.CRISIS_TITLE, notice)
    if answer.case:
        label = words.CASE_LABEL if found.sure else words.CASE_LIKELY_LABEL
        label = words.HAPPENED_LABEL if found.happened else label
        return of_case(answer.case, office, label, found.shown[1:], notice, found.sure, found.happened)
    if found.verdict == "choose":
        return _choice(answer, office, notice)
    if found.guide:
        return of_guide(found.guide, office, notice)
    return no_case(words.NONE_TITLE, count, office, notice, handover.offer(answer.question, answer.message))


def of_case(
    case: Case,
    office: Office,
    label: str = words.CASE_OPENED_LABEL,
    others: tuple[Entry, ...] = (),
    notice: str = "",
    sure: bool = True,
    happened: bool = False,
) -> Reply:
    """The card of a case: the conclusion, what to do, whom to ask, the laws and their cost; last, whether it helped.

    It is read from the top on the page and from the bottom in a chat, so it ends in what can be pressed.
    """
    card = Card(
        title=case.title,
        summary=_summary(case),
        label=label.format(id=case.id),
        notice=notice,
        body=words.FIRST_AID_BODY if happened else "",
        sections=(
            *([] if sure else [_is_it_this(case)]),
            *([_steps(case)] if happened else []),
            *measures(case, office),
            office.section,
            *([] if happened else [Section(buttons=(Button(words.HAPPENED, postback=f"happened:{case.id}"),))]),
            law_items.section(case),
            _story(case),
            *([Section(words.OTHER_CASES, buttons=tuple(map(opens, others)))] if others else []),
            _did_it_help(case),
        ),
        footer=(words.DISCLAIMER,),
        permalink=f"case/{case.id}",
    )
    return Reply(card, QUICK_REPLIES)


def measures(case: Case, office: Office) -> Iterator[Section]:
    """What the asker can do, and behind it what only the agency can."""
    own = (*case.advice, *case.own_measures) or (words.ONLY_AGENCY.format(office=office.name),)
    yield Section(words.YOU_CAN, tuple(map(Item, own)))
    if case.agency_measures:
        yield Section(words.AGENCY_SHOULD, tuple(map(Item, case.agency_measures)))


def _is_it_this(case: Case) -> Section:
    """What tells an asker whether it is theirs."""
    return Section(words.IS_IT_THIS, (Item(shorten(case.situation, BRIEF_SITUATION)),), (NOT_THIS,))


def _story(case: Case) -> Section:
    """What happened in this case, which its title tells in short."""
    return Section(words.STORY, (Item("", shorten(case.situation)),), folded=True, unfold=_whole(words.UNFOLD, case))


def whole(entry: Entry, office: Office) -> Reply:
    """What the card of a case or guide folds, in full: for faces that cannot fold."""
    back = Button(words.FOLD, postback=opens(entry).postback)
    card = Card(
        title=entry.title,
        summary=f"{entry.title}。{shorten(entry.lead)}",
        body=shorten(entry.lead, WHOLE_LEAD),
        sections=(replace(law_items.section(entry), folded=False), office.section, Section(buttons=(back,))),
        footer=(words.DISCLAIMER,),
    )
    return Reply(card, QUICK_REPLIES)


def _whole(label: str, entry: Entry) -> Button:
    return Button(label, postback=f"whole:{entry.id}")


def first_aid(case: Case, office: Office) -> Reply:
    """The other face of a case: what to do, in order, now that it has happened."""
    to_case = Section(buttons=(Button(words.WHOLE_CASE, postback=f"case:{case.id}"), NOT_THIS))
    card = Card(
        title=case.title,
        summary=words.FIRST_AID_SUMMARY.format(step=(case.first_aid or words.FIRST_AID)[0]),
        label=words.HAPPENED_LABEL.format(id=case.id),
        body=words.FIRST_AID_BODY,
        sections=(_steps(case), office.section, to_case, _did_it_help(case)),
        footer=(words.DISCLAIMER,),
    )
    return Reply(card, QUICK_REPLIES)


def _steps(case: Case) -> Section:
    return Section(words.FIRST_AID_HEADING, tuple(map(Item, case.first_aid or words.FIRST_AID)), (WITNESS,))


def of_guide(guide: Guide, office: Office, notice: str = "") -> Reply:
    """The card of a general answer: the answer, the steps, whom to ask, the laws; and who stands behind it."""
    label = words.GUIDE_LABEL if guide.approved else words.GUIDE_DRAFT_LABEL.format(office=office.name)
    card = Card(
        title=guide.title,
        summary=words.GUIDE_SUMMARY.format(title=guide.title, answer=guide.answer),
        label=label,
        notice=notice,
        body=guide.answer,
        sections=(
            Section(words.GUIDE_STEPS, tuple(map(Item, guide.steps))),
            office.section,
            *([replace(law_items.section(guide), unfold=_whole(words.UNFOLD_GUIDE, guide))] if guide.laws else []),
            Section(buttons=(GUIDES, MENU)),
        ),
        footer=(words.DISCLAIMER,),
        permalink=f"guide/{guide.id}",
    )
    return Reply(card, QUICK_REPLIES)


def no_case(title: str, count: int, office: Office, notice: str = "", offered: tuple[Section, ...] = ()) -> Reply:
    """Plainly: nothing that is known fits; and what is `offered` instead."""
    card = Card(
        title=title,
        summary=words.NONE_SUMMARY.format(office=office.name),
        notice=notice,
        body=words.NONE_BODY.format(count=count),
        sections=(Section(buttons=(MENU, GUIDES)), *offered, office.section),
    )
    return Reply(card, QUICK_REPLIES)


def note(title: str, body: str) -> Reply:
    """A short message with the quick replies."""
    return Reply(Card(title, f"{title}。{body}", body=body), QUICK_REPLIES)


def _summary(case: Case) -> str:
    laws = "、".join(dict.fromkeys(article.name for law in case.laws for article in law.articles))
    measure = (*case.advice, *case.own_measures, *case.countermeasures)[0].rstrip("。") + "。"
    return words.CASE_SUMMARY.format(title=case.title, id=case.id, laws=laws, measure=measure)


def _choice(answer: Answer, office: Office, notice: str) -> Reply:
    """Each case or guide in words that a person recognises as theirs: how somebody else asked about it."""
    shown = answer.found.shown
    asked = answer.examples or ("",) * len(shown)
    items = tuple(
        Item(each.title, words.EXAMPLE.format(question=example) if example else shorten(each.lead, 60), (opens(each),))
        for each, example in zip(shown, asked, strict=True)
    )
    card = Card(
        words.CHOOSE_TITLE if len(shown) > 1 else words.CHOOSE_ONE_TITLE,
        words.CHOOSE_SUMMARY.format(titles="、".join(each.title for each in shown)),
        notice=notice,
        body=words.CHOOSE_BODY,
        sections=(Section(items=items), Section(buttons=(NONE_OF_THESE,)), office.section),
    )
    return Reply(card, QUICK_REPLIES)


def opens(entry: Entry) -> Button:
    """The button that opens a case or a guide."""
    return Button(entry.title, postback=f"{'case' if isinstance(entry, Case) else 'guide'}:{entry.id}")


def _did_it_help(case: Case) -> Section:
    """Its buttons get the card's number where it is shown (core/ballots.py)."""
    votes = (
        Button(words.HELPED, postback=f"helped:{case.id}"),
        Button(words.NOT_HELPED, postback=f"nothelped:{case.id}"),
    )
    return Section(words.DID_IT_HELP, buttons=votes, inline=True)
