"""What admins are shown of a tip: before it is sent, and how it stands afterwards."""

from collections.abc import Mapping
from dataclasses import replace

from broadcasts import tips
from broadcasts.lifecycle import ASKED, Broadcasts, Outlook, Row
from broadcasts.tips import Tip
from core import cards, words
from core.cards import Office
from core.channels import ChannelSpec
from core.messages import Button, Card, Reply, Section


def preview(row: Row, broadcasts: Broadcasts, office: Office, admins: int) -> Reply:
    """The real card, whom it reaches, what that costs, and the choice; `admins` is how many can say yes at all."""
    outlook = broadcasts.outlook()
    under_way = broadcasts.under_way()
    chosen = bool(broadcasts.approvers(row))
    lines = outlook_lines(outlook, broadcasts.specs, row.reach if chosen else "")
    lines += [words.PREVIEW_AGAIN] if broadcasts.was_sent_today(row.tip) else []
    lines += [words.UNDER_WAY.format(id=one.id, status=words.STATUS[one.status]) for one in under_way]
    lines += approval_lines(broadcasts, admins)
    choices = (*_choices(row.id, outlook, chosen), Button(words.CANCEL, postback=f"cancel:{row.id}"))
    ways = (*choices, *(_to_standing(one, words.SEE_STANDING.format(id=one.id)) for one in under_way))
    card = tips.card(Tip.read(row.tip), office).card
    shown = replace(
        card,
        label=words.PREVIEW_LABEL,
        notice=" ".join(lines),
        sections=(*card.sections, Section(words.ASK_TO_CONFIRM, buttons=ways)),
    )
    return Reply(shown, choices)


def outlook_lines(outlook: Outlook, specs: Mapping[str, ChannelSpec], chosen: str = "") -> list[str]:
    """Whom it would reach, what that costs of the quota, and what somebody has chosen to do about it."""
    if not outlook.people:
        return [words.PREVIEW_NOBODY]
    lines = [words.PREVIEW_PEOPLE.format(people=_named(outlook.people, specs))]
    if not outlook.cost:
        return lines
    if not outlook.known:
        return [*lines, words.PREVIEW_UNKNOWN.format(cost=outlook.cost)]
    if outlook.left is None:
        return [*lines, words.PREVIEW_UNLIMITED.format(cost=outlook.cost)]
    lines.append(words.PREVIEW_QUOTA.format(cost=outlook.cost, left=outlook.left))
    if chosen in words.REACH_CHOSEN:
        return [*lines, words.REACH_CHOSEN[chosen]]
    return [*lines, words.PREVIEW_SHORT] if outlook.is_short else lines


def approval_lines(broadcasts: Broadcasts, admins: int) -> list[str]:
    """What else it takes before it goes out."""
    needed = broadcasts.approvals
    if needed < 2:
        return []
    lines = [words.PREVIEW_APPROVALS.format(count=needed)]
    settings = words.OR.join(spec.admin_setting for spec in broadcasts.specs.values())
    return lines if admins >= needed else [*lines, words.TOO_FEW_ADMINS.format(admins=admins, settings=settings)]


def story(row: Row, broadcasts: Broadcasts) -> list[str]:
    """How it stands, in lines for a person."""
    tally = broadcasts.report(row)["recipients"]
    lines = [words.TALLY.format(**tally)] if any(tally.values()) else [words.WHY_NOBODY.get(row.status, "")]
    lines += [words.LEFT_OUT.format(count=row.left_out)] if row.left_out else []
    lines += [words.RIDING[row.status]] if row.reach == "ride" and row.status in words.RIDING else []
    lines += [words.PAUSED_BY_ADMIN] if row.status == "paused" and row.reason == ASKED else []
    lines += [words.GIVEN_UP] if row.status == "cancelled" and tally["pending"] else []
    return lines + [_held(channel, reason, broadcasts.specs) for channel, reason in broadcasts.held(row).items()]


def standing(row: Row, broadcasts: Broadcasts) -> Reply:
    """How far it has come, and what can be done about it."""
    title = words.STANDING[row.status].format(id=row.id)
    lead = "\n".join(story(row, broadcasts))
    buttons = tuple(Button(label, postback=f"{verb}:{row.id}") for verb, label in _what_can_be_done(row, broadcasts))
    card = Card(title, f"{title}。{lead}", body=lead, sections=(Section(buttons=buttons),) if buttons else ())
    return Reply(card, (*buttons, cards.MENU))


def _what_can_be_done(row: Row, broadcasts: Broadcasts) -> list[tuple[str, str]]:
    if row.status == "sending":
        on = ("resume", words.RESUME) if broadcasts.held(row) else ("pause", words.PAUSE)
        return [("standing", words.LOOK_AGAIN), on, ("cancel", words.GIVE_UP)]
    if row.status == "paused":
        return [("resume", words.RESUME), ("cancel", words.GIVE_UP)]
    doubtful = row.status == "done" and broadcasts.report(row)["recipients"]["unknown"]
    return [("resend", words.RESEND)] if doubtful else []


def _to_standing(row: Row, label: str) -> Button:
    return Button(label, postback=f"standing:{row.id}")


def _named(people: Mapping[str, int], specs: Mapping[str, ChannelSpec]) -> str:
    return "、".join(
        words.PEOPLE.format(channel=specs[channel].title, count=count) for channel, count in people.items()
    )


def _held(channel: str, reason: str, specs: Mapping[str, ChannelSpec]) -> str:
    """Why a channel has stopped, and what to do."""
    spec = specs.get(channel)
    title, setting = (spec.title, spec.token_setting) if spec else (channel, "")
    return words.HELD.get(reason, words.HELD["faults"]).format(channel=title, setting=setting)


def _choices(number: int, outlook: Outlook, chosen: bool) -> tuple[Button, ...]:
    """One 確認, or two where the quota does not reach everybody and nobody has chosen yet."""
    if chosen or not outlook.is_short:
        return (Button(words.CONFIRM, postback=f"confirm:{number}:all"),)
    ride = Button(words.CONFIRM_RIDE, postback=f"confirm:{number}:ride")
    some = Button(words.CONFIRM_SOME, postback=f"confirm:{number}:some")
    return (ride, some) if outlook.left else (ride,)
