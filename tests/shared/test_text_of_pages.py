"""The text of published PDFs: every number of the gold on its page, and nothing that is printed on every page."""

import json
import re
from decimal import Decimal

import pytest

from evidence.read.clean import clean
from tests.shared.grids import PDFS, document
from tests.shared.order import IN_ORDER, out_of_order

PATHS = [pytest.param(path, id=path.stem) for path in sorted(PDFS.glob("*.pdf"))]
PRINTED = ("estimate", "ci_low", "ci_high", "value", "sd", "events", "total", "p_value")
#: Numbers of the gold that the page named there does not print: months made of days, and p-values of another page.
NOT_PRINTED = {
    ("clincardiol-2020-athena-ablation", number)
    for number in ("11.24", "25.56", "18.43", "14.09", "5.91", "0.83", "0.18", "0.75")
} | {("bmj-2015-leap", "0.017")}
#: Running heads and feet after the first page, as they look on the pages.
RUNNING = {
    "bmc-2020-embody": ("Shimizu et al. Cardiovasc Diabetol", "(2020) 19:148", r"Page \d+ of 12"),
    "bmj-2015-leap": (r"\bRESEARCH\b", r"the\s*bmj\s*\|", r"BMJ 2015;350:h2145", r"doi: 10\.1136/bmj\.h2145"),
    "circulation-2025-soul-sglt2i": (
        "Marx et al",
        "SOUL Oral Semaglutide CV Outcomes by SGLT2i Use",
        "ORIGINAL RESEARCH",
        r"Circulation\. 2025;151:1639",
        r"June 10, 2025\s*16\d\d",
    ),
    "clincardiol-2020-athena-ablation": (r"(?i)vamos et al", "WILEY", r"CLINICAL\s+CARDIOLOGY", r"^29\d$"),
    "indianheartj-2022-propafenone": (r"H\.S\. Taha, G\. Youssef", r"Indian Heart Journal 74 \(2022\) 212", r"^21\d$"),
    "lancet-2015-pathway2": (r"^Articles$", r"www\.thelancet\.com Vol 386", r"^20[56]\d$"),
    "natmed-2024-sphere-per-af": (r"^Article\b", r"Nature Medicine \| Volume 30", r"^Nature Medicine$", r"^23[01]\d$"),
    "plosone-2021-ckb-bp": (r"PLOS ONE \|", "^PLOS ONE$", "^BP categories and CVD mortality$", r"\b\d+ / 14\b"),
}


def _gold(path):
    return json.loads(path.with_suffix(".gold.json").read_text(encoding="utf-8"))


def _numbers(text):
    """All numbers of a cleaned text; a hyphen before one may be a minus or a range, so both readings count."""
    found = set()
    for sign, whole, rest in re.findall(r"(-?) ?(?<![\d.])(\d{1,3}(?:[ ,]\d{3})+(?!\d)|\d*)(\.\d+)?", text):
        if whole or rest:
            number = Decimal((re.sub("[ ,]", "", whole) or "0") + rest)
            found |= {number, -number} if sign else {number}
    return found | {Decimal(number) for number in re.findall(r"\d*\.\d+|\d+", text)}


@pytest.mark.parametrize("path", PATHS)
def test_every_number_of_the_gold_stands_on_its_page(path):
    paper, gold = document(path), _gold(path)
    pages = {page.number: _numbers(clean(paper.text[page.char_start : page.char_end]).text) for page in paper.pages}
    missing = [
        (row["page"], row["outcome_text"], name, row[name])
        for row in gold["arm_results"] + gold["contrasts"]
        for name in PRINTED
        if row.get(name) is not None
        and (path.stem, str(row[name])) not in NOT_PRINTED
        and Decimal(str(row[name])) not in pages[row["page"]]
    ]
    assert missing == []


@pytest.mark.parametrize("path", PATHS)
def test_an_estimate_stands_together_with_its_limits(path):
    paper, gold = document(path), _gold(path)
    pages = {page.number: clean(paper.text[page.char_start : page.char_end]).text for page in paper.pages}
    apart = []
    for row in gold["contrasts"]:
        if None in (row["estimate"], row["ci_low"], row["ci_high"]):
            continue
        one, low, high = (rf"(?<![\d.]){_printed(row[name])}" for name in ("estimate", "ci_low", "ci_high"))
        if not re.search(rf"{one}\D[^\n]{{0,90}}?{low}\D{{1,6}}?{high}(?![\d])", pages[row["page"]]):
            apart.append((row["page"], row["estimate"], row["ci_low"], row["ci_high"]))
    assert apart == []


def _printed(number):
    """A pattern for a number with or without its last zeros and its leading one."""
    whole, _, rest = str(abs(Decimal(str(number)))).partition(".")
    whole = "0?" if whole == "0" else whole
    return rf"{whole}\.{rest}0*" if rest.strip("0") else rf"{whole}(?:\.0*)?"


@pytest.mark.parametrize("path", PATHS)
def test_running_heads_and_feet_are_in_no_paragraph(path):
    paper = document(path)
    after_first = paper.text[paper.pages[1].char_start :]
    found = [pattern for pattern in RUNNING[path.stem] if re.search(pattern, after_first, re.MULTILINE)]
    assert found == []


@pytest.mark.parametrize(("name", "page", "phrases"), [pytest.param(n, p, w, id=f"{n}-{p}") for n, p, *w in IN_ORDER])
def test_columns_are_read_in_order_and_sentences_run_over_their_ends(name, page, phrases):
    paper = document(PDFS / f"{name}.pdf")
    text = " ".join(paper.text[paper.pages[page - 1].char_start :].split())
    assert out_of_order(text, phrases) is None
