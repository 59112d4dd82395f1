"""What was sent is taken, whatever is answered."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from handlers import whole_body

MEGABYTE = 1024 * 1024
ENDS = {"wsgi.input_terminated": True}  # as gunicorn and waitress say


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/admin/library/file", 3 * MEGABYTE, 400),
        ("/api/ask", 2 * MEGABYTE, 413),
        ("/webhook/line", 2 * MEGABYTE, 413),
        ("/nowhere", MEGABYTE, 404),
        ("/case/2", MEGABYTE, 405),
    ],
)
def test_who_is_turned_away_may_send_on(client: FlaskClient, path: str, size: int, status: int) -> None:
    body = BytesIO(b"x" * size)
    answer = client.post(path, input_stream=body, content_length=size, content_type="text/x", environ_overrides=ENDS)
    assert answer.status_code == status
    assert body.read() == b""


def test_not_for_ever() -> None:
    web = Flask("nothing")
    whole_body.mount(web, 2 * whole_body.PIECE)
    body = BytesIO(b"x" * (3 * whole_body.PIECE))
    web.test_client().post("/", input_stream=body, content_length=3 * whole_body.PIECE, environ_overrides=ENDS)
    assert len(body.read()) == whole_body.PIECE


class NoEnd(BytesIO):
    """A connection, as a simple server hands it over: who reads on waits."""

    def read(self, size: int | None = -1) -> bytes:
        pytest.fail("it would wait for ever")


def test_not_from_a_server_that_tells_no_end(client: FlaskClient) -> None:
    assert client.get("/", input_stream=NoEnd()).status_code == 200
