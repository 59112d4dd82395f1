"""What is installed: what people read, the versions and the locked files say the same; so does the list of licences."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOME = Path(__file__).parent.parent
RUN, DEV, BUILD, TOOLS = "requirements", "requirements-dev", "requirements-build", "requirements-tools"
LOCKS = (RUN, DEV, BUILD, TOOLS)
SHIPPED = {"htmx.org", "@picocss/pico", "flex-render"}  # as files of ours, and so no package of Python's


def named(name: str) -> set[str]:
    """The packages that a list for people names."""
    lines = (HOME / f"{name}.txt").read_text("utf-8").split("\n")
    return {canonicalize_name(Requirement(line).name) for line in lines if line and line[0] not in "#-"}


def pins(text: str) -> dict[str, Requirement]:
    found = map(Requirement, re.findall(r"^[a-z0-9][^\\\n]*", text, re.M))
    return {canonicalize_name(each.name): each for each in found}


def locked(name: str) -> dict[str, Requirement]:
    return pins((HOME / f"{name}.lock").read_text("utf-8"))


def versions(found: dict[str, Requirement]) -> dict[str, str]:
    return {name: str(each.specifier) for name, each in found.items()}


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_named_is_locked(name: str) -> None:
    assert named(name) - locked(name).keys() == set()


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_its_hashes(name: str) -> None:
    text = (HOME / f"{name}.lock").read_text("utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+( ;[^\\]+)? \\\n    --hash=sha256:[0-9a-f]{64}\b", entry), entry[:80]


@pytest.mark.parametrize("name", LOCKS)
def test_it_names_no_place_to_fetch_from(name: str) -> None:
    text = (HOME / f"{name}.lock").read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^--", text, re.M)


def test_the_versions_are_the_locked_ones() -> None:
    """Where only names and versions are read: Heroku takes requirements.txt with constraints.txt."""
    together = {**locked(RUN), **locked(DEV), **locked(BUILD)}
    assert versions(pins((HOME / "constraints.txt").read_text("utf-8"))) == versions(together)


def test_tests_run_on_what_the_program_runs_on() -> None:
    assert versions(locked(RUN)).items() <= versions(locked(DEV)).items()


def test_the_list_of_licences_is_of_the_locked_packages() -> None:
    parts = components()
    here = {name: each for name, each in locked(RUN).items() if not each.marker or each.marker.evaluate()}
    found = {canonicalize_name(part["name"]): f"=={part['version']}" for part in parts if part["name"] not in SHIPPED}
    assert found == versions(here), "make lock sbom"
    assert {part["name"] for part in parts} >= SHIPPED


def components() -> list[dict[str, Any]]:
    document = json.loads((HOME / "deploy" / "sbom.cdx.json").read_text("utf-8"))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    parts: list[dict[str, Any]] = document["components"]
    return parts


def test_each_has_its_licence_and_its_line() -> None:
    table = (HOME / "docs" / "licences.md").read_text("utf-8")
    for part in components():
        assert part.get("licenses"), part["name"]
        assert f"| {part['name']} | {part['version']} | " in table
    marked, _, _ = table.partition("## 全部")
    assert "**psycopg**" in marked


def test_it_tells_nothing_of_the_machine_that_made_it() -> None:
    text = (HOME / "deploy" / "sbom.cdx.json").read_text("utf-8")
    assert "file:" not in text
    assert str(HOME) not in text
