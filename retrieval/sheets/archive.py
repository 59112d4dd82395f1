"""The ZIP around a workbook: opened only when it is whole, of a bounded size, and not locked."""

import io
import zipfile
from collections.abc import Iterator

from retrieval.sheets.model import Problem, SheetError

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What unpacks to more is no library but a mistake or an attack ("ZIP bomb"); a tag costs about 150 bytes.
MAX_UNPACKED = 128 * 1024 * 1024
MAX_TAGS = 8_000_000
# A sheet whose million rows are all formatted packs to about a fortieth; only one sign repeated packs so well.
LARGE, MAX_RATIO = 10 * 1024 * 1024, 250
_PIECE = 1024 * 1024
_END_OF_ZIP = b"PK\x05\x06"
_OLD_STREAMS = [name.encode("utf-16-le") for name in ("Workbook", "Book")]

LOCKED = "檔案有密碼保護，讀不到內容；請用原本的程式開啟，先移除密碼再存檔"
DAMAGED = "這個檔案打不開，內容已損壞；請用 Excel 或 LibreOffice 開啟後另存成 .xlsx"
TRUNCATED = "這個檔案打不開，後半段不見了（可能沒有下載或複製完）；請重新取得完整的檔案"
OLD_EXCEL = "這是舊版 Excel（.xls）格式；請用 Excel 開啟，另存新檔成「Excel 活頁簿（.xlsx）」"
BINARY_EXCEL = "這是二進位活頁簿（.xlsb）；請用 Excel 開啟，另存新檔成「Excel 活頁簿（.xlsx）」"
NO_WORKBOOK = "這不是試算表；請選 .xlsx、.ods 或 CSV 檔"
TOO_LARGE = "解開後的內容大得不像案例庫，為了安全沒有讀；常是整張表都設了格式，請把有字的列複製到新檔案再存"


def open_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """The ZIP, every member of it seen to unpack and to be of bounded size; raises SheetError."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if sum(member.file_size for member in members) > MAX_UNPACKED or any(map(_is_bomb, members)):
            raise SheetError(Problem(name, TOO_LARGE))
        if any(member.flag_bits & 1 for member in members):
            raise SheetError(Problem(name, LOCKED))
        _check_members(archive, name)
    except SheetError:
        raise
    except Exception as error:
        raise SheetError(Problem(name, DAMAGED if _END_OF_ZIP in data else TRUNCATED)) from error
    return archive


def ole_problem(data: bytes, name: str) -> Problem:
    """What a file in Microsoft's older container is: an old workbook, or a new one that is locked."""
    old = name.lower().endswith(".xls") or any(stream in data for stream in _OLD_STREAMS)
    return Problem(name, OLD_EXCEL if old else LOCKED)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    return member.file_size > max(LARGE, MAX_RATIO * member.compress_size)


def _check_members(archive: zipfile.ZipFile, name: str) -> None:
    tags = 0
    for member in archive.infolist():
        for piece in _pieces(archive, member):
            tags += piece.count(b"<")
            if tags > MAX_TAGS:
                raise SheetError(Problem(name, TOO_LARGE))


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while piece := stream.read(_PIECE):
            yield piece
