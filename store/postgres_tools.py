"""PostgreSQL's own programs: which one to take, and how its errors are said. No password is ever on a command line."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL

from store.copies import CopyError

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
MISSING = "找不到 {name}。請安裝 PostgreSQL {major} 的用戶端（Debian、Ubuntu：apt install postgresql-client-{major}）"
TOO_OLD = (
    "{name} 是第 {found} 版，伺服器是第 {major} 版，比較舊的不能用。"
    "請安裝 PostgreSQL {major} 的用戶端（Debian、Ubuntu：apt install postgresql-client-{major}）"
)
SAID = {
    r"server version mismatch": "{name} 比伺服器舊，不能用。請安裝和伺服器同一版的 PostgreSQL 用戶端",
    r"No space left|disk full": "磁碟滿了，請先清出空間",
    r"lock timeout|canceling statement due to lock": "資料表被別的連線占用。請先停掉服務（serve、worker、網頁行程）",
    r"permission denied|must be owner": (
        "這個資料庫帳號的權限不夠。請用資料庫和資料表的擁有者的帳號（DATABASE_URL）；"
        "擁有資料表、只是不能還原的，請先 GRANT CREATE ON DATABASE 資料庫 TO 帳號"
    ),
    r"tables of another schema|schema \"[^\"]*\" does not exist": (
        "備份的資料表在另一個 schema，不是現在用的這一個，所以什麼都沒有換。"
        "請讓 DATABASE_URL 的帳號用備份時的那個 schema（search_path），再還原一次"
    ),
    r"password authentication failed|no password supplied": "資料庫不接受帳號或密碼。請確認 DATABASE_URL",
    r"could not connect|connection to server|Connection refused|timeout expired": (
        "連不上資料庫。請確認資料庫開著，以及 DATABASE_URL"
    ),
}
SHOWN = "DATABASE_URL 裡有 sslpassword，執行時別人看得到它。請改用沒有密碼的金鑰檔，再執行一次"
OTHERWISE = "{name} 失敗了（結束代碼 {code}）。請用同一個帳號執行一次 {name} 看它說什麼"


def program(name: str, major: int) -> str:
    """The path of one that is not older than a server of that major version. Raises CopyError."""
    found = [(version_of(path), path) for path in _candidates(name)]
    for version, path in found:
        if version >= major:
            return path
    if not found:
        raise CopyError(MISSING.format(name=name, major=major))
    raise CopyError(TOO_OLD.format(name=name, found=max(found)[0], major=major))


def _candidates(name: str) -> Iterator[str]:
    """That of the PATH first."""
    if first := shutil.which(name):
        yield first
    for pattern in FOLDERS:
        yield from map(str, sorted(Path("/").glob(f"{pattern[1:]}/{name}"), reverse=True))


def version_of(path: str) -> int:
    """Its major version; 0 for what does not tell."""
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


def address(url: URL, work: Path, **options: str) -> str:
    """As libpq takes it; its password goes into a file in `work` that only this user reads."""
    query = {**url.query, **options}
    password = query.pop("password", None) or url.password
    if "sslpassword" in query:
        raise CopyError(SHOWN)
    if password:
        passfile = work / "password"
        passfile.touch(0o600)
        escaped = re.sub(r"([\\:])", r"\\\1", str(password))
        passfile.write_text(f"*:*:*:*:{escaped}\n", "utf-8")
        query["passfile"] = str(passfile)
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return plain.render_as_string(hide_password=False)


def run(*command: str) -> None:
    """Raises CopyError with what its error means; the error's own text may hold data."""
    name = Path(command[0]).name
    try:
        ran = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)  # noqa: S603
    except OSError as error:
        raise CopyError(OTHERWISE.format(name=name, code=error.errno)) from error
    if ran.returncode:
        for pattern, said in SAID.items():
            if re.search(pattern, ran.stderr):
                raise CopyError(said.format(name=name))
        raise CopyError(OTHERWISE.format(name=name, code=ran.returncode))
