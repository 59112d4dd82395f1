"""Run by `make sbom`: what is shipped beside Python's packages, the tool's own check, and the table of licences.

The list of the packages in deploy/sbom.cdx.json is made by cyclonedx-py; of our own words there is docs/licences.md.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

HOME = Path(__file__).parent.parent
SBOM = HOME / "deploy" / "sbom.cdx.json"
TABLE = HOME / "docs" / "licences.md"
WITH_DUTIES = ("GPL", "MPL", "EPL", "CDDL")  # who passes the program on has to do something for these
UNNAMED = {"huey": "MIT"}  # not in its metadata: its LICENSE says so


class Shipped(NamedTuple):
    """A library of others whose files lie in handlers/console/static."""

    name: str
    version: str
    licence: str


SHIPPED = (
    Shipped("htmx.org", "2.0.11", "0BSD"),
    Shipped("@picocss/pico", "2.1.1", "MIT"),
    Shipped("flex-render", "0.1.10", "MIT"),
)
PAGE = """\
# 用到的套件與授權

由 `make sbom` 寫出，和 [deploy/sbom.cdx.json](../deploy/sbom.cdx.json)（CycloneDX 1.6）同一份資料，
寫出前照它的規格驗過。這裡只有執行時用到的；測試用的在 `requirements-dev.txt`。版本與雜湊鎖在 `requirements.lock`。

## 要留意的

機關自己安裝、自己使用，下面這些都沒有額外的義務。把程式（或容器映像檔）交給別的單位時，要附上它們的授權全文，
並讓對方能換掉這些函式庫：Python 套件是分開的檔案，`pip install` 就能換；有疑問請問法制單位。

{marked}

## 全部

| 套件 | 版本 | 授權 |
|---|---|---|
{rows}
"""


def main() -> None:
    """Exit code 1 where the file is no CycloneDX."""
    document = json.loads(SBOM.read_text("utf-8"))
    known = {each["name"] for each in document["components"]}  # run once more by hand, it adds none twice
    document["components"] += [component(each) for each in SHIPPED if each.name not in known]
    for each in document["components"]:
        if each["name"] in UNNAMED:
            each["licenses"] = [{"license": {"id": UNNAMED[each["name"]]}}]
    document["components"].sort(key=lambda each: str(each["name"]).lower())
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if faults := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"{SBOM.name}: {faults}")
    SBOM.write_text(text, "utf-8")
    TABLE.write_text(page(document["components"]), "utf-8")


def component(shipped: Shipped) -> dict[str, Any]:
    purl = f"pkg:npm/{shipped.name.replace('@', '%40')}@{shipped.version}"
    licences = [{"license": {"id": shipped.licence}}]
    return {"type": "library", "bom-ref": purl, "purl": purl, "licenses": licences, **_named(shipped)}


def _named(shipped: Shipped) -> dict[str, str]:
    return {"name": shipped.name, "version": shipped.version}


def page(components: list[dict[str, Any]]) -> str:
    rows = [(each["name"], each["version"], "、".join(dict.fromkeys(licences(each)))) for each in components]
    marked = [f"- **{name}** {version}：{licence}" for name, version, licence in rows if has_duties(licence)]
    return PAGE.format(marked="\n".join(marked), rows="\n".join(f"| {' | '.join(row)} |" for row in rows))


def licences(component: dict[str, Any]) -> Iterator[str]:
    """As the package says it: an expression, an id of SPDX, or a name."""
    for each in component["licenses"]:
        licence = each.get("license", {})
        yield (each.get("expression") or licence.get("id") or licence["name"]).removeprefix(
            "License :: OSI Approved :: "
        )


def has_duties(licence: str) -> bool:
    return any(word in licence for word in WITH_DUTIES)


if __name__ == "__main__":
    main()
