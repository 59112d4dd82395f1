"""Names that look like a setting and are none: the setting that was probably meant."""

import unicodedata
from collections import Counter
from collections.abc import Collection
from difflib import SequenceMatcher, get_close_matches
from typing import NamedTuple

LONG = 12  # letters, from which on one in LETTERS_A_SLIP may be wrong in a name that is still told from all others
LETTERS_A_SLIP = 5
ALIKE = 0.75  # difflib's measure


class Guess(NamedTuple):
    """`setting` was probably meant; `is_certain` where nothing else can have been."""

    setting: str
    is_certain: bool


def guess(name: str, settings: Collection[str], shared: Collection[str], is_ours: bool) -> Guess | None:
    """What a name that is no setting was meant to be; None: most likely another program's.

    `is_ours`: it stands in our own file, not among the environment's names, which are everybody's. `shared`: settings
    that are everybody's too, so that a name like one of these is blamed in our own file alone.
    """
    plain, known = _plain(name), [*settings, *shared] if is_ours else settings
    alike = get_close_matches(plain, known, 1, ALIKE)
    if alike and (plain == alike[0] or _is_mistyped(plain, alike[0])):
        return Guess(alike[0], True)
    family, *rest = plain.split("_")
    families = Counter(setting.partition("_")[0] for setting in settings)
    is_of_family = bool(rest) and families[family] >= (1 if is_ours else 2)
    if is_ours or is_of_family:
        (nearest,) = get_close_matches(plain, known, 1, 0)
        if is_ours and _lacks_words(plain, nearest):
            return Guess(nearest, True)
        if is_of_family or alike:
            return Guess(nearest, False)
    return None


def _plain(name: str) -> str:
    """In capitals of half width, without what nobody sees."""
    seen = "".join(each for each in name if unicodedata.category(each) not in ("Cf", "Cc"))
    return "_".join(unicodedata.normalize("NFKC", seen).upper().replace("-", " ").replace(".", " ").split())


def _is_mistyped(name: str, setting: str) -> bool:
    """A short name is told from others by its first letter: JAR_DIR, FTP_PROXY and the like are somebody else's."""
    changes = SequenceMatcher(None, name, setting).get_opcodes()
    wrong = sum(max(end - start, to - since) for kind, start, end, since, to in changes if kind != "equal")
    is_swapped = sorted(name) == sorted(setting)
    if len(setting) >= LONG:
        return wrong <= len(setting) // LETTERS_A_SLIP
    return name[:1] == setting[:1] and wrong <= (2 if is_swapped else 1)


def _lacks_words(name: str, setting: str) -> bool:
    """TELEGRAM_TOKEN for TELEGRAM_BOT_TOKEN: whose setting it is and what it holds, without what stands between."""
    words, left = name.split("_"), iter(setting.split("_"))
    ends = setting.split("_")[0], setting.split("_")[-1]
    return len(words) > 1 and (words[0], words[-1]) == ends and all(word in left for word in words)
