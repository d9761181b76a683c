"""Numbers of tables, from a JATS article as a person downloads it to the rows of the evidence tables."""

from decimal import Decimal

import pytest

from evidence.extract import extract
from evidence.model.codes import Adjustment, Measure, Outcome
from evidence.model.records import Records
from evidence.read import read

_TEXT = (
    "<p>We randomly assigned 120 patients to sorafenib (n = 60) or placebo (n = 60). Patients in the sorafenib group "
    "received sorafenib; patients in the placebo group received placebo. The sorafenib group was compared with the placebo "
    "group.</p>"
)


def _article(caption: str, head: str, body: str, foot: str = "", text: str = _TEXT) -> bytes:
    def rows(block: str, cell: str) -> str:
        lines = [line.strip() for line in block.strip().splitlines()]
        return "".join("<tr>" + "".join(_cell(one, cell) for one in line.split("|")) + "</tr>" for line in lines)

    return (
        "<article><front><article-meta><title-group><article-title>Sorafenib versus placebo: a randomized trial"
        "</article-title></title-group></article-meta></front><body>"
        f"<sec><title>Results</title>{text}<table-wrap><label>Table 2</label><caption><p>{caption}</p></caption>"
        f"<table><thead>{rows(head, 'th')}</thead><tbody>{rows(body, 'td')}</tbody></table>"
        f"<table-wrap-foot><p>{foot}</p></table-wrap-foot></table-wrap></sec></body></article>"
    ).encode()


def _cell(text: str, tag: str) -> str:
    """`text`, or `3*text` for a cell over three columns."""
    span, star, rest = text.partition("*")
    if star and span.strip().isdigit():
        return f'<{tag} colspan="{span.strip()}">{rest.strip()}</{tag}>'
    return f"<{tag}>{text.strip(' ')}</{tag}>"


def _extract(*parts: str, **more: str) -> Records:
    return extract(read(_article(*parts, **more), name="article.nxml"))


def test_a_count_with_its_percentage_is_a_proportion_of_the_arm_above_it():
    records = _extract(
        "Response to treatment",
        "| Sorafenib (n=60) | Placebo (n=60) | P value",
        "Complete remission, n (%) | 30 (50) | 15 (25) | 0.005",
    )
    found = {row.arm.lower(): row for row in records.arm_results if row.source.table}
    assert {arm: (row.value, row.events, row.total) for arm, row in found.items()} == {
        "sorafenib": (Decimal(50), 30, 60),
        "placebo": (Decimal(25), 15, 60),
    }
    assert {row.outcome for row in found.values()} == {Outcome.CR}
    (contrast,) = [row for row in records.contrasts if row.source.table]
    assert (contrast.measure, contrast.p_value, contrast.arm.lower(), contrast.comparator.lower()) == (
        Measure.P,
        Decimal("0.005"),
        "sorafenib",
        "placebo",
    )
