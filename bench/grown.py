"""Libraries and subscribers of any size, made of what is shipped.

Texts are chains of words (first order, Markov): each word follows the one before as it does somewhere in the shipped
cases and questions. So every case is another text, in the vocabulary of this field. A question for a case is a stretch
of its situation between words of the shipped bank.
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from broadcasts.model import Recipient
from retrieval import library_sheets
from retrieval import text as texts
from retrieval.library import NO_CASE, Case, Library, Question, assemble

DATA = Path(__file__).parent.parent / "data"
END = ""
ENDS = ("嗎", "可以嗎", "會怎樣", "有沒有關係")


class Chain:
    """Random texts out of the words of others; the same `seed` gives the same ones."""

    def __init__(self, examples: Iterable[str], seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._next: dict[str, list[str]] = defaultdict(list)
        for example in examples:
            for word, following in itertools.pairwise([END, *texts.words(example), END]):
                self._next[word].append(following)

    def text(self, length: int) -> str:
        """At least so many characters, one stretch after the other."""
        made, word = "", END
        while len(made) < length:
            word = self._chance.choice(self._next[word])
            made += word or "，"
        return made.rstrip("，")

    def asking(self, story: str, length: int = 14) -> str:
        """A question about a story, in words of its own and of others."""
        start = self._chance.randrange(max(1, len(story) - length))
        return self.text(3) + story[start : start + length] + self._chance.choice(ENDS)


def shipped() -> Library:
    return library_sheets.load_folder(DATA)


def chain_of(library: Library, seed: int = 1) -> Chain:
    stories = [case.situation for case in library.cases]
    return Chain([*stories, *(question.text for question in library.questions[::4])], seed)


def library(size: int, questions: int = 0) -> Library:
    """The shipped library with its questions, and cases until there are `size`, each with so many questions."""
    base = shipped()
    chain = chain_of(base)
    first = max(case.id for case in base.cases) + 1
    made = list(_cases(chain, range(first, size + 1), base.cases))
    asked = [Question(chain.asking(case.situation), case.id) for case in made for _ in range(questions)]
    return assemble((*base.cases, *made)[:size], (*base.questions, *asked), base.laws, base.guides)


def _cases(chain: Chain, numbers: Iterable[int], models: tuple[Case, ...]) -> Iterator[Case]:
    """As long as the shipped ones, with the citations of one of them."""
    for number in numbers:
        model = models[number % len(models)]
        measures = tuple(chain.text(30) for _ in range(2))
        yield Case(number, chain.text(12), chain.text(100), model.citations, measures)


def asked(library: Library, count: int) -> list[str]:
    """Questions about cases of it drawn at random."""
    chain, chance = chain_of(library, 2), random.Random(3)
    return [chain.asking(chance.choice(library.cases).situation) for _ in range(count)]


def labelled(library: Library) -> int:
    """How many of its questions belong to a case."""
    return sum(question.case_id != NO_CASE for question in library.questions)


def people(count: int, channel: str = "telegram") -> Iterator[Recipient]:
    """Addresses as the channel has them, in no order."""
    chance = random.Random(4)
    for number in range(count):
        mixed = chance.randrange(1 << 30) * count + number
        yield Recipient(channel, f"U{mixed:032x}" if channel == "line" else str(mixed))
