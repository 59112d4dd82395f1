"""What was sent is taken, whatever is answered."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from handlers import whole_body

MEGABYTE = 1024 * 1024


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
    assert client.post(path, input_stream=body, content_length=size, content_type="text/x").status_code == status
    assert body.read() == b""


def test_not_for_ever() -> None:
    web = Flask("nothing")
    whole_body.mount(web, 2 * whole_body.PIECE)
    body = BytesIO(b"x" * (3 * whole_body.PIECE))
    web.test_client().post("/", input_stream=body, content_length=3 * whole_body.PIECE)
    assert len(body.read()) == whole_body.PIECE
