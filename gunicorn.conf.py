"""How gunicorn runs the web part (Procfile). PORT and WEB_CONCURRENCY are read by gunicorn itself."""

import pathlib
import shutil
import tempfile

workers = 2
threads = 32  # more than questions from the web can take up at once (handlers/web/entrance.py): a webhook finds one.
# A thread reads the body itself here, so whoever sends slowly holds one: a proxy in front has to take bodies whole.
timeout = 30
graceful_timeout = 20
access_log_format = "%(t)s %(m)s %(s)s %(B)s %(M)s ms"  # for who turns it on: no address, which may hold what was typed
control_socket_disable = True  # nothing is written outside VAR_DIR and the temporary folder
metrics_dir = pathlib.Path(tempfile.gettempdir()) / "secret-leak-bot-metrics"
raw_env = [f"PROMETHEUS_MULTIPROC_DIR={metrics_dir}"]


def on_starting(server):
    """Each start counts from zero; nothing that was typed gets into the log."""
    import logs

    logs.hide_requests("gunicorn.error")
    shutil.rmtree(metrics_dir, ignore_errors=True)
    metrics_dir.mkdir(parents=True)


def child_exit(server, worker):
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
