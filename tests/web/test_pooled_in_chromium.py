"""Pages around the review in a real browser: a study of a forest plot leads to its quote; axe finds nothing serious.

Debian's Chromium is needed; without it these tests fail. `make test` leaves them out, `make programs` and `.ci/run` run
them.
"""

import re
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from evidence.pipeline import checked_records
from evidence.pooled_moves import default_questions
from evidence.synthesise import answer

pytestmark = pytest.mark.program

#: Pages, the last three of what the store holds.
PAGES = (
    "/flags",
    "/pooled",
    "/pooled/asked?outcome=XX&measure=HR",
    "/pooled/moves",
    "/export",
    "/export/comparison?outcome=OS&outcome=CR",
    "/studies",
    "STUDY",
    "QUESTION",
    "NOTHING",
)


@pytest.fixture(scope="session")
def ingested(ingested_corpus):
    return ingested_corpus


@pytest.fixture
def analyses(store):
    """The answers to the questions that the store suggests, those that nothing is pooled of last."""
    records = checked_records(store)
    found = [answer(question, records) for question in default_questions(records)]
    return sorted(found, key=lambda analysis: -(analysis.pooled.k if analysis.pooled else 0))


@pytest.fixture
def opened(chromium, site):
    """`opened("/pooled", width=390)` gives the page as a browser shows it, with what it complained of."""
    pages = []

    def open_page(address, *, width=1280, scheme="light"):
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        pages.append(page)
        page.goto(f"{site}/login")
        page.fill("input[name=name]", "Ada")
        page.click("main form button")
        page.wait_for_url(f"{site}/")  # its scripts too: a page that is left while they load complains of them
        page.complaints.clear()
        page.goto(f"{site}{address}")
        return page

    yield open_page
    for page in pages:
        page.close()


def address_of(analysis):
    return f"/pooled/{quote(analysis.question.id)}"


def test_each_study_of_a_forest_plot_leads_to_its_quote(opened, analyses, store):
    analysis = analyses[0]
    page = opened(address_of(analysis))
    assert not page.complaints
    estimate = analysis.estimates[0]
    plot = page.frame_locator("iframe.plot")
    assert plot.locator("a").count() >= len(analysis.estimates)
    with page.expect_navigation():
        plot.locator(f'a[href="/review/{quote(estimate.result_ids[0])}"]').first.click()
    assert page.url.endswith(quote(estimate.result_ids[0]))
    row = store.trace(estimate.result_ids[0]).current
    expect(page.locator("h1")).to_contain_text(str(row.estimate))
    said = re.sub(r"\s+", " ", page.locator("body").inner_text())
    assert re.sub(r"\s+", " ", row.source.quote)[:60] in said


def test_a_study_of_the_plot_is_reached_by_keyboard(opened, analyses):
    page = opened(address_of(analyses[0]))
    first = f"/review/{quote(analyses[0].estimates[0].result_ids[0])}"
    page.locator(".scroll:has(iframe)").focus()
    focused = page.frame_locator("iframe.plot").locator("a:focus")
    for _ in range(4):  # browsers differ in whether the frame itself is a stop
        if not focused.count():
            page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(first)


def test_the_plot_is_drawn_whole_in_its_frame(opened, analyses):
    page = opened(address_of(analyses[0]))
    page.frame_locator("iframe.plot").locator("svg").wait_for()
    frame = page.locator("iframe.plot").bounding_box()
    picture = page.frame_locator("iframe.plot").locator("svg").bounding_box()
    assert picture["y"] + picture["height"] <= frame["y"] + frame["height"] + 1
    assert picture["x"] + picture["width"] <= frame["x"] + frame["width"] + 1


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_serious_and_no_width_scrolls_sideways(opened, analyses, store, address):
    study_id = checked_records(store).studies[0].study_id
    known = {
        "STUDY": f"/studies/{quote(study_id)}",
        "QUESTION": address_of(analyses[0]),
        "NOTHING": address_of(analyses[-1]),
    }
    for width, scheme in ((1280, "light"), (390, "light"), (390, "dark")):
        page = opened(known.get(address, address), width=width, scheme=scheme)
        found = Axe().run(page).response["violations"]
        grave = [
            (each["id"], each["help"], each["nodes"][0]["html"])
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        assert not grave
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert not [each for each in page.complaints if "422" not in each]
