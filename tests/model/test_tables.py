"""The page about the evidence tables is made from their columns and codes, and says of each what it means.

`python tests/model/test_tables.py` writes it anew after a change of the tables.
"""

from pathlib import Path

from evidence.model.codes import Measure, Outcome
from evidence.model.measures import CONTRAST_MEASURES
from evidence.model.tables import CORRECTABLE, TABLES

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"
_ROWS = {
    "documents": "One row per ingested file.",
    "studies": "One row per study and document that reports it.",
    "arms": "One row per arm, cohort or compared group.",
    "arm_results": "One row per number reported for one arm, or for the whole study population.",
    "contrasts": "One row per comparison of two groups.",
    "patients": "One row per outcome of a single patient, from tables that list patients one by one.",
    "flags": "One row per doubt about the data.",
}
_HEAD = """# The evidence tables

What the database, the CSV, spreadsheet and JSON exports share: the same tables, columns and codes. Empty means "not
reported" and is never a guess. Numbers stand as the document prints them (65.8 for 65.8%, a hazard ratio and not its
logarithm); times are converted to months. Lists are joined by `;`, booleans are `true` or empty, answers `true`,
`false` or empty (not known), dates are ISO 8601 in UTC.

This page is made from `evidence/model/` by `python tests/model/test_tables.py`; a test keeps it current."""


def page() -> str:
    """The page as the tables and codes are now."""
    parts = [_HEAD]
    for table, columns in TABLES.items():
        lines = [f"## {table}", "", _ROWS[table], "", "| column | kind | meaning |", "|---|---|---|"]
        lines += [f"| {column.name} | {column.kind} | {column.meaning} |" for column in columns]
        if table in CORRECTABLE:
            lines += ["", f"A person may correct: {', '.join(CORRECTABLE[table])}."]
        parts.append("\n".join(lines))
    of_arms = [measure for measure in Measure if measure not in CONTRAST_MEASURES]
    parts.append(
        "## Codes\n\n"
        f"Outcomes: {', '.join(Outcome)}. What has no code is OTHER, with the document's words in `outcome_text`.\n\n"
        f"Measures of one arm: {', '.join(of_arms)}.\n\nMeasures of a comparison: "
        + "; ".join(f"{measure} ({facts.words})" for measure, facts in CONTRAST_MEASURES.items())
        + "."
    )
    return "\n\n".join(parts) + "\n"


def test_the_page_about_the_tables_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), f"run: python {Path(__file__).name}, then look at {PAGE.name}"


def test_every_column_says_what_it_means():
    for table, columns in TABLES.items():
        assert all(column.meaning for column in columns), table


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
