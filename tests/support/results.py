"""What a search may find, one of each kind."""

from retrieval.library import Candidate, Library, SearchResult


def results(library: Library) -> list[SearchResult]:
    """Sure, likely, happened, a choice of one and of three, a guide, nothing."""
    cases, guides = library.cases, library.guides
    candidates = tuple(Candidate(case, 0.5) for case in cases[:3])
    return [
        SearchResult("answer", candidates, cases[:2]),
        SearchResult("answer", candidates, cases[:1], sure=False),
        SearchResult("answer", candidates, cases[:1], happened=True),
        SearchResult("choose", candidates, cases[:1]),
        SearchResult("choose", candidates, (*cases[:2], *guides[:1])),
        SearchResult("none", candidates, guides[:1]),
        SearchResult("none", candidates),
    ]
