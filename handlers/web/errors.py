"""What went wrong, told to whoever asked: a page with a way home, JSON under /api/, a short line for machines.

For the whole application; the console has its own.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadHost, HTTPException

import logs
from handlers.web.responses import as_json

log = logging.getLogger(__name__)


class Said(NamedTuple):
    """The heading of the page, and the sentence below it, which is also the `error` of the API."""

    title: str
    text: str


SAID = {
    HTTPStatus.FORBIDDEN: Said("這裡不能從別處用", "這個要求不是從這個網站送出的，沒有處理。請回首頁再試一次。"),
    HTTPStatus.NOT_FOUND: Said("沒有這一頁", "網址可能打錯了，或這個東西已經不在了。"),
    HTTPStatus.METHOD_NOT_ALLOWED: Said("這個網址不能這樣用", "請回首頁，從那裡開始。"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Said("內容太長了", "內容超過 1 MiB，沒有處理。請回上一頁，縮短後再送一次。"),
    HTTPStatus.TOO_MANY_REQUESTS: Said(
        "這一刻問題太多了", "這一題沒有處理。請稍等一下再試一次；急著確認的話，請直接洽詢政風單位。"
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Said("只收 JSON", "內容要是 JSON：請加上標頭 Content-Type: application/json。"),
}
NOT_UNDERSTOOD = Said("這個要求看不懂", "送來的內容不完整，沒有處理。請回首頁再試一次。")
BROKEN = Said("伺服器出了狀況", "這次沒有答案，問題也沒有留存。請稍後再試；急著確認的話，請直接洽詢政風單位。")


def answer(error: Exception) -> ResponseReturnValue:
    """What a failed request gets. An error's own text may quote what was typed: it is neither shown nor logged."""
    if not isinstance(error, HTTPException):
        log.error("request failed: %s", logs.describe(error))
        return _form(BROKEN, HTTPStatus.INTERNAL_SERVER_ERROR, {})
    if error.response or isinstance(error, BadHost):  # under a host that is none, no page can name its addresses
        return error.get_response()
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    said = SAID.get(HTTPStatus(code)) or (NOT_UNDERSTOOD if code < HTTPStatus.INTERNAL_SERVER_ERROR else BROKEN)
    return _form(said, code, {name: value for name, value in error.get_headers() if name != "Content-Type"})


def _form(said: Said, code: int, headers: Mapping[str, str]) -> ResponseReturnValue:
    """In the form that whoever asks can read; `headers`: Allow, Retry-After."""
    first = request.path.split("/")[1]
    if first == "api":
        return as_json({"error": said.text}, code), headers
    if first in ("webhook", "metrics"):
        return Response(f"{HTTPStatus(code).phrase}\n", code, headers, mimetype="text/plain")
    return render_template("error.html", title=said.title, text=said.text), code, headers
