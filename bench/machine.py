"""What a benchmark ran on: the machine, and the packages whose speed it depends on."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = (
    *("flask", "werkzeug", "waitress", "gunicorn", "line-bot-sdk", "urllib3", "SQLAlchemy", "psycopg", "huey", "redis"),
    *("numpy", "scipy", "scikit-learn", "jieba", "opencc", "rank-bm25", "bm25s", "openpyxl"),
)
BUSY = 0.25  # load a core at the start beyond which figures say more of the others


def processor() -> str:
    """The model's name, where the kernel gives one."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def facts() -> Iterator[tuple[str, str]]:
    """What a table of the machine says, name and value."""
    yield "處理器", processor()
    yield "核心數", str(os.cpu_count())
    yield "記憶體", f"{psutil.virtual_memory().total / 2**30:.0f} GB"
    yield "核心（kernel）", f"{platform.system()} {platform.release()}"
    yield "Python", platform.python_version()
    yield "套件", "、".join(f"{name} {version(name)}" for name in PACKAGES)


def warning(at_start: float) -> str:
    """What the reader must know of the load, or nothing."""
    if at_start <= BUSY * (os.cpu_count() or 1):
        return ""
    return "**當時還有別的工作在跑：數字偏大、起伏也大，比例比絕對值可靠。**"
