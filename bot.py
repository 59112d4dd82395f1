"""The front door: everything is built and joined here, and the command line starts here."""

import importlib
import logging
import sys
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Flask

import config
import logs
from config import Settings
from core import faults
from core.answers import Answerer
from core.cards import Office
from core.channel import Channel
from core.conversation import Conversation
from core.live_library import LiveLibrary, Shipped
from handlers import CHANNELS, Door, health
from handlers.delivery import Delivery
from handlers.web import Web
from store.store import Store

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
REFRESH_SECONDS = 5
FORGET_SECONDS = 3600


@dataclass
class Bot:
    """All the parts of one process, joined."""

    settings: Settings
    store: Store
    library: LiveLibrary
    conversation: Conversation
    delivery: Delivery
    channels: dict[str, Channel] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    def why_not_ready(self) -> str | None:
        """None when questions can be answered and remembered, else the reason."""
        try:
            self.library.index()
        except Exception as error:
            return f"案例庫無法載入：{faults.describe(error)}"
        try:
            self.store.check()
        except Exception as error:
            return f"資料庫無法使用：{faults.describe(error)}；請確認 DATABASE_URL 並執行 python bot.py migrate"
        return None

    def keep_house(self) -> None:
        """Until the stop: take up imported libraries, forget old deliveries."""
        for turn in range(sys.maxsize):
            if self.stopping.wait(REFRESH_SECONDS):
                return
            self.library.refresh()
            if turn % (FORGET_SECONDS // REFRESH_SECONDS) == 0:
                self._forget()

    def register(self, name: str, url: str) -> str:
        """Tell the platform of a channel where this server is; what was done. Raises SendError, SettingError."""
        return self.channels[name].register(url + CHANNELS[name].webhook)

    def start_polling(self) -> None:
        """Without a public address, the channels that can fetch what happened do so until the stop."""
        for channel in self.channels.values():
            poll = getattr(channel, "poll", None)
            if poll and not self.settings.public_url:
                threading.Thread(target=poll, args=(self.stopping,), daemon=True).start()

    def _forget(self) -> None:
        try:
            self.store.forget_old_events()
        except Exception as error:
            log.warning("old deliveries not forgotten: %s", faults.describe(error))

    def close(self) -> None:
        """Finish what was taken on, then let go."""
        self.stopping.set()
        self.delivery.close()
        for channel in self.channels.values():
            channel.close()
        self.store.close()


def build(settings: Settings) -> Bot:
    """Join the parts; nothing is started and nothing is imported that is not turned on."""
    store = Store(settings.database_url)
    library = LiveLibrary(Shipped(settings.cases_path, settings.questions_path, settings.laws_path), store)
    office = Office(settings.office_name, settings.office_contact)
    conversation = Conversation(Answerer(library.index), store, office)
    return Bot(settings, store, library, conversation, Delivery())


def create_app(bot: Bot) -> Flask:
    """The web application: the chat page, every channel that is on, health."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.register_blueprint(Web(bot.conversation, bot.settings.office_name).blueprint)
    app.register_blueprint(health.blueprint(bot.why_not_ready, bool(bot.settings.prometheus_multiproc_dir)))
    for name, door in CHANNELS.items():
        _open(app, bot, name, door)
    return app


def app() -> Flask:
    """For gunicorn: `gunicorn 'bot:app()'`."""
    settings = config.load()
    logs.start(settings.log_format, settings.secrets)
    config.prepare_var_dir(settings)
    bot = build(settings)
    made = create_app(bot)
    bot.library.index()
    threading.Thread(target=bot.keep_house, daemon=True).start()
    return made


def _open(app: Flask, bot: Bot, name: str, door: Door) -> None:
    missing = [setting for setting in door.needs if not getattr(bot.settings, setting.lower())]
    if not missing:
        module, _, kind = door.target.partition(":")
        channel: Any = getattr(importlib.import_module(module), kind)(bot.settings, bot.conversation, bot.delivery)
        bot.channels[name] = channel
        app.register_blueprint(channel.blueprint)
        return

    def closed() -> tuple[str, HTTPStatus]:
        log.warning("%s is off: set %s to turn it on", name, " and ".join(missing))
        return "", HTTPStatus.NOT_FOUND

    log.info("%s is off: set %s to turn it on", name, " and ".join(missing))
    app.add_url_rule(door.webhook, f"{name}_closed", closed, methods=["POST"])


if __name__ == "__main__":
    importlib.import_module("cli").run()
