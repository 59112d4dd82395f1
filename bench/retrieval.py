"""How fast and how right the search is, beside scikit-learn's TfidfVectorizer, rank_bm25 and bm25s.

    python -m bench.retrieval [--drcd drcd_dev.json] [--sizes 1000 10000 100000]

Everything runs in one process, tokenising included, one question after the other and the engines in turn, so the
columns compare whatever else the machine does. Times are medians. "index s" and "MB" are this project's, in a
process of its own.
"""

import argparse
import json
import multiprocessing
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import bm25s
import jieba
import numpy as np
from rank_bm25 import BM25Okapi
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.report import Report, show, spread
from retrieval import library, library_sheets, search

DATA = Path(__file__).parent.parent / "data"
ASKED = 200
BLOCK = 20
REPORTED = (1_000, 5_000)
SLOWEST = 10_000  # rank_bm25 takes seconds a question beyond

Ask = Callable[[str], int]
JIEBA = jieba.Tokenizer()


def plain_words(text: str) -> list[str]:
    """What the plain recipe does: jieba words of the text as it is."""
    return [word for word in JIEBA.lcut(text) if word.strip()]


def ours(passages: Sequence[str]) -> Ask:
    cases = tuple(library.Case(i, "", passage, (), ()) for i, passage in enumerate(passages, 1))
    index = search.Index(library.Library(cases))
    return lambda question: index.search(question).candidates[0].case.id - 1


def tfidf(passages: Sequence[str]) -> Ask:
    vectorizer = TfidfVectorizer(analyzer=plain_words)
    matrix = vectorizer.fit_transform(passages)
    return lambda question: int((matrix @ vectorizer.transform([question]).T).toarray().argmax())


def rank_bm25(passages: Sequence[str]) -> Ask:
    engine = BM25Okapi([plain_words(passage) for passage in passages])
    return lambda question: int(np.argmax(engine.get_scores(plain_words(question))))


def lucene(passages: Sequence[str], cut: Callable[[str], list[str]] = plain_words) -> Ask:
    engine = bm25s.BM25(method="lucene")
    engine.index([cut(passage) for passage in passages], show_progress=False)

    def ask(question: str) -> int:
        return int(engine.retrieve([cut(question)], k=3, show_progress=False)[0][0, 0])

    return ask


def lucene_with_pairs(passages: Sequence[str]) -> Ask:
    return lucene(passages, lambda text: plain_words(text) + [text[i : i + 2] for i in range(len(text) - 1)])


ENGINES: dict[str, Callable[[Sequence[str]], Ask]] = {
    "this project": ours,
    "bm25s words": lucene,
    "bm25s words+pairs": lucene_with_pairs,
    "TfidfVectorizer": tfidf,
    "rank_bm25": rank_bm25,
}


def drcd(path: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """The passages of a DRCD file, and its questions with the number of their passage."""
    passages: list[str] = []
    questions: list[tuple[str, int]] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            questions += [(asked["question"], len(passages)) for asked in paragraph["qas"]]
            passages.append(paragraph["context"])
    return passages, questions


def synthetic(sentences: Sequence[str], size: int, length: int) -> Iterator[str]:
    """Texts about as long as a case, of sentences drawn at random."""
    chance = random.Random(size)
    for _ in range(size):
        text = ""
        while len(text) < length:
            text += chance.choice(sentences)
        yield text


def median_times(asks: dict[str, Ask], questions: Sequence[str]) -> dict[str, float]:
    """Median milliseconds a question, by engine."""
    return {name: statistics.median(taken) for name, taken in times_of(asks, questions).items()}


def times_of(asks: dict[str, Ask], questions: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds of each question, by engine.

    Engines take turns block by block: all see the same load of the machine, and each works with warm caches,
    as an engine that is alone in its process does.
    """
    times: dict[str, list[float]] = {name: [] for name in asks}
    for start in range(0, len(questions), BLOCK):
        for name, ask in asks.items():
            for question in questions[start : start + BLOCK]:
                began = time.perf_counter()
                ask(question)
                times[name].append((time.perf_counter() - began) * 1000)
    return times


def shipped() -> list[str]:
    """Print how long the shipped library takes; the questions of its bank."""
    start = time.perf_counter()
    index = search.Index(library_sheets.load_folder(DATA))
    built = time.perf_counter() - start
    questions = [question.text for question in index.library.questions]
    sample = random.Random(1).sample(questions, 1000)
    taken = median_times({"ours": lambda text: len(index.search(text).candidates)}, sample)
    print(f"shipped library: built in {built:.2f} s, {taken['ours']:.3f} ms a question\n")
    return questions


def accuracy(passages: Sequence[str], questions: Sequence[tuple[str, int]]) -> None:
    print(f"right passage first, {len(passages)} passages, {len(questions)} questions")
    for name, build in ENGINES.items():
        ask = build(passages)
        print(f"  {name:20}{statistics.mean(ask(text) == right for text, right in questions):8.4f}")
    print()


def indexing(sentences: Sequence[str], size: int, length: int) -> tuple[float, float]:
    """Seconds this project takes to index so many texts, and the most megabytes of its process meanwhile."""
    passages = list(synthetic(sentences, size, length))
    start = time.perf_counter()
    ours(passages)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def speed(sentences: Sequence[str], questions: Sequence[str], sizes: Sequence[int], length: int) -> None:
    names = [name for name in ENGINES if name != "bm25s words+pairs"]
    print(f"{'texts':>8}{'index s':>9}{'MB':>7}" + "".join(f"{name:>18}" for name in names) + "   (ms a question)")
    for size in sizes:
        passages = list(synthetic(sentences, size, length))
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            built, memory = alone.submit(indexing, sentences, size, length).result()
        asks = {name: ENGINES[name](passages) for name in names if size <= SLOWEST or name != "rank_bm25"}
        taken = median_times(asks, questions)
        cells = "".join(f"{taken[name]:18.3f}" if name in taken else f"{'-':>18}" for name in names)
        print(f"{size:8}{built:9.1f}{memory:7.0f}{cells}", flush=True)


def report() -> Report:
    """Ours beside the others', over texts without questions."""
    library = library_sheets.load_folder(DATA)
    sentences = [question.text for question in library.questions]
    questions = random.Random(2).sample(sentences, ASKED)
    names = [name for name in ENGINES if name != "bm25s words+pairs"]
    rows = []
    for size in REPORTED:
        passages = list(synthetic(sentences, size, 200))
        taken = times_of({name: ENGINES[name](passages) for name in names}, questions)
        rows.append((f"{size:,}", *(spread(taken[name], "ms") for name in names)))
    return Report(
        "搜尋一題",
        ("段落數", *("本專案" if name == "this project" else name for name in names)),
        tuple(rows),
        (
            f"{ASKED} 題出貨題庫的問法，問用題庫的句子隨機組成、每段約 200 字的段落；含斷詞。",
            f"各引擎在同一行程裡，每 {BLOCK} 題輪一次，看到的是同樣的負載。",
            "`python -m bench.retrieval --drcd drcd_dev.json` 加量 DRCD 的準確率與 100,000 段。",
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drcd", type=Path, help="a DRCD file, for accuracy and for realistic sentences")
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--length", type=int, default=200, help="characters of a synthetic text")
    options = parser.parse_args()
    if not options.drcd and not options.sizes:
        show(report())
        return
    sentences = questions = shipped()
    if options.drcd:
        passages, labelled = drcd(options.drcd)
        accuracy(passages, labelled)
        sentences = [part for passage in passages for part in passage.split("。") if part]
        questions = [text for text, _ in labelled]
    speed(sentences, random.Random(2).sample(questions, ASKED), options.sizes, options.length)


if __name__ == "__main__":
    main()
