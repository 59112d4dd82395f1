"""An index as arrays, and back: what was learned of a library is kept for the next start (cache.py)."""

import hashlib
import json
import logging
import sys
from collections.abc import Iterable, Sequence
from functools import cache as once
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import logs
from retrieval.cache import Arrays, Cache
from retrieval.classifier import Classifier, Rows, numbered
from retrieval.fitted import Fitted
from retrieval.library import Case, Library
from retrieval.postings import Columns
from retrieval.ranking import Ranker
from retrieval.search import Index
from retrieval.text import DATA
from retrieval.verdicts import Calibration, Goals, Thresholds

log = logging.getLogger(__name__)

KIND = "index"
TYPES = {
    **dict.fromkeys(("about", "asked", "classes", "signs", "terms"), np.uint8),
    **{"idf": np.float64, "intercept": np.float64, "weights": np.float32},
    **{"examples.starts": np.int32, "examples.columns": np.int32, "examples.values": np.float32},
    **{"postings.terms": np.int64, "postings.counts": np.int64},
    **{"postings.owners": np.int32, "postings.weights": np.float32, "ranked": np.int64},
}
"""Of each array; of the terms of each kind (terms.0, terms.1, …) without their number."""
MADE_BY = ("numpy", "scipy", "scikit-learn", "jieba", "opencc")
Signs = npt.NDArray[np.uint8]


def build(library: Library, cache: Cache) -> Index:
    """An index of this library, learned now or as it was kept."""
    source = _source(library)
    kept = cache.load(KIND, source)
    if kept is not None:
        try:
            _require(all(array.dtype == TYPES[name.rstrip(".0123456789")] for name, array in kept.items()))
            return Index(library, fitted=_fitted(kept))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            log.warning("the kept index is not understood, and made anew: %s", logs.describe(error))
    index = Index(library)
    keep(index, cache)
    return index


def keep(index: Index, cache: Cache) -> None:
    """For whoever builds an index of this library next."""
    cache.keep(KIND, _source(index.library), _arrays(index.fitted))


def _source(library: Library) -> bytes:
    """A digest of all that an index is made from: what is searched, how, and by which versions of the libraries."""
    entries = [
        [each.id, each.title, each.texts, each.story, isinstance(each, Case)] for each in library.entries.values()
    ]
    questions = [[each.text, each.label, each.case_id, each.happened] for each in library.bank]
    content = json.dumps([entries, questions])
    return hashlib.sha256(_program() + hashlib.sha256(content.encode()).digest()).digest()


@once
def _program() -> bytes:
    """A digest of our own sources and of the versions of others'; read once, as the program is."""
    digest = hashlib.sha256(json.dumps([sys.version, *map(version, MADE_BY)]).encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), DATA / "words.txt", DATA / "synonyms.csv"):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()


def _arrays(fitted: Fitted) -> Arrays:
    words, labels = list(fitted.asked), list(fitted.asked.values())
    about = {"calibration": fitted.calibration, "labels": labels}
    arrays: dict[str, npt.NDArray[np.generic]] = {"about": _signs(json.dumps(about)), "asked": _lines(words)}
    if fitted.classifier:
        arrays |= _of_classifier(fitted.classifier)
    if fitted.ranker:
        ranker = fitted.ranker
        arrays |= {f"postings.{name}": column for name, column in ranker.postings.columns._asdict().items()}
        arrays |= {"ranked": np.array([ranker.count, ranker.texts_count]), "signs": _signs(ranker.signs)}
    return arrays


def _of_classifier(classifier: Classifier) -> Arrays:
    arrays = {f"examples.{name}": column for name, column in classifier.examples._asdict().items()}
    arrays |= {f"terms.{at}": _lines(terms) for at, terms in enumerate(classifier.positions)}
    arrays |= {"classes": _signs(json.dumps(classifier.classes)), "intercept": classifier.intercept}
    return arrays | {"idf": classifier.idf, "weights": classifier.weights}


def _fitted(arrays: Arrays) -> Fitted:
    about = json.loads(_text(arrays["about"]))
    thresholds, kept, asked = about["calibration"]
    return Fitted(
        _classifier(arrays) if "classes" in arrays else None,
        _ranker(arrays) if "signs" in arrays else None,
        dict(zip(_words(arrays["asked"]), about["labels"], strict=True)),
        Calibration(Thresholds(*thresholds), Goals(*kept), asked),
    )


def _classifier(arrays: Arrays) -> Classifier:
    many = sum(name.startswith("terms.") for name in arrays)
    positions = numbered(_words(arrays[f"terms.{at}"]) for at in range(many))
    examples = Rows(*(arrays[f"examples.{name}"] for name in Rows._fields))
    classes, idf, weights = tuple(json.loads(_text(arrays["classes"]))), arrays["idf"], arrays["weights"]
    _require(arrays["intercept"].shape == (len(classes) + 1,))
    _require(sum(map(len, positions)) == len(idf) and weights.shape == (len(idf), len(classes) + 1))
    _require(_are_parts(np.diff(examples.starts), examples.columns) and len(examples.columns) == len(examples.values))
    _require(_are_below(examples.columns, len(idf)))
    return Classifier(classes, arrays["intercept"], positions, idf, weights, examples)


def _ranker(arrays: Arrays) -> Ranker:
    count, texts_count = arrays["ranked"].tolist()
    columns = Columns(*(arrays[f"postings.{name}"] for name in Columns._fields))
    _require(_are_parts(columns.counts, columns.owners) and len(columns.owners) == len(columns.weights))
    _require(len(columns.terms) == len(columns.counts) and _are_below(columns.owners, texts_count))
    return Ranker(count, texts_count, _text(arrays["signs"]), columns)


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("arrays that do not fit together")


def _are_parts(sizes: npt.NDArray[Any], whole: npt.NDArray[Any]) -> bool:
    return bool((sizes >= 0).all()) and int(sizes.sum()) == len(whole)


def _are_below(places: npt.NDArray[Any], end: int) -> bool:
    return not len(places) or (int(places.min()) >= 0 and int(places.max()) < end)


def _signs(text: str) -> Signs:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)


def _text(signs: Signs) -> str:
    return bytes(signs).decode("utf-8", "surrogatepass")


def _lines(words: Iterable[str]) -> Signs:
    """Terms and words hold no line's end."""
    return _signs("\n".join(words))


def _words(lines: Signs) -> Sequence[str]:
    return _text(lines).split("\n") if len(lines) else []
