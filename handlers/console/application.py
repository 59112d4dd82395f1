"""The console, a Flask application of its own mounted at /admin: the chat page has no session and no cookie."""

import logging

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_login import current_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import logs
from handlers import under_path
from handlers.clients import Client
from handlers.console import dates
from handlers.console.access import Gate
from handlers.console.account_pages import AccountPages
from handlers.console.draft_pages import DraftPages
from handlers.console.entry_pages import EntryPages
from handlers.console.face_pages import FacePages
from handlers.console.installation_pages import InstallationPages
from handlers.console.library_file_pages import LibraryFilePages
from handlers.console.library_pages import LibraryPages
from handlers.console.log_pages import LogPages
from handlers.console.missed_pages import MissedPages
from handlers.console.overview_pages import OverviewPages
from handlers.console.own_pages import OwnPages
from handlers.console.services import Services
from handlers.console.tip_calendar_pages import TipCalendarPages
from handlers.console.tip_pages import TipPages
from handlers.console.tip_writing_pages import TipWritingPages
from handlers.console.try_pages import TryPages
from handlers.pace import storage_uri
from office import words
from office.model import Right

log = logging.getLogger(__name__)

ROOT = "/admin"
MAX_FORM = 4 * 1024 * 1024
MAX_UPLOAD = 64 * 1024 * 1024  # as large as a sheet may be (retrieval/sheets/model.py)
UPLOADS = ("library.file",)
# The menu: endpoint, its label, the endpoints it stands for (what is before their first dot), and what it takes.
MENU = (
    ("overview", "總覽", "overview", None),
    ("library", "案例庫", "library draft versions", Right.LIBRARY),
    ("missed", "問不到的", "missed", Right.LIBRARY),
    ("tips", "提醒", "tips", Right.TIPS),
    ("accounts", "帳號", "accounts", Right.OFFICE),
    ("log", "紀錄", "log", Right.OFFICE),
    ("installation", "安裝狀況", "installation", Right.OFFICE),
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAID = {
    400: ("這一步沒有做", "送來的內容不完整。請回上一頁，重新整理後再試一次。"),
    404: ("沒有這一頁", "網址可能打錯，或東西已經不在了。"),
    405: ("這一頁不能這樣開", "請從選單重新進去。"),
    413: ("檔案太大", "上傳的檔案超過 64 MB，請確認選對檔案。"),
    429: ("試得太頻繁", "請等一分鐘再試。"),
}
OTHERWISE = (
    "這一頁現在打不開",
    "資料庫或伺服器暫時出了狀況，請稍後再試；按瀏覽器的上一頁，填過的內容還在。",
)


def create(services: Services, secret_key: str, public_url: str | None, redis_url: str | None, client: Client) -> Flask:
    """The application; where the world reaches it over HTTPS, its cookie goes that way alone. Attempts are counted by
    `client`, in Redis or else in this process.
    """
    application = Flask(__name__, static_folder="static", static_url_path="/static", template_folder="templates")
    application.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME="console",
        SESSION_COOKIE_PATH=f"{under_path.path_of(public_url)}{ROOT}/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=(public_url or "").startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: what somebody typed for an hour is not lost
        MAX_CONTENT_LENGTH=MAX_FORM,
        MAX_FORM_MEMORY_SIZE=MAX_FORM,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    under_path.answer_at_once(application)
    application.before_request(_let_upload)  # before the form is read for its token
    CSRFProtect(application)
    limiter = Limiter(
        client,
        app=application,
        storage_uri=storage_uri(redis_url) if redis_url else "memory://",
        storage_options=dict.fromkeys(("socket_timeout", "socket_connect_timeout"), 1) if redis_url else {},  # seconds
        in_memory_fallback_enabled=True,
        headers_enabled=False,
    )
    _add_pages(application, services, limiter, public_url)
    dates.add_filters(application, services.zone)
    application.context_processor(lambda: {"menu": MENU, "roles": words.ROLES, "actions": words.ACTIONS})
    application.register_error_handler(CSRFError, _stale_form)
    application.register_error_handler(Exception, _failed)
    application.after_request(_set_policy)
    return application


def _add_pages(application: Flask, services: Services, limiter: Limiter, public_url: str | None) -> None:
    """Every subject of the console, behind the one gate."""
    gate = Gate(application, services.desk.sessions, services.needs_second_factor)
    OverviewPages(gate, services.statistics, services.quota_left)
    EntryPages(gate, services.desk.accounts, services.desk.actions, limiter)
    OwnPages(gate, services)
    TipPages(gate, services.tips, services.zone)
    TipWritingPages(gate, services.tips, services.zone)
    TipCalendarPages(gate, services.tips)
    LibraryPages(gate, services)
    LibraryFilePages(gate, services)
    DraftPages(gate, services)
    TryPages(gate, services)
    MissedPages(gate, services.desk.missed)
    AccountPages(gate, services.desk.accounts, services.zone, public_url)
    LogPages(gate, services.desk.actions, services.zone)
    InstallationPages(gate, services.inspect)
    FacePages(gate, application)


def mount(web: Flask, console: Flask) -> None:
    """Put the console under ROOT of the web application."""
    web.wsgi_app = DispatcherMiddleware(web.wsgi_app, {ROOT: console.wsgi_app})  # type: ignore[method-assign]


def _let_upload() -> None:
    """Whoever is logged in may send a workbook; others send little."""
    if request.endpoint in UPLOADS and current_user.is_authenticated:
        request.max_content_length = MAX_UPLOAD


def _stale_form(_: Exception) -> ResponseReturnValue:
    return render_template("console/timed_out.html"), 400


def _failed(error: Exception) -> ResponseReturnValue:
    """Errors as a page with a way back; their texts may quote data and are not shown."""
    if isinstance(error, BadHost):  # under a host that is none, no page can name its addresses
        return error.get_response()
    code = error.code or 500 if isinstance(error, HTTPException) else 500
    if code >= 500:
        log.error("console: %s", logs.describe(error))
    title, said = SAID.get(code, OTHERWISE)
    return render_template("console/error.html", title=title, said=said), code


def _set_policy(response: Response) -> Response:
    """What else every answer carries: handlers/headers.py."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    return response
