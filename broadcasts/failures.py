"""Why some people did not get a tip: what the platforms said, put together in words."""

import re
from collections import Counter
from collections.abc import Iterable

from broadcasts import words
from broadcasts.model import RecipientStatus, Result, Tally


def tally(results: Iterable[Result]) -> Tally:
    """How many people have which status; PENDING counts CALLING too."""
    people: Counter[str] = Counter()
    for result in results:
        calling = result.status == RecipientStatus.CALLING
        people[RecipientStatus.PENDING if calling else result.status] += result.people
    return Tally(**people)


def by_reason(results: Iterable[Result], status: RecipientStatus = RecipientStatus.FAILED) -> list[tuple[str, int]]:
    """Reasons in words with how many people each, the most first; of those who have that status."""
    people: Counter[str] = Counter()
    for result in results:
        if result.status == status:
            people[reason(result.error) or words.NO_REASON[result.status]] += result.people
    return people.most_common()


def reason(error: str) -> str:
    """What the platform's answer means, in words; "" for no answer."""
    for pattern, said in words.REASONS.items():
        if re.search(pattern, error, re.IGNORECASE):
            return said
    return words.OTHER_REASON.format(error=error) if error else ""
