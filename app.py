"""Builds and joins every part, once; the only file that knows every room."""

import logging
import os
import secrets
import threading
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import config
import digests
import logs
import maintenance
from broadcasts import tips
from broadcasts.admin_commands import AdminCommands
from broadcasts.admin_notifications import AdminNotifier
from broadcasts.calendar import Calendar
from broadcasts.daily import DailyTip
from broadcasts.dispatcher import Dispatcher
from broadcasts.heartbeat import Heartbeat
from broadcasts.lifecycle import Lifecycle
from broadcasts.model import LEASE_SECONDS
from broadcasts.sample import Samples
from broadcasts.schedule import DailySchedule
from broadcasts.worker import Queue, Worker
from config import Settings
from core import privacy
from core.answers import Answerer
from core.ballots import Ballots
from core.commands import read as read_command
from core.contact import Office
from core.conversation import Conversation
from core.counts import GatheredCounts
from core.deeds import Keeper
from digests import Digest
from handlers import registry
from handlers.event_pool import EventPool
from handlers.pace import SharedPace
from handlers.registry import CHANNELS
from maintenance import Chore, attempt
from office import retention
from office.desk import Desk
from office.model import Right
from office.privacy import Privacy
from office.tips import TipOffice, recorder
from retrieval import dictionary
from retrieval.cache import Cache
from retrieval.live import LiveLibrary, ShippedLibrary
from store.journal import Journal
from store.store import Store

log = logging.getLogger(__name__)
load_settings, setting_rows, admins_of = registry.load_settings, registry.setting_rows, registry.admins_of
setting_states = registry.setting_states

REFRESH_SECONDS = 1  # with the time of building an index, a new library is live everywhere within 5 s
JOURNAL_SECONDS = 2
FLUSH_SECONDS = 5  # what a kill may lose of the counts
SUBSCRIBERS_SECONDS = 300
FORGET_SECONDS = 3600
STORE_PATIENCE = 20  # how long sending waits for a busy store; a question waits less

Clock = Callable[[ZoneInfo], datetime]


class Bot:
    """All the parts of one process, joined: senders, then broadcasts, then the conversation. Nothing is started."""

    def __init__(self, settings: Settings, now: Clock = datetime.now, user: str = "bot") -> None:
        zone = settings.timezone
        shipped = ShippedLibrary(*settings.library_paths)
        self.settings = settings
        digest = digest_of(settings, "store")
        self.store = Store(settings.database_url, zone=zone, digest=digest)
        self.sending_store = Store(settings.database_url, STORE_PATIENCE, rest_seconds=0, zone=zone, digest=digest)
        self.key = signing_key(settings)
        cache = Cache(settings.var_dir / "cache", self.key)
        dictionary.keep_in(cache)
        self.library = LiveLibrary(shipped, self.store.library_versions, cache)
        self.today: Callable[[], date] = lambda: now(zone).date()
        self.office = office_of(settings)
        self.desk = Desk(self.store, self.library, partial(start_check, settings), self.today)
        self.journal, sending = Journal(settings.var_dir / "journal"), self.sending_store
        self.privacy = Privacy(
            sending.holdings, sending.people, self.journal, self.store.actions, digest, settings.var_dir, zone
        )
        self.queue = Queue(settings.redis_url, settings.var_dir)
        self.daily_tip = DailyTip(self.store.tip_days, self.library.library, zone, now)
        self.senders = {
            name: CHANNELS[name].connect(settings.channels[name]) for name in registry.channels_on(settings)
        }
        self.broadcasts = Lifecycle(
            repository=self.sending_store.broadcasts,
            senders=self.senders,
            specs=registry.specs(),
            count_subscribers=self.store.subscribers.count_active,
            zone=zone,
            approvals=settings.tip_approvals,
            nudge=self.queue.nudge,
            record=recorder(self.sending_store.actions, user),
        )
        admins = registry.admins_of(settings)
        count_senders = partial(self.desk.accounts.count_who_may, Right.TIPS)
        self.tip_office = TipOffice(
            self.broadcasts,
            Calendar(settings.tip_time, self.daily_tip, self.store.broadcast_lists),
            Samples(self.senders, self.office),
            self.store.actions,
            lambda: len(admins) + count_senders(),
        )
        commands = AdminCommands(
            self.broadcasts, self.store.piggybacks, self.daily_tip.today, self.office, admins, count_senders
        )
        self.notifier = AdminNotifier(self.broadcasts.repository, self.senders, admins, commands.card, zone)
        counts = GatheredCounts(zone, now)
        self.write_counts = partial(counts.flush, self.store.counts.add)
        answerer = Answerer(self.library.index, counts)
        self.keeper = Keeper(self.store, self.journal)
        self.pace = SharedPace(settings.ask_per_minute, self.key, settings.redis_url)
        self.conversation = Conversation(
            answerer=answerer,
            store=self.store,
            keeper=self.keeper,
            office=self.office,
            tips=commands,
            channels=registry.specs(),
            today=self.today,
            ballots=Ballots(self.key, self.today),
            pace=self.pace,
        )
        self.pool = EventPool()
        self.stopping = threading.Event()
        self.worker: Worker | None = None

    def prepare(self) -> None:
        """Load and make what the first question would wait for, by asking one: index, dictionary, patterns."""
        question = privacy.mask("這樣算不算洩密").text
        assert read_command(question) is None
        self.library.index().search(question)

    def warm_senders(self) -> None:
        """Load what the first message out would wait for."""
        for sender in self.senders.values():
            sender.warm()

    def disconnect(self) -> None:
        """Leave the database until it is needed again: of connections each process has its own."""
        self.store.close()
        self.sending_store.close()

    def why_not_ready(self) -> str | None:
        """None when questions can be answered and remembered, else the reason."""
        try:
            self.library.index()
        except Exception as error:
            return f"案例庫無法載入：{logs.describe(error)}"
        try:
            self.store.check()
        except Exception as error:
            line = getattr(error, "line", "")
            return line or f"資料庫無法使用：{logs.describe(error)}；請確認 DATABASE_URL 並執行 python bot.py migrate"
        return None

    def run_maintenance(self) -> None:
        """Until the stop: take up imported libraries, write down what was counted, forget what is old."""
        attempt(Chore(0, self.library.tell_of_shipped, "the shipped library not compared"))
        chores = (
            # it says itself what stops it, under another name: here it always works
            Chore(REFRESH_SECONDS, self.library.refresh, "library not looked for"),
            Chore(JOURNAL_SECONDS, self.keeper.drain, "what people asked is not stored yet"),
            Chore(FLUSH_SECONDS, self.write_counts, "counts not written, they wait for the next time"),
            Chore(SUBSCRIBERS_SECONDS, self.store.counts.note_subscribers, "subscribers not counted"),
            Chore(FORGET_SECONDS, self.store.deliveries.forget_old, "old deliveries not forgotten"),
            Chore(FORGET_SECONDS, self.desk.sessions.forget_old, "old sessions not forgotten"),
            Chore(FORGET_SECONDS, self.desk.missed.forget_old, "old missed questions not forgotten"),
            *(
                Chore(FORGET_SECONDS, act, f"old {table} not forgotten")
                for table, act in retention.chores(self.sending_store.forgetting, self.sending_store.actions)
            ),
            Chore(FORGET_SECONDS, self.journal.forget_old, "what the journal has left over not forgotten"),
            Chore(FORGET_SECONDS, self.store.scrub, "what was deleted not overwritten"),
        )
        maintenance.run(chores, self.stopping)

    def start_worker(self, lease_seconds: float = LEASE_SECONDS) -> None:
        """Send tips, in threads of this process, until it is closed."""
        settings, daily, batches = self.settings, self.daily_tip, self.sending_store.batches
        card, finish = partial(tips.stored_card, office=self.office), self.broadcasts.finish
        dispatchers = [
            Dispatcher(sender, batches, card, finish, self.stopping, lease_seconds) for sender in self.senders.values()
        ]
        ticks = [Heartbeat(self.store.workers.note).tick, self.broadcasts.tick, self.notifier.tick]
        if settings.tip_time:
            schedule = DailySchedule(
                settings.tip_time, settings.timezone, self.broadcasts, daily.today, daily.now, daily.is_skipped
            )
            ticks.insert(0, schedule.tick)
        self.worker = Worker(dispatchers, self.queue, ticks, self.stopping)
        self.worker.start()

    def close(self) -> None:
        """Stop the worker and the event pool, which finish what they have taken on, and leave the database."""
        self.stopping.set()
        if self.worker:
            self.worker.stop()
        self.pool.close()
        attempt(Chore(0, self.write_counts, "the last counts not written"))
        self.disconnect()


def digest_of(settings: Settings, purpose: str) -> Digest:
    """Digests under the program's key, which is asked for, or made, at the first one."""
    return digests.keyed(partial(config.secret_key, settings), purpose)


def signing_key(settings: Settings) -> str:
    """The program's, or where none can be kept (a question at the command line) one for this process alone."""
    try:
        return config.secret_key(settings)
    except OSError:
        return secrets.token_hex()


def office_of(settings: Settings) -> Office:
    """The human whom cards name."""
    phone = settings.office_phone
    written, url = (phone.written, phone.url) if phone else ("", "")
    return Office(settings.office_name, settings.office_contact, written, url, settings.office_url)


def start_check(settings: Settings, account: str) -> None:
    """Find out what somebody's draft would change, in a process of its own."""
    import multiprocessing  # nothing else needs it

    multiprocessing.get_context("spawn").Process(target=check_draft, args=(settings, account), daemon=True).start()


def check_draft(settings: Settings, account: str) -> None:
    """What that process does; whoever asks the bot comes first."""
    os.nice(10)
    logs.start(settings.log_format, settings.secrets)
    bot = Bot(settings)
    bot.desk.check_draft(account)
    bot.close()
