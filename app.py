"""Builds and joins every part, once; the only file that knows every room."""

import importlib
import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

import config
import logs
from broadcasts import tips
from broadcasts.admin_commands import Desk
from broadcasts.admin_notifications import Notices
from broadcasts.dispatcher import Dispatcher
from broadcasts.lifecycle import Broadcasts
from broadcasts.model import LEASE
from broadcasts.schedule import Clock
from broadcasts.tips import DailyTip, Tip
from broadcasts.worker import Queue, Worker
from config import Settings
from core.answers import Answerer
from core.cards import Office
from core.conversation import Conversation
from core.messages import Reply
from handlers import health
from handlers.event_pool import Delivery
from handlers.registry import CHANNELS, Door
from handlers.web.pages import Web
from retrieval.live import LiveLibrary, Shipped
from store.batches import Batches
from store.calendar import Calendar
from store.ledger import Ledger
from store.rides import Rides
from store.store import Store
from store.subscribers import Subscribers

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
REFRESH_SECONDS = 5
FORGET_SECONDS = 3600
STORE_PATIENCE = 20  # how long sending waits for a busy store; a question waits less
_opening = threading.RLock()


@dataclass
class Bot:
    """All the parts of one process, joined."""

    settings: Settings
    store: Store
    sending_store: Store
    library: LiveLibrary
    conversation: Conversation
    delivery: Delivery
    queue: Queue
    broadcasts: Broadcasts
    notices: Notices
    people: Subscribers
    daily: DailyTip
    now: Callable[[ZoneInfo], datetime] = datetime.now
    channels: dict[str, Any] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    worker: Worker | None = None

    def why_not_ready(self) -> str | None:
        """None when questions can be answered and remembered, else the reason."""
        try:
            self.library.index()
        except Exception as error:
            return f"案例庫無法載入：{logs.describe(error)}"
        try:
            self.store.check()
        except Exception as error:
            return f"資料庫無法使用：{logs.describe(error)}；請確認 DATABASE_URL 並執行 python bot.py migrate"
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
        return str(self.channels[name].register(url + CHANNELS[name].webhook))

    def start_polling(self) -> None:
        """Without a public address, the channels that can fetch what happened do so until the stop."""
        for channel in self.channels.values():
            poll = getattr(channel, "poll", None)
            if poll and not self.settings.public_url:
                threading.Thread(target=poll, args=(self.stopping,), daemon=True).start()

    def channel(self, name: str) -> Any:
        """A channel that is on, made when it is first asked for."""
        with _opening:
            if name not in self.channels:
                module, _, kind = CHANNELS[name].target.partition(":")
                made = getattr(importlib.import_module(module), kind)
                self.channels[name] = made(self.settings, self.conversation, self.delivery)
            return self.channels[name]

    def todays_tip(self) -> Tip:
        """The same for everybody, all day."""
        return self.daily.of(self.now(self.settings.timezone).date(), self.library.index().library)

    def start_worker(self, lease: float = LEASE) -> None:
        """Send tips, in threads of this process, until it is closed."""
        batches = Batches(self.sending_store)
        dispatchers = [
            Dispatcher(self.channel(name), batches, self.tip_card, self.broadcasts.finish, self.stopping, lease)
            for name in channels_on(self.settings)
        ]
        ticks = [self.broadcasts.tick, self.notices.tick]
        if self.settings.tip_time:
            clock = Clock(self.settings.tip_time, self.settings.timezone, self.broadcasts, self.todays_tip, self.now)
            ticks.insert(0, clock.tick)
        self.worker = Worker(dispatchers, self.queue, ticks, self.stopping)
        self.worker.start()

    def tip_card(self, stored: str) -> Reply:
        """What a stored tip looks like."""
        return tips.card(Tip.read(stored), self.conversation.office)

    def _forget(self) -> None:
        try:
            self.store.forget_old_events()
        except Exception as error:
            log.warning("old deliveries not forgotten: %s", logs.describe(error))

    def close(self) -> None:
        """Finish what was taken on, then let go."""
        self.stopping.set()
        if self.worker:
            self.worker.stop()
        self.delivery.close()
        for channel in self.channels.values():
            channel.close()
        self.store.close()
        self.sending_store.close()


def build(settings: Settings) -> Bot:
    """Join the parts; nothing is started and nothing is imported that is not turned on."""
    store, sending_store = Store(settings.database_url), _sending_store(settings)
    library = LiveLibrary(Shipped(settings.cases_path, settings.questions_path, settings.laws_path), store)
    office = Office(settings.office_name, settings.office_contact)
    people, ledger, queue = Subscribers(store), Ledger(sending_store), Queue(settings.redis_url, settings.var_dir)
    broadcasts = Broadcasts(
        ledger,
        {name: CHANNELS[name].batch for name in channels_on(settings)},
        lambda name: made.channel(name),
        people.audience,
        settings.timezone,
        settings.tip_approvals,
        queue.nudge,
    )
    admins = admins_of(settings)
    desk = Desk(broadcasts, Rides(store), lambda: made.todays_tip(), office, admins)
    made = Bot(
        settings,
        store,
        sending_store,
        library,
        Conversation(Answerer(library.index), store, office, desk),
        Delivery(),
        queue,
        broadcasts,
        Notices(ledger, lambda name: made.channel(name), admins, desk.shown, settings.timezone),
        people,
        DailyTip(Calendar(store)),
    )
    return made


def _sending_store(settings: Settings) -> Store:
    """The same tables, with more patience than a question has."""
    return Store(settings.database_url, STORE_PATIENCE, rest_seconds=0)


def admins_of(settings: Settings) -> list[str]:
    """Who may send tips from a chat: "channel address", of the channels that are on."""
    ids = {"line": settings.admin_line_ids, "telegram": settings.admin_telegram_ids}
    return [f"{channel} {one}" for channel in channels_on(settings) for one in dict.fromkeys(ids[channel])]


def missing(settings: Settings, name: str) -> list[str]:
    """The settings that a channel needs and that are not set."""
    return [setting for setting in CHANNELS[name].needs if not getattr(settings, setting.lower())]


def channels_on(settings: Settings) -> list[str]:
    return [name for name in CHANNELS if not missing(settings, name)]


def create_app(bot: Bot) -> Flask:
    """The web application: the chat page, every channel that is on, health."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.register_blueprint(Web(bot.conversation, bot.settings.office_name).blueprint)
    app.register_blueprint(health.blueprint(bot.why_not_ready, bool(bot.settings.prometheus_multiproc_dir)))
    for name, door in CHANNELS.items():
        _open(app, bot, name, door)
    return app


def web_application() -> Flask:
    """Read the settings and build the web part, ready to answer; the worker runs elsewhere."""
    settings = config.load()
    logs.start(settings.log_format, settings.secrets)
    config.prepare_var_dir(settings)
    bot = build(settings)
    made = create_app(bot)
    bot.library.index()
    threading.Thread(target=bot.keep_house, daemon=True).start()
    return made


def _open(app: Flask, bot: Bot, name: str, door: Door) -> None:
    lacking = missing(bot.settings, name)
    if not lacking:
        app.register_blueprint(bot.channel(name).blueprint)
        return

    def closed() -> tuple[str, HTTPStatus]:
        log.warning("%s is off: set %s to turn it on", name, " and ".join(lacking))
        return "", HTTPStatus.NOT_FOUND

    log.info("%s is off: set %s to turn it on", name, " and ".join(lacking))
    app.add_url_rule(door.webhook, f"{name}_closed", closed, methods=["POST"])
