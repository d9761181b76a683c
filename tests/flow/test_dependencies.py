"""docs/dependencies.md names every direct dependency with its reason and licence, and no other."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "dependencies.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def named(requirements):
    return sorted(re.split(r"[<>=\[]", requirement)[0] for requirement in requirements)


def listed(heading):
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:2] == "| "]
    assert all(len(row) == 3 and all(row) for row in rows)
    return [row[0] for row in rows[1:]]


def test_every_dependency_at_run_time_is_explained():
    assert listed("At run time") == named(PROJECT["dependencies"])


def test_every_dependency_for_development_is_explained():
    assert listed("For development") == named(PROJECT["optional-dependencies"]["dev"])


def test_the_driver_for_postgresql_is_explained():
    assert listed("For a store in PostgreSQL") == named(PROJECT["optional-dependencies"]["postgresql"])


def test_nothing_installed_is_under_the_gpl_but_the_driver_for_postgresql_under_the_lgpl():
    def licence(distribution):
        about = distribution.metadata
        classifiers = [text for text in about.get_all("Classifier") or [] if text.startswith("License")]
        return " ".join([about.get("License-Expression") or "", (about.get("License") or "")[:300], *classifiers])

    found = {each.metadata["Name"]: licence(each) for each in distributions()}
    copyleft = {name: text for name, text in found.items() if re.search(r"GPL|General Public", text)}
    assert sorted(copyleft) == ["psycopg", "psycopg-binary"]
    assert all(re.search(r"LGPL|Lesser", text) for text in copyleft.values())
