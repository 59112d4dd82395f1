"""The entry: `python bot.py …` runs the command line, `gunicorn 'bot:app()'` serves the web part."""

from flask import Flask


def app() -> Flask:
    """The web application for gunicorn, built and ready to answer."""
    import web_app

    return web_app.web_application()


if __name__ == "__main__":
    import cli

    cli.run()
