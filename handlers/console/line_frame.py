"""The frame in which a LINE card is drawn, and the files that draw it.

flex-render does not escape what it is given and writes style attributes, which the console's pages forbid. So it runs
in a document of its own, in a sandbox: of an origin that is nobody's, without cookies, forms, links or a way out of
the frame. The document is the same for everybody and holds no text. faces.js hands it the messages through postMessage
(an attribute srcdoc would inherit the page's policy, where style attributes are forbidden; a form sent into the frame
would carry unsaved texts to the server once more) and is told only a height.
"""

from flask import Blueprint, Response, render_template, request

HEADERS = {
    # 'self' is where the document came from, although a sandboxed document is of no origin.
    "Content-Security-Policy": (
        "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def blueprint() -> Blueprint:
    """`GET /admin/face/line`: an empty frame, open to everybody as its files are."""
    routes = Blueprint(
        "faces",
        __name__,
        url_prefix="/admin/face",
        template_folder="templates",
        static_folder="static",
        static_url_path="/files",
    )

    @routes.get("/line")
    def line() -> str:
        return render_template("console/line_frame.html")

    routes.after_request(_protect)
    return routes


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint == "faces.static":
        # Modules are fetched with an origin, and a sandboxed document has none; the files are no secret.
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
