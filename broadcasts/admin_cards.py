"""What admins are shown of a tip: before it is sent, and how it stands afterwards."""

from collections.abc import Mapping
from dataclasses import replace

from broadcasts import hours, tips, words
from broadcasts.lifecycle import Lifecycle, Outlook
from broadcasts.model import UNDER_WAY, Broadcast, HoldReason, QuotaPolicy, Reason, Status
from broadcasts.tips import Tip
from core import cards, privacy
from core.contact import Office
from core.messages import Button, Card, ChannelSpec, Reply, Section
from core.words import OR


def preview(broadcast: Broadcast, broadcasts: Lifecycle, office: Office, admins: int) -> Reply:
    """The real card, whom it reaches, what that costs, and the choice; `admins` is how many can say yes at all."""
    outlook = broadcasts.outlook()
    waiting = [draft for draft in broadcasts.wanted_drafts() if draft.start_at and draft.id != broadcast.id]
    others = [*broadcasts.repository.with_status(*UNDER_WAY), *waiting]
    chosen = broadcast.quota_policy if broadcasts.repository.approvers(broadcast.id) else None
    lines = outlook_lines(outlook, broadcasts.specs, chosen)
    lines += private_lines(Tip.read(broadcast.tip), office)
    lines += [words.PREVIEW_AGAIN] if broadcasts.was_sent_today(broadcast.tip) else []
    lines += [words.UNDER_WAY.format(id=other.id, status=words.STATUS[other.status]) for other in others]
    lines += hour_lines(broadcast, broadcasts) + approval_lines(broadcast, broadcasts, admins)
    choices = (*_choices(broadcast.id, outlook, chosen), Button(words.CANCEL, postback=f"cancel:{broadcast.id}"))
    buttons = (*choices, *(_to_standing(other) for other in others))
    card = tips.card(Tip.read(broadcast.tip), office).card
    shown = replace(
        card,
        label=words.PREVIEW_LABEL,
        notice=" ".join(lines),
        sections=(*card.sections, Section(words.ASK_TO_CONFIRM, buttons=buttons)),
    )
    return Reply(shown, choices)


def outlook_lines(outlook: Outlook, specs: Mapping[str, ChannelSpec], chosen: QuotaPolicy | None = None) -> list[str]:
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
    if chosen in words.QUOTA_POLICY_CHOSEN:
        return [*lines, words.QUOTA_POLICY_CHOSEN[chosen]]
    return [*lines, words.PREVIEW_SHORT] if outlook.is_short else lines


def private_lines(tip: Tip, office: Office) -> list[str]:
    """What of own words looks private; the office's telephone is not."""
    kinds = privacy.kinds_in([tip.text.replace(office.phone, " ") if office.phone else tip.text])
    return [words.PREVIEW_PRIVATE.format(kinds="、".join(kinds))] if kinds else []


def hour_lines(broadcast: Broadcast, broadcasts: Lifecycle) -> list[str]:
    """When it goes out, where it has an hour."""
    when = hours.written(broadcast.start_at, broadcasts.zone)
    return [words.GOES_OUT_AT.format(when=when)] if broadcast.start_at else []


def approval_lines(broadcast: Broadcast, broadcasts: Lifecycle, admins: int) -> list[str]:
    """What else it takes before it goes out."""
    needed = broadcasts.approvals_of(broadcast)
    if needed < 2:
        return []
    said = words.PREVIEW_APPROVALS_BY_THEN if broadcast.start_at else words.PREVIEW_APPROVALS
    lines = [said.format(count=needed)]
    settings = OR.join(spec.admin_setting for spec in broadcasts.specs.values())
    return lines if admins >= needed else [*lines, words.TOO_FEW_ADMINS.format(admins=admins, settings=settings)]


def story(broadcast: Broadcast, broadcasts: Lifecycle) -> list[str]:
    """How it stands, in lines for a person."""
    tally = broadcasts.repository.tally(broadcast.id)
    is_to_come = broadcast.status in (Status.DRAFT, Status.APPROVED)
    lines = hour_lines(broadcast, broadcasts) if is_to_come else []
    lines += [words.TALLY.format(**tally._asdict())] if any(tally) else _why_nobody(broadcast)
    lines += [words.GIVEN_UP] if broadcast.status == Status.CANCELLED and tally.pending else []
    return lines + notes(broadcast, broadcasts)


def notes(broadcast: Broadcast, broadcasts: Lifecycle) -> list[str]:
    """What is to be said of it besides the numbers: who was left out, what has stopped, and what to do."""
    status = broadcast.status
    piggybacks = broadcast.quota_policy == QuotaPolicy.PIGGYBACK and status in words.PIGGYBACKING
    lines = [words.LEFT_OUT.format(count=broadcast.left_out)] if broadcast.left_out else []
    lines += [words.PIGGYBACKING[status]] if piggybacks else []
    lines += [words.PAUSED_BY_ADMIN] if broadcast.reason == Reason.PAUSED_BY_ADMIN else []
    is_restored = broadcast.reason == Reason.RESTORED and status == Status.PAUSED
    lines += [words.PAUSED_AS_RESTORED] if is_restored else []
    held = broadcasts.repository.held_channels(broadcast.id) if status in UNDER_WAY else {}
    return lines + [_held(channel, reason, broadcasts.specs) for channel, reason in held.items()]


def _why_nobody(broadcast: Broadcast) -> list[str]:
    if broadcast.status == Status.APPROVED and broadcast.start_at:
        return []
    return [line for line in (words.WHY_LAPSED.get(broadcast.reason), words.WHY_NOBODY.get(broadcast.status)) if line]


def standing(broadcast: Broadcast, broadcasts: Lifecycle) -> Reply:
    """How far it has come, and what can be done about it."""
    title = words.STANDING[broadcast.status].format(id=broadcast.id)
    body = "\n".join(story(broadcast, broadcasts))
    buttons = tuple(
        Button(label, postback=f"{verb}:{broadcast.id}") for verb, label in _what_can_be_done(broadcast, broadcasts)
    )
    card = Card(title, f"{title}。{body}", body=body, sections=(Section(buttons=buttons),) if buttons else ())
    return Reply(card, (*buttons, cards.MENU))


def _what_can_be_done(broadcast: Broadcast, broadcasts: Lifecycle) -> list[tuple[str, str]]:
    if broadcast.status == Status.SENDING:
        is_held = bool(broadcasts.repository.held_channels(broadcast.id))
        pause_or_resume = ("resume", words.RESUME) if is_held else ("pause", words.PAUSE)
        return [("standing", words.LOOK_AGAIN), pause_or_resume, ("cancel", words.GIVE_UP)]
    if broadcast.status == Status.PAUSED:
        return [("resume", words.RESUME), ("cancel", words.GIVE_UP)]
    if broadcast.status == Status.APPROVED:
        return [("cancel", words.GIVE_UP)]
    is_done = broadcast.status == Status.DONE and not broadcast.forgotten
    may_resend = is_done and broadcasts.repository.tally(broadcast.id).unknown
    return [("resend", words.RESEND)] if may_resend else []


def _to_standing(broadcast: Broadcast) -> Button:
    return Button(words.SEE_STANDING.format(id=broadcast.id), postback=f"standing:{broadcast.id}")


def _named(people: Mapping[str, int], specs: Mapping[str, ChannelSpec]) -> str:
    return "、".join(
        words.PEOPLE.format(channel=specs[channel].title, count=count) for channel, count in people.items()
    )


def _held(channel: str, reason: HoldReason, specs: Mapping[str, ChannelSpec]) -> str:
    """Why a channel has stopped, and what to do."""
    spec = specs.get(channel)
    title, setting = (spec.title, spec.token_setting) if spec else (channel, "")
    return words.HELD[reason].format(channel=title, setting=setting)


def _choices(broadcast_id: int, outlook: Outlook, chosen: QuotaPolicy | None) -> tuple[Button, ...]:
    """確認; where the quota is short and nobody has chosen yet, PIGGYBACK or SOME, with none left PIGGYBACK alone."""
    if chosen or not outlook.is_short:
        return (Button(words.CONFIRM, postback=f"confirm:{broadcast_id}:{QuotaPolicy.ALL}"),)
    piggyback = Button(words.CONFIRM_PIGGYBACK, postback=f"confirm:{broadcast_id}:{QuotaPolicy.PIGGYBACK}")
    some = Button(words.CONFIRM_SOME, postback=f"confirm:{broadcast_id}:{QuotaPolicy.SOME}")
    return (piggyback, some) if outlook.left else (piggyback,)
