"""The files that an installation copies: systemd takes the units, the image has what it needs and no secret."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values

import app
from config import SettingError
from tests.support.running import HOME

DEPLOY = HOME / "deploy"
UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
MOST_EXPOSED = 20  # of 100, as systemd counts what a service could still reach
PROXIES = {"HTTPS_PROXY", "NO_PROXY"}  # of the environment, everywhere
NOT_IN_THE_IMAGE = {"bench", "deploy", "docs", "tests"}
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
COMPOSE = (DEPLOY / "compose.yaml").read_text("utf-8")


def setting(unit: Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit.read_text("utf-8"), re.M)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A root with the units, and files where they look for programs."""
    units = tmp_path / "etc" / "systemd" / "system"
    shutil.copytree(UNITS, units)
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    commands = [command for unit in SERVICES for command in setting(unit, "Exec[A-Za-z]*")]
    for program in {shlex.split(command)[0].lstrip("-+") for command in commands}:
        path = tmp_path / program.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o755)
    return tmp_path


def test_systemd_takes_the_units_without_a_word(machine: Path) -> None:
    names = [path.name.replace("@.", "@8001.") for path in UNITS.iterdir()]
    said = subprocess.run(
        ["systemd-analyze", "verify", f"--root={machine}", "--man=no", *names], capture_output=True, text=True
    )
    ours = [line for line in said.stderr.splitlines() if "leakbot" in line]
    assert (said.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_can_reach_little(unit: Path) -> None:
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stdout[-300:]


def test_all_services_are_held_alike() -> None:
    kept = {re.sub(r".*\nUMask=|\n\[Install\].*", "", unit.read_text("utf-8"), flags=re.S).strip() for unit in SERVICES}
    assert len(kept) == 1
    assert "NoNewPrivileges=yes" in kept.pop()


def test_gunicorn_has_time_to_finish() -> None:
    (patience,) = setting(UNITS / "leakbot-web@.service", "TimeoutStopSec")
    (graceful,) = re.findall(r"^graceful_timeout = (\d+)$", (HOME / "gunicorn.conf.py").read_text("utf-8"), re.M)
    assert int(patience) > int(graceful)


def test_the_example_of_settings_holds_but_for_what_only_its_owner_knows() -> None:
    values = {name: value or "" for name, value in dotenv_values(DEPLOY / "env.example").items()}
    assert values.keys() <= {row.name for row in app.setting_rows()} | PROXIES
    with pytest.raises(SettingError, match="SECRET_KEY"):
        app.load_settings(values)
    settings = app.load_settings({**values, "SECRET_KEY": "0" * 64})
    assert settings.database_url.startswith("postgresql")
    assert settings.trusted_proxies == 1


def copied() -> set[str]:
    """What the image is made of, by name, stages apart."""
    return {word for line in re.findall(r"^COPY (?!--)(.+) \S+$", CONTAINERFILE, re.M) for word in line.split()}


def test_the_image_has_every_room_and_nothing_else() -> None:
    rooms = {path.parent.name for path in HOME.glob("*/*.py")} - NOT_IN_THE_IMAGE | {"data"}
    assert copied() == rooms | {"*.py", "requirements.lock", "requirements-build.lock"}


def test_what_is_copied_is_enough_to_run(tmp_path: Path) -> None:
    for room in copied():
        for path in HOME.glob(room):
            (shutil.copytree if path.is_dir() else shutil.copy)(path, tmp_path / path.name)
    python = shutil.which("python", path=str(HOME / ".venv" / "bin"))
    environment = {"VAR_DIR": str(tmp_path / "var"), "PATH": "/usr/bin:/bin"}
    for arguments in (["bot.py", "migrate"], ["bot.py", "tip", "preview"], ["-c", "import bot, web_app"]):
        subprocess.run([python or "python", *arguments], cwd=tmp_path, env=environment, check=True)


def test_nothing_gets_near_the_image_unasked() -> None:
    rules = [line for line in (HOME / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule[0] == "!"}
    assert let_in == copied() - {"requirements.lock", "requirements-build.lock"} | {"requirements*.lock"}
    assert "**/.env*" in rules
    assert (HOME / ".containerignore").resolve() == HOME / ".dockerignore"


def test_the_image_is_run_by_nobody_in_particular_and_says_how_it_is() -> None:
    last_stage = CONTAINERFILE.rpartition("\nFROM ")[2]
    user = re.findall(r"^USER (\S+)$", last_stage, re.M)
    assert user == ["10001:10001"]
    assert last_stage.index("\nUSER") < last_stage.index("\nCMD")
    assert "\nHEALTHCHECK" in last_stage
    assert re.search(r"^(CMD|ENTRYPOINT) \[", last_stage, re.M), "as a list, so that signals reach it"
    assert not re.search(r"^(ADD|SHELL)\b|\bsudo\b|curl .*\|", CONTAINERFILE, re.M)


def test_what_others_made_is_pinned() -> None:
    (base,) = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", CONTAINERFILE, re.M)
    images = [base, *re.findall(r"^ +image: (docker\S+)$", COMPOSE, re.M)]
    assert len(images) == 3
    assert all(re.fullmatch(r"docker\.io/library/[a-z]+:\d+\.\d+[\w.-]*", image) for image in images), images
    assert "latest" not in CONTAINERFILE + COMPOSE
    assert CONTAINERFILE.count("--require-hashes") == 2


def test_no_secret_is_written_into_them() -> None:
    secrets = [row.name for row in app.setting_rows() if row.secret] + ["POSTGRES_PASSWORD"]
    for name in secrets:
        assert name == "DATABASE_URL" or not re.search(rf"{name}[=:]", CONTAINERFILE)
        for value in re.findall(rf"^ +{name}: (.*)$", COMPOSE, re.M):
            assert "${POSTGRES_PASSWORD:?" in value or name == "REDIS_URL"


def services() -> dict[str, str]:
    body = COMPOSE.partition("\nservices:\n")[2].partition("\nvolumes:")[0]
    _, *parts = re.split(r"^  ([a-z]+):\n", body, flags=re.M)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_containers_may_do_little() -> None:
    shared = COMPOSE.partition("\nservices:\n")[0]
    assert set(services()) == {"migrate", "web", "worker", "db", "redis"}
    for held in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "mem_limit", "pids_limit"):
        assert held in shared
    for name in ("migrate", "web", "worker"):
        assert "<<: *bot" in services()[name]
    assert re.findall(r"ports: (.*)", COMPOSE) == ['["127.0.0.1:8000:8000"]'], "others come through the proxy"
