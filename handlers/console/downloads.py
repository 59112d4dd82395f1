"""Tables as files: CSV that Excel opens in Chinese."""

import csv as csv_module
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from flask import Response

_FORMULA = tuple("=+-@＝＋－＠\t\r\n")  # the wide ones count too where Excel speaks Chinese


def csv(name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A CSV file; a cell that Excel would take for a formula is kept as text."""
    text = io.StringIO()
    writer = csv_module.writer(text)
    writer.writerow(headings)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return attachment(name, ("\ufeff" + text.getvalue()).encode("utf-8"), "text/csv; charset=utf-8")


def attachment(name: str, data: bytes, content_type: str) -> Response:
    """A file to keep, under a name in any script (RFC 6266)."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(data, content_type=content_type, headers={"Content-Disposition": disposition})


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
