"""The entry: `python bot.py …` runs the command line, `gunicorn 'bot:app()'` serves the web part."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

# Python's own 700 looks for garbage four hundred times while the program is loaded: a third of that time.
gc.set_threshold(50_000, 10, 10)


def app() -> "Flask":
    """The web application for gunicorn, built and ready to answer."""
    import web_app

    return web_app.web_application()


if __name__ == "__main__":
    import cli

    cli.run()
