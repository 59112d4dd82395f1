"""The frame in which a LINE card is drawn, and the files that draw the faces of a card.

flex-render does not escape what it is given and writes style attributes, which the console's pages forbid. So it runs
in a document of its own, in a sandbox: of an origin that is nobody's, without cookies, forms, links or a way out of
the frame. The document is the same for everybody and holds no text. faces.js hands it the messages through postMessage
(an attribute srcdoc would inherit the page's policy, where style attributes are forbidden; a form sent into the frame
would carry unsaved texts to the server once more) and is told only a height.
"""

from pathlib import Path

from flask import Blueprint, Flask, Response, abort, make_response, render_template, send_from_directory

from handlers.console.access import Gate, Open
from handlers.linked import linked

HERE = Path(__file__).parent
FILES = {
    "line_frame.js": HERE / "static",
    "line_frame.css": HERE / "static",
    "flex-render/index.js": HERE / "static",
    "flex-render/index.css": HERE / "static",
    "chat.css": HERE.parent / "web" / "static",
}
POLICY = (
    # 'self' is where the document came from, although a sandboxed document is of no origin.
    "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class FacePages:
    """/face: open to everybody, as style sheets are; nothing here holds a text."""

    def __init__(self, gate: Gate, application: Flask) -> None:
        # The chat page's templates, for the card as it looks there.
        application.register_blueprint(Blueprint("chat", "handlers.web.pages", template_folder="templates"))
        application.add_template_filter(linked)
        gate.add("faces.line", "/face/line", self.line, Open.TO_ANYBODY)
        gate.add("faces.file", "/face/<path:name>", self.file, Open.TO_ANYBODY)

    def line(self) -> Response:
        """The empty frame."""
        answer = make_response(render_template("console/line_frame.html"))
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    def file(self, name: str) -> Response:
        if name not in FILES:
            abort(404)
        answer = send_from_directory(FILES[name], name)
        # Modules are fetched with an origin, and a sandboxed document has none.
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer
