"""A version of the library that an earlier release kept: what it did not know is taken from the shipped library."""

from retrieval import identity, library_sheets
from retrieval.laws import LawEntry
from retrieval.library import Case, Library, Question, assemble


def completed(
    cases: tuple[Case, ...],
    questions: tuple[Question, ...] | None,
    laws: tuple[LawEntry, ...] | None,
    shipped: Library,
) -> Library:
    """A whole library. The first release kept cases alone, later ones questions and laws too, but no guides."""
    if questions is None or laws is None:
        attached = identity.attach(cases, shipped.cases, shipped.questions)
        return assemble(cases, attached, shipped.laws, shipped.guides)
    own = {(entry.law, entry.article) for entry in laws}
    laws += tuple(entry for entry in shipped.laws if (entry.law, entry.article) not in own)
    questions = library_sheets.keeping_guides(questions, shipped.questions)
    return assemble(cases, questions, laws, shipped.guides)
