"""How gunicorn runs the web part (Procfile). PORT is read by gunicorn itself, WEB_CONCURRENCY here.

The application is built before the workers are forked, which share its memory; threads and connections come after.
HUP reads the settings and the library again; USR2 starts a new release, which takes over once it answers
(docs/architecture.md, "Starting").
"""

import contextlib
import gc
import logging
import os
import signal

import metrics_folder
from config import SettingError, var_dir

workers = int(os.environ.get("WEB_CONCURRENCY") or 2)  # gunicorn itself would begin with one
threads = 32  # more than questions from the web can take up at once (handlers/web/entrance.py): a webhook finds one.
# A thread reads the body itself here, so whoever sends slowly holds one: a proxy in front has to take bodies whole.
timeout = 30
graceful_timeout = 20
preload_app = True
access_log_format = "%(t)s %(m)s %(s)s %(B)s %(M)s ms"  # for who turns it on: no address, which may hold what was typed
control_socket_disable = True  # nothing is written outside VAR_DIR and the temporary folder
with contextlib.suppress(SettingError, OSError):  # the application says what is wrong with VAR_DIR
    metrics_folder.of_this_process(var_dir())
if metrics_folder.held:  # after a HUP that cannot be done, the one before
    raw_env = [f"PROMETHEUS_MULTIPROC_DIR={metrics_folder.held[-1]}"]


def on_starting(server):
    """The application is there already; what it has logged of its own is logs.py's."""
    import web_app

    web_app.freeze()


def on_reload(server):
    """HUP: what was built before stays where it cannot be built again."""
    import logs
    import web_app

    before, server.app.callable = server.app.callable, None
    gc.unfreeze()
    try:
        server.app.wsgi()
    except (Exception, SystemExit) as error:
        server.app.callable = before
        logging.getLogger("bot").error("not reloaded, what was there before stays: %s", logs.describe(error))
    del before
    web_app.freeze()


def pre_exec(server):
    """USR2. Of `python -m gunicorn` only the file is known, and as a script it would take its folder for a library."""
    arguments = server.START_CTX["args"]
    if arguments[1].endswith("__main__.py"):
        arguments[1:2] = ["-m", "gunicorn"]


def post_worker_init(worker):
    import web_app

    web_app.start(worker.wsgi)
    if worker.age >= worker.cfg.workers:
        _take_over()


def child_exit(server, worker):
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def _take_over():
    """After USR2, the last worker of the new master is ready: the old one stops, and systemd is told whom to watch."""
    old_master = os.environ.get("GUNICORN_PID")
    if old_master:
        from gunicorn import systemd

        systemd.sd_notify(f"MAINPID={os.getppid()}", None)
        with contextlib.suppress(ProcessLookupError):  # somebody else has ended it
            os.kill(int(old_master), signal.SIGTERM)
