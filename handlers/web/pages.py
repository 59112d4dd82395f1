"""The chat page in a browser, and the question API. Keeps nothing: no cookie, no session, no address."""

import json
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from core import answers, messages, privacy, words
from core.conversation import Conversation
from core.messages import Incoming, Kind, Reply
from handlers.linked import linked

CHANNEL = "web"

NO_JSON = '內容不是 UTF-8 的 JSON 物件。請送 {"question": "你的問題"}。'
NO_QUESTION = '缺少 question，或它不是文字。請送 {"question": "你的問題"}。'
NO_WORDS = "缺少 text 或 press，或它不是文字。"
TOO_BIG = "內容超過 1 MiB，請縮短後再送一次。"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class BadInput(ValueError):
    """What came is not what the route takes; the text tells the sender why."""


class Web:
    """`GET /` and `POST /` (whole pages), `POST /api/chat` (a fragment), `POST /api/ask` (the contract's JSON)."""

    def __init__(self, conversation: Conversation, office_name: str) -> None:
        self._conversation = conversation
        self._office_name = office_name
        # Not /static: the application's own static route would come first.
        self.blueprint = Blueprint(
            "web", __name__, template_folder="templates", static_folder="static", static_url_path="/assets"
        )
        self.blueprint.add_app_template_filter(linked)
        self.blueprint.get("/")(self.page)
        self.blueprint.post("/")(self.whole_page)
        self.blueprint.post("/api/chat")(self.chat)
        self.blueprint.post("/api/ask")(self.ask)
        self.blueprint.errorhandler(BadInput)(lambda error: _json({"error": str(error)}, 400))
        self.blueprint.errorhandler(RequestEntityTooLarge)(self.too_large)
        self.blueprint.after_request(_protect)

    def page(self) -> str:
        """The page as it opens: greeting and menu."""
        return self._page(self._handle("follow"))

    def whole_page(self) -> str:
        """One question or press of a browser without JavaScript."""
        if pressed := request.form.get("press"):
            return self._page(self._press(pressed))
        # The examples' buttons and the box share the name, and an empty box says nothing.
        text = next(filter(None, request.form.getlist("q")), "")
        return self._page(self._handle("text", text), question=privacy.mask(text).text)

    def chat(self) -> Response:
        """One question or press of the page's script: what was asked, as it may be shown, and the reply's HTML."""
        sent = _sent_object()
        if isinstance(text := sent.get("text"), str):
            return _fragment(self._handle("text", text), privacy.mask(text).text)
        if isinstance(pressed := sent.get("press"), str):
            return _fragment(self._press(pressed), None)
        raise BadInput(NO_WORDS)

    def ask(self) -> Response:
        """The JSON of the contract."""
        question = _sent_object().get("question")
        if not isinstance(question, str):
            raise BadInput(NO_QUESTION)
        return _json(answers.as_json(self._conversation.answerer.answer(question, CHANNEL)))

    def too_large(self, _: Exception) -> Response | tuple[str, int]:
        """413 in the form the asker can read."""
        if request.path.startswith("/api/"):
            return _json({"error": TOO_BIG}, 413)
        return self._page(self._handle("follow"), error=TOO_BIG), 413

    def _press(self, data: str) -> Reply:
        return self._handle("postback", *messages.pressed(data))

    def _handle(self, kind: Kind, text: str = "", carried: str = "") -> Reply:
        turn = self._conversation.handle(Incoming(kind, CHANNEL, text=text, carried=carried))
        assert turn and turn.reply, "silence is for groups and repeated deliveries"
        return turn.reply

    def _page(self, reply: Reply, question: str = "", error: str = "") -> str:
        return render_template(
            "chat.html",
            words=words,
            reply=reply,
            action=url_for("web.page"),
            question=question,
            error=error,
            too_big=TOO_BIG,
            office=self._office_name,
        )


def _sent_object() -> dict[str, Any]:
    try:
        sent = json.loads(request.get_data(cache=False).decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadInput(NO_JSON) from None
    if not isinstance(sent, dict):
        raise BadInput(NO_JSON)
    return sent


def _fragment(reply: Reply, question: str | None) -> Response:
    html = render_template("reply.html", reply=reply, words=words, action=url_for("web.page"))
    return _json({"question": question, "html": html})


def _json(value: dict[str, Any], status: int = 200) -> Response:
    # Half a surrogate pair cannot be encoded; it is shown as "?".
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, mimetype="application/json")


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "web.static":
        response.headers["Cache-Control"] = "no-store"
    return response
