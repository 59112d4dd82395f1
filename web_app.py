"""The web application over a Bot: the chat page, every channel that is on, health, the console."""

import atexit
import gc
import sys
import threading
from collections.abc import Mapping
from functools import partial

from flask import Flask

import checkup
import config
import logs
from app import Bot, load_settings
from config import Settings
from handlers import clients, headers, health, registry, under_path, whole_body
from handlers.channel import Webhook, closed_webhook
from handlers.console import application as console
from handlers.console.services import Services
from handlers.registry import CHANNELS
from handlers.web.entrance import Entrance
from handlers.web.form_token import FormToken
from handlers.web.pages import Web
from office.quota import quota_left
from office.statistics import Statistics

MAX_BODY = 1024 * 1024
MAX_UPLOAD = console.MAX_UPLOAD  # the office's workbooks; everybody else is held to MAX_BODY
THREADS = 32  # of `serve`; more than questions from the web can take up at once, so that a webhook finds one
TURN_SECONDS = 0.001
BOT = "bot"  # its place among the extensions of the application that gunicorn serves


def open_webhooks(bot: Bot) -> dict[str, Webhook]:
    """The receiving ends of the channels that are on, over the bot's senders and conversation."""
    return {name: connection.webhook(bot.conversation, bot.pool) for name, connection in bot.senders.items()}


def start_polling(bot: Bot, webhooks: Mapping[str, Webhook]) -> None:
    """Without a public address, let the channels that can fetch their events do so until the stop."""
    if not bot.settings.public_url:
        for webhook in webhooks.values():
            threading.Thread(target=webhook.poll, args=(bot.stopping,), daemon=True).start()


def create_app(bot: Bot, webhooks: Mapping[str, Webhook] | None = None) -> Flask:
    """The web application: the chat page, every channel that is on, health."""
    web = Flask(__name__, static_folder=None)
    web.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    under_path.answer_at_once(web)
    web.register_blueprint(chat_page(bot).blueprint)
    web.register_blueprint(
        health.blueprint(
            bot.why_not_ready,
            lambda: bot.library.unreadable,
            bool(bot.settings.prometheus_multiproc_dir),
            partial(may_see_metrics, bot.settings),
        )
    )
    for webhook in (open_webhooks(bot) if webhooks is None else webhooks).values():
        web.register_blueprint(webhook.blueprint)
    for name in CHANNELS:
        if lacking := registry.missing(bot.settings, name):
            web.add_url_rule(f"/webhook/{name}", f"{name}_closed", closed_webhook(name, lacking), methods=["POST"])
    console.mount(web, create_console(bot))
    under_path.mount(web, bot.settings.public_url)
    headers.mount(web, bot.settings.public_url)
    whole_body.mount(web, MAX_UPLOAD)
    clients.trust(web, bot.settings.trusted_proxies)
    return web


def chat_page(bot: Bot) -> Web:
    """The chat page and its API, behind their entrance."""
    public_url = bot.settings.public_url
    entrance = Entrance(public_url, bot.pace, clients.client_of(bot.key))
    return Web(bot.conversation, entrance, FormToken(bot.key), public_url)


def may_see_metrics(settings: Settings) -> bool:
    """Whoever has the token, where there is one; else whoever is on this machine."""
    token = settings.metrics_token
    return health.has_token(token) if token else clients.is_on_this_machine(settings.trusted_proxies)


def create_console(bot: Bot) -> Flask:
    """The office's pages, an application of their own under /admin/."""
    settings = bot.settings
    services = Services(
        desk=bot.desk,
        tips=bot.tip_office,
        zone=settings.timezone,
        channels=registry.specs(),
        index=bot.library.index,
        office=bot.office,
        statistics=Statistics(bot.store, bot.library.library, registry.titles(), settings.timezone, bot.daily_tip.now),
        quota_left=partial(quota_left, bot.senders),
        inspect=checkup.inspector(bot).inspect,
        needs_second_factor=settings.console_second_factor == "required",
    )
    key = config.secret_key(settings)  # not a passing one: who is logged in stays so
    return console.create(services, key, settings.public_url, settings.redis_url, clients.client_of(key))


def take_turns() -> None:
    """Of this process: a thread that works on a long question gives way to a webhook, which needs little but often.

    With Python's own 5 ms each of its many steps would wait so long (bench/flood.py).
    """
    sys.setswitchinterval(TURN_SECONDS)


def freeze() -> None:
    """What is there now stays: the collector of Python passes over it.

    Looking at all of it would hold up answers, and, after a fork, write to its memory and so give each process a copy.
    """
    gc.collect()
    gc.freeze()


def say_fault(bot: Bot) -> None:
    """What is wrong with the database, in a line. An answer needs none: only what no waiting mends stops the start."""
    if fault := bot.store.fault():
        print(fault.line, file=sys.stderr)
        if fault.lasting:
            raise SystemExit(fault.exit_code)


def web_application() -> Flask:
    """Read the settings and build the web part, which may be forked before it is started; the worker runs elsewhere.

    What stops it is said in one line.
    """
    try:
        settings = load_settings()
        logs.start(settings.log_format, settings.secrets, settings.remarks)
        config.prepare_var_dir(settings)
        bot = Bot(settings)
    except config.SettingError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from error
    say_fault(bot)
    web = create_app(bot)
    web.extensions[BOT] = bot
    take_turns()
    bot.prepare()
    bot.warm_senders()
    bot.disconnect()
    return web


def start(web: Flask) -> None:
    """Begin what goes on beside the answers of a process, until it ends."""
    bot: Bot = web.extensions[BOT]
    threading.Thread(target=bot.run_maintenance, daemon=True).start()
    atexit.register(bot.close)  # gunicorn tells nobody else that a process ends
