"""Spreadsheet files as offices save them, whole and damaged."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator

import openpyxl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

Rows = list[list[str]]


def xlsx(*sheets: tuple[str, Rows], change: Callable[[openpyxl.Workbook], None] = lambda _: None) -> bytes:
    """A workbook with these sheets (name, rows), whole numbers as numbers; `change` does something more to it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([int(cell) if cell.isdecimal() and cell.isascii() else cell for cell in row])
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods(*sheets: tuple[str, Rows], hidden: str = "", merged: dict[tuple[int, int], int] | None = None) -> bytes:
    """An OpenDocument workbook; `hidden` names a hidden sheet, `merged` gives how many rows a cell (from 0) spans."""
    document = OpenDocumentSpreadsheet()
    style = Style(name="ta2", family="table")
    style.addElement(TableProperties(display="false"))
    document.automaticstyles.addElement(style)
    for name, rows in sheets:
        table = Table(name=name, **({"stylename": style} if name == hidden else {}))
        covered = 0
        for at, row in enumerate(rows):
            line = TableRow()
            for column, text in enumerate(row):
                if column == 0 and covered:
                    covered -= 1
                    line.addElement(CoveredTableCell())
                    continue
                span = (merged or {}).get((at, column), 1)
                covered = span - 1 if span > 1 else covered
                cell = TableCell(valuetype="string", **({"numberrowsspanned": span} if span > 1 else {}))
                for part in text.split("\n"):
                    cell.addElement(P(text=part))
                line.addElement(cell)
            table.addElement(line)
        document.spreadsheet.addElement(table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A ZIP with every member changed by `change(name, content)`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return stream.getvalue()


def replaced(data: bytes, member: str, old: str, new: str) -> bytes:
    """A ZIP with a text replaced in one member; it has to be there."""
    content = zipfile.ZipFile(io.BytesIO(data)).read(member)
    assert old.encode() in content, f"{old} is not in {member}"
    return rewritten(data, lambda name, kept: content.replace(old.encode(), new.encode()) if name == member else kept)


def as_excel(data: bytes) -> bytes:
    """A workbook with its texts in a table of their own, as Excel keeps them; each in two runs of formatted text."""
    texts: list[str] = []

    def moved(found: re.Match[str]) -> str:
        texts.append(found[2])
        return f'<c r="{found[1]}" t="s"><v>{len(texts) - 1}</v></c>'

    def change(name: str, content: bytes) -> bytes:
        text = content.decode()
        if name == "[Content_Types].xml":
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
            text = text.replace(
                "</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
            )
        if name.startswith("xl/worksheets/"):
            text = re.sub(r'<c r="(\w+)" t="inlineStr"><is><t[^>]*>(.*?)</t></is></c>', moved, text, flags=re.S)
        return text.encode()

    changed = rewritten(data, change)
    runs = "".join(
        f"<si><r><t>{text[:1]}</t></r><r><rPr><b/></rPr><t xml:space='preserve'>{text[1:]}</t></r></si>"
        for text in texts
    )
    stream = io.BytesIO(changed)
    with zipfile.ZipFile(stream, "a") as book:
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{runs}</sst>')
    return stream.getvalue()


def damaged(data: bytes, many: int, seed: int) -> Iterator[bytes]:
    """Bits flipped, cut, parts swapped: in the file, and in the texts inside a ZIP that is packed again."""
    chance = random.Random(seed)
    for _ in range(many):
        if data.startswith(b"PK") and chance.random() < 0.6:
            chosen = chance.choice(zipfile.ZipFile(io.BytesIO(data)).namelist())
            yield rewritten(data, lambda name, content: _damage(content, chance) if name == chosen else content)  # noqa: B023
        else:
            yield _damage(data, chance)


def _damage(data: bytes, chance: random.Random) -> bytes:
    if len(data) < 8:
        return b""
    kind, first, second = chance.randrange(4), *sorted(chance.sample(range(len(data)), 2))
    if kind == 0:
        return data[:first]
    if kind == 1:
        length = min(second - first, len(data) - second)
        parts = data[:first], data[second : second + length], data[first + length : second]
        return b"".join((*parts, data[first : first + length], data[second + length :]))
    if kind == 2:
        return data[:first] + data[second:] if chance.random() < 0.5 else data[:second] + data[first:]
    flipped = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(flipped)
