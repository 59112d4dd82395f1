"""Texts that are probably about the same, without knowing what about: average linkage over TF-IDF.

The same vectors as the classifier's (learning.py), weighed among the texts themselves. NEAR was chosen on 51
wordings of 12 matters by hand among 100 that belong nowhere: 0.94 homogeneous and 0.97 complete.
"""

from collections import defaultdict
from collections.abc import Sequence

NEAR = 0.12  # the average cosine from which two groups are one
MOST = 1000  # texts; memory and time grow with the square


def group(texts: Sequence[str]) -> list[list[int]]:
    """The places of the texts, group by group: the biggest first, of equals the one that comes first; at most MOST."""
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, number in enumerate(_numbers(texts[:MOST])):
        groups[number].append(place)
    return sorted(groups.values(), key=lambda places: (-len(places), places[0]))


def _numbers(texts: Sequence[str]) -> list[int]:
    """For each text the number of its group."""
    from scipy import sparse  # only where texts are grouped: a command that groups none starts without all this
    from sklearn.cluster import AgglomerativeClustering

    from retrieval.learning import vectorized

    if len(texts) < 2:
        return list(range(len(texts)))
    _, _, blocks = vectorized([*texts, "x"])  # of texts without any word nothing could be counted
    vectors = (sparse.hstack(blocks, format="csr") * len(blocks) ** -0.5)[:-1]
    distances = 1 - (vectors @ vectors.T).toarray().clip(0, 1)
    linked = AgglomerativeClustering(
        n_clusters=None, distance_threshold=1 - NEAR, metric="precomputed", linkage="average"
    )
    return [int(number) for number in linked.fit_predict(distances)]
