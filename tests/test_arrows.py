"""The arrows of docs/architecture.md: which file may import what, function bodies included."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
OURS = {
    "app",
    "bot",
    "broadcasts",
    "checkup",
    "cli",
    "commands",
    "config",
    "core",
    "digests",
    "handlers",
    "logs",
    "maintenance",
    "metrics_folder",
    "office",
    "retrieval",
    "settings",
    "store",
    "text_encodings",
    "troubles",
    "web_app",
}
ENTRY = "bot.py"

# room -> the rooms and modules of ours that it may import (besides itself)
ARROWS = {
    "bot.py": {"cli", "web_app"},
    "app.py": OURS - {"app", "bot", "checkup", "cli", "commands", "web_app"},
    "checkup.py": {"app", "broadcasts", "config", "handlers", "logs", "office", "retrieval", "store"},
    "web_app.py": {"app", "checkup", "config", "handlers", "logs", "office"},
    "maintenance.py": {"troubles"},
    "metrics_folder.py": set(),
    "cli.py": {"commands", "logs"},
    "commands": OURS - {"bot", "cli"},
    "config.py": {"settings", "troubles"},
    "settings": {"text_encodings"},
    "text_encodings.py": set(),
    "logs.py": set(),
    "troubles.py": {"logs"},
    "digests.py": set(),
    "core": {"logs", "retrieval", "troubles"},
    "broadcasts": {"core", "logs", "retrieval", "troubles"},
    "handlers": {
        "broadcasts",
        "config",
        "core",
        "digests",
        "logs",
        "office",
        "retrieval",
        "settings.types",
        "settings.way_out",
        "troubles",
    },
    "office": {"broadcasts", "core", "digests", "logs", "retrieval"},
    "retrieval": {"logs", "text_encodings", "troubles"},
    "store": {
        "broadcasts.model",
        "core.counts",
        "core.deeds",
        "core.safe_store",
        "digests",
        "office.model",
        "retrieval.versions",
    },
}

# library -> the only places that may import it
KEPT_IN = {
    "flask": ("bot.py", "handlers/", "web_app.py"),
    "flask_login": ("handlers/console/",),
    "flask_wtf": ("handlers/console/",),
    "flask_limiter": ("handlers/console/",),
    "limits": ("handlers/pace.py",),
    "argon2": ("office/",),
    "pyotp": ("office/",),
    "linebot": ("handlers/line/",),
    "sqlalchemy": ("store/",),
    "alembic": ("store/",),
    "sklearn": ("retrieval/",),
    "jieba": ("retrieval/",),
    "opencc": ("retrieval/",),
    "dotenv": ("settings/env_file.py",),
    "huey": ("broadcasts/worker.py",),
    "redis": ("broadcasts/worker.py",),
    "holidays": ("broadcasts/schedule.py",),
}


def files() -> list[Path]:
    found = [*HOME.glob("*.py")]
    for room in ("broadcasts", "commands", "core", "handlers", "office", "retrieval", "settings", "store"):
        found += (HOME / room).rglob("*.py")
    return [path for path in found if path.name != "gunicorn.conf.py"]


def imports(path: Path) -> set[str]:
    """Every module a file imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(HOME)))
def test_arrows_run_one_way(path: Path) -> None:
    place = path.relative_to(HOME)
    room = place.parts[0]
    imported = imports(path)
    others = {name for name in imported if name.split(".")[0] in OURS - {room.removesuffix(".py")}}
    wrong = {name for name in others if not f"{name}.".startswith(tuple(f"{allowed}." for allowed in ARROWS[room]))}
    assert not wrong, f"{place} imports {sorted(wrong)}"
    for library, places in KEPT_IN.items():
        if any(name.split(".")[0] == library for name in imported):
            assert str(place).startswith(places), f"{place} imports {library}, which stays in {places}"


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(HOME)))
def test_only_config_reads_the_environment(path: Path) -> None:
    names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    assert path.name == "config.py" or not names & {"environ", "getenv"}


def test_no_import_cycle() -> None:
    """Rooms are ordered, so a cycle could only be inside a room."""
    graph = {}
    for path in files():
        name = ".".join(path.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__")
        graph[name] = imports(path)
    inner = {name: found & graph.keys() - {name} for name, found in graph.items()}
    TopologicalSorter(inner).prepare()  # raises CycleError, which names the cycle
