"""A text as HTML for a page: escaped, its addresses and telephone numbers links."""

from markupsafe import Markup, escape

from core import links
from core.links import Piece

_ADDRESS = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
_NUMBER = Markup('<a href="{}">{}</a>')


def linked(text: str) -> Markup:
    """A Jinja filter, and what the console's previews make of a message."""
    return Markup().join(map(_html, links.split(text)))


def _html(piece: Piece) -> Markup:
    if not piece.url:
        return escape(piece.words)
    return (_ADDRESS if piece.is_address else _NUMBER).format(piece.url, piece.words)
