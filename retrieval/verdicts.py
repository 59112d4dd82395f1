"""From chances to a verdict: which chance is enough to answer, to give a guide, to let choose, to stay silent.

The thresholds are no opinion. Each keeps a promise (Goals) on questions of the bank that the engine had not learned
from, and the loosest one that does is taken: split conformal prediction for what a choice shows, its extension to
other losses for the rest (Angelopoulos and Bates, "A Gentle Introduction to Conformal Prediction", 2021).
"""

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from retrieval.library import NO_CASE, WHISTLEBLOW, Label, Verdict

MOST_SHOWN = 3
# From fewer questions nothing can be promised, and the thresholds stay as Thresholds has them.
ENOUGH = 1000
# Even a promise that is easily kept lets nothing be answered, or offered, that is this unlikely.
LEAST_ANSWERED, LEAST_OFFERED = 0.05, 0.04

Ranked = Sequence[tuple[Label, float]]
"""Cases and guides with their chances, the best first; what is left of 1 is the chance that none fits."""


class Goals(NamedTuple):
    """Promises: shares of the questions that are treated so. The defaults (GOALS) are what the thresholds aim at."""

    sure: float = 0.97
    """Answers that are given as sure, and are right."""
    likely: float = 0.88
    """Answers that are given as likely, and are right."""
    guided: float = 0.85
    """Guides that are given, and are right."""
    silent: float = 0.93
    """Questions that nothing fits, and that are not made to choose."""
    offered: float = 0.98
    """Choices that show what is right, of those where anything is."""
    heard: float = 0.8
    """Guides for whistleblowers that are given, and are right: to take somebody for one does the smaller harm."""


GOALS = Goals()


class Thresholds(NamedTuple):
    """Chances from which something is done.

    `sure`, `likely`: the best case is the answer. `guide`: the best guide is given. `whistleblow`: that guide is given
    whatever case is more likely. `speak`: the best case is worth a choice. `offer`: what a choice shows besides, and
    what is worth a look beside an answer.
    """

    sure: float = 0.8
    likely: float = 0.6
    guide: float = 0.5
    speak: float = 0.2
    offer: float = 0.05
    whistleblow: float = 0.2


class Decision(NamedTuple):
    """A verdict, and the labels that are shown for it (see SearchResult)."""

    verdict: Verdict
    shown: tuple[Label, ...] = ()
    sure: bool = True


class Calibration(NamedTuple):
    """Thresholds, and how far they kept their promises on `asked` questions (0: too few to tell)."""

    thresholds: Thresholds = Thresholds()
    kept: Goals = Goals()
    asked: int = 0


def decide(ranked: Ranked, thresholds: Thresholds) -> Decision:
    """What to say to a question."""
    case, case_chance = _best(ranked, int)
    guide, guide_chance = _best(ranked, str)
    if _chance(ranked, WHISTLEBLOW) >= thresholds.whistleblow:
        return Decision("none", (WHISTLEBLOW,))
    if guide_chance >= thresholds.guide and case_chance < thresholds.speak:
        return Decision("none", (guide,))
    offered = tuple(label for label, chance in ranked[:MOST_SHOWN] if chance >= thresholds.offer)
    if case_chance >= max(thresholds.likely, guide_chance):
        beside = (label for label in offered if label != case and isinstance(label, int))
        return Decision("answer", (case, *beside), case_chance >= thresholds.sure)
    if case_chance >= thresholds.speak:
        return Decision("choose", tuple(sorted(offered, key=lambda label: label != WHISTLEBLOW)))
    return Decision("none")


def calibrate(asked: Sequence[tuple[Ranked, Label]]) -> Calibration:
    """The loosest thresholds that keep GOALS on these questions (their chances, and what is right)."""
    if len(asked) < ENOUGH:
        return Calibration()
    cases = [(chance, label == right) for ranked, right in asked for label, chance in [_best(ranked, int)]]
    guides = [(chance, label == right) for ranked, right in asked for label, chance in [_best(ranked, str)]]
    sure = _loosest(cases, GOALS.sure)
    likely = min(sure, _loosest([each for each in cases if each[0] < sure], GOALS.likely))
    guide = _loosest(guides, GOALS.guided)
    nothing = [_best(ranked, int)[1] for ranked, right in asked if right == NO_CASE]
    speak = min(likely, _quantile(nothing, GOALS.silent))
    thresholds = Thresholds(sure, likely, guide, speak, LEAST_OFFERED, _whistleblow(asked, guide))
    hidden = [
        -_chance(ranked[:MOST_SHOWN], right)
        for ranked, right in asked
        if right != NO_CASE and decide(ranked, thresholds).verdict == "choose"
    ]
    thresholds = thresholds._replace(offer=min(speak, max(LEAST_OFFERED, -_quantile(hidden, GOALS.offered))))
    return Calibration(thresholds, _kept(asked, thresholds), len(asked))


def _kept(asked: Sequence[tuple[Ranked, Label]], thresholds: Thresholds) -> Goals:
    decided = [(decide(ranked, thresholds), right) for ranked, right in asked]
    answers = [(made.sure, made.shown[0] == right) for made, right in decided if made.verdict == "answer"]
    return Goals(
        sure=_share(right for sure, right in answers if sure),
        likely=_share(right for sure, right in answers if not sure),
        guided=_share(right in made.shown for made, right in decided if made.verdict == "none" and made.shown),
        silent=_share(made.verdict != "choose" for made, right in decided if right == NO_CASE),
        offered=_share(right in made.shown for made, right in decided if made.verdict == "choose" and right != NO_CASE),
        heard=_share(right == WHISTLEBLOW for made, right in decided if made.shown == (WHISTLEBLOW,)),
    )


def _whistleblow(asked: Sequence[tuple[Ranked, Label]], guide: float) -> float:
    """As `guide`, but for this guide alone, however likely a case is."""
    chances = [(_chance(ranked, WHISTLEBLOW), right == WHISTLEBLOW) for ranked, right in asked]
    return min(guide, _loosest(chances, GOALS.heard))


def _best(ranked: Ranked, kind: type) -> tuple[Label, float]:
    return next(((label, chance) for label, chance in ranked if isinstance(label, kind)), (NO_CASE, 0.0))


def _chance(ranked: Ranked, label: Label) -> float:
    return next((chance for known, chance in ranked if known == label), 0.0)


def _loosest(scored: Iterable[tuple[float, bool]], goal: float) -> float:
    """The lowest score from which on at least `goal` are right; 1 where none keeps it."""
    ordered = sorted(scored, reverse=True)
    right = accumulate(is_right for _, is_right in ordered)
    keeping = [score for at, ((score, _), many) in enumerate(zip(ordered, right, strict=True), 1) if many >= goal * at]
    return max(LEAST_ANSWERED, keeping[-1]) if keeping else 1.0


def _quantile(values: Iterable[float], share: float) -> float:
    """A value that at least `share` of the values do not exceed, one more counted than there are (conformal)."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered), math.ceil((len(ordered) + 1) * share)) - 1]


def _share(judged: Iterable[bool]) -> float:
    every = list(judged)
    return sum(every) / len(every) if every else 1.0
