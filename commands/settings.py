"""The page of all settings."""

import click

from config import Row
from handlers import registry

PAGE = """\
# 設定 Settings

寫在環境變數，或 `bot.py` 旁邊的檔案 `.env`（一行一個 `名稱=值`；兩邊都有時以環境變數為準）。
`.env` 存成 UTF-8、UTF-16（記事本的 Unicode）或 Big5（記事本的 ANSI）都可以，等號可以是全形；讀不懂的，會說是第幾行。
值裡有空白加 `#` 的，要用雙引號包起來，否則 `#` 之後是註解。
有一個填錯、寫錯名稱或只填一半，程式就不啟動：用一行說出是哪一個、該怎麼改，結束代碼 2。只有 `config.py` 讀這些設定。

| 名稱 | 預設 | 用途 | 機密 |
|---|---|---|---|
{rows}

標「機密」的值，以及其中網址裡的密碼，不會出現在執行紀錄裡。
代理的設定和其他程式共用，小寫的名稱（`https_proxy`）也讀，兩個都有時以小寫的為準；不讀 `ALL_PROXY`。
`PORT` 和 `WEB_CONCURRENCY` 是 gunicorn 自己的設定：網頁行程的埠，以及要開幾個網頁行程。

這一頁由 `make docs` 寫出（`python bot.py settings`）；要修改，請改程式裡各個設定的說明。"""


@click.command()
def settings() -> None:
    """列出所有設定的名稱、預設與用途（就是 docs/settings.md）。"""
    click.echo(PAGE.format(rows="\n".join(map(_line, registry.setting_rows()))))


def _line(row: Row) -> str:
    default = f"`{row.default}`" if row.default else "–"
    return f"| `{row.name}` | {default} | {row.help} | {'機密' if row.secret else ''} |"
