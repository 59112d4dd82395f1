"""Cutting text the way each platform counts it. Nothing here cuts a law or a countermeasure: callers see to that."""

ELLIPSIS = "…"


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as LINE and Telegram count texts (an emoji is 2)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_utf16(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, never through a character."""
    if utf16_length(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: (limit - 1) * 2].decode("utf-16-le", "ignore")
    return kept.rstrip() + ELLIPSIS


def split_lines(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` UTF-16 units each, cut between lines (a longer line is cut)."""
    parts: list[str] = []
    for line in text.split("\n"):
        line = cut_utf16(line, limit)
        if parts and utf16_length(parts[-1]) + 1 + utf16_length(line) <= limit:
            parts[-1] += "\n" + line
        else:
            parts.append(line)
    return parts
