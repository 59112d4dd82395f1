"""The chat page in a browser, and the question API. Keeps nothing: no cookie, no session, no address."""

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from core import answers, messages, privacy, words
from core.conversation import Conversation
from core.messages import CARRY, Incoming, Kind, Reply
from core.pace import Act
from handlers.linked import linked
from handlers.web import CHANNEL, errors, form_token
from handlers.web.entrance import Entrance
from handlers.web.form_token import FormToken
from handlers.web.permalinks import Permalinks
from handlers.web.responses import as_json

LONGEST_PRESS = 64 + 1 + CARRY  # a postback, a line's end, and what the button carries

NO_JSON = '內容不是 UTF-8 的 JSON 物件。請送 {"question": "你的問題"}。'
NO_QUESTION = '缺少 question，或它不是文字。請送 {"question": "你的問題"}。'
NO_WORDS = "缺少 text 或 press，或它不是文字。"


class BadInput(ValueError):
    """What came is not what the route takes; the text tells the sender why."""


class Web:
    """`GET /` and `POST /` (whole pages), `POST /api/chat` (a fragment), `POST /api/ask` (the contract's JSON),
    permalinks; and what the whole application does with errors. `public_url`: where the world reaches this server, if
    that is known: only then do pages name their own address.
    """

    def __init__(
        self, conversation: Conversation, entrance: Entrance, token: FormToken, public_url: str | None = None
    ) -> None:
        self._conversation = conversation
        self._entrance = entrance
        self._token = token
        # Not /static: the application's own static route would come first.
        self.blueprint = Blueprint(
            "web", __name__, template_folder="templates", static_folder="static", static_url_path="/assets"
        )
        self.blueprint.add_app_template_filter(linked)
        self.blueprint.get("/")(self.page)
        self.blueprint.post("/")(entrance.guarded(self.whole_page))
        self.blueprint.post("/api/chat")(entrance.guarded(self.chat))
        self.blueprint.post("/api/ask")(entrance.guarded(self.ask))
        Permalinks(self.blueprint, conversation)
        self.blueprint.errorhandler(BadInput)(lambda error: as_json({"error": str(error)}, 400))
        self.blueprint.app_errorhandler(Exception)(errors.answer)
        self.blueprint.app_context_processor(
            lambda: {"public_url": public_url, "office": conversation.office.name, "form_token": token.field()}
        )

    def page(self) -> str:
        """The page as it opens: the greeting, and apart from it what the page folds and puts further down."""
        greeting = self._handle("follow")
        return self._page(_opening(greeting), opening=greeting)

    def whole_page(self) -> ResponseReturnValue:
        """One question or press of a browser without JavaScript."""
        pressed = request.form.get("press", "")
        # The examples' buttons and the box share the name, and an empty box says nothing.
        text = next(filter(None, request.form.getlist("q")), "")
        if not self._token.is_good(request.form.get(form_token.FIELD, "")):
            return self._once_more(text, pressed), 400
        if pressed:
            return self._page(self._press(pressed))
        return self._page(self._asked(text), question=privacy.mask(text).text)

    def chat(self) -> Response:
        """One question or press of the page's script: what was asked, as it may be shown, and the reply's HTML."""
        sent = _sent_object()
        if isinstance(text := sent.get("text"), str):
            return _fragment(self._asked(text), privacy.mask(text).text)
        if isinstance(pressed := sent.get("press"), str):
            return _fragment(self._press(pressed), None)
        raise BadInput(NO_WORDS)

    def ask(self) -> Response:
        """The JSON of the contract."""
        question = _sent_object().get("question")
        if not isinstance(question, str):
            raise BadInput(NO_QUESTION)
        self._entrance.keep_pace(Act.QUESTION)
        return as_json(answers.as_json(self._conversation.answerer.answer(question, CHANNEL)))

    def _asked(self, text: str) -> Reply:
        self._entrance.keep_pace(Act.QUESTION)
        return self._handle("text", text)

    def _press(self, data: str) -> Reply:
        postback, carried = messages.pressed(data)
        enough = self._conversation.enough_kept(self._entrance.client(), postback.partition(":")[0])
        return enough or self._handle("postback", postback, carried)

    def _handle(self, kind: Kind, text: str = "", carried: str = "") -> Reply:
        turn = self._conversation.handle(Incoming(kind, CHANNEL, text=text, carried=carried))
        assert turn and turn.reply, "silence is for groups and repeated deliveries"
        return turn.reply

    def _once_more(self, text: str, pressed: str) -> str:
        """The page again where a form was open for too long or is not ours: nothing is done, and nothing lost."""
        typed = privacy.mask(text[: answers.MAX_QUESTION]).text
        return self._page(_opening(self._handle("follow")), typed=typed, pressed=pressed[:LONGEST_PRESS])

    def _page(self, reply: Reply, **shown: Any) -> str:
        return render_template("chat.html", words=words, reply=reply, action=url_for("web.page"), **shown)


def _opening(greeting: Reply) -> Reply:
    """The greeting without what the page folds and puts further down."""
    return Reply(replace(greeting.card, sections=()))


def _sent_object() -> dict[str, Any]:
    """JSON that says it is: what a form of another site can send is refused."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        sent = json.loads(request.get_data(cache=False).decode("utf-8"))
    except (ValueError, RecursionError):
        raise BadInput(NO_JSON) from None
    if not isinstance(sent, dict):
        raise BadInput(NO_JSON)
    return sent


def _fragment(reply: Reply, question: str | None) -> Response:
    html = render_template("reply.html", reply=reply, words=words, action=url_for("web.page"))
    return as_json({"question": question, "html": html})
