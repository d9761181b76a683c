"""The report in a real browser: axe finds nothing serious, no width makes the page itself scroll sideways, it prints.

Debian's Chromium is needed; without it these tests fail. `make test` leaves them out, `make programs` and `.ci/run` run
them.
"""

from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from evidence import pipeline
from evidence.present.page_pdf import print_page

pytestmark = pytest.mark.program

ROOT = Path(__file__).parents[2]
NOTHING = """
[[question]]
id = "nothing"
title = "A question that no document answers"
outcome = ["OS"]
measure = "HR"

[[question]]
id = "side-by-side"
outcome = ["CR"]
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """The report of the corpus, and that of a run in which nothing was found."""
    folder = tmp_path_factory.mktemp("reports")
    pipeline.run(ROOT / "corpus/questions.toml", [ROOT / "corpus"], folder / "corpus", jobs=2)
    (folder / "letter.txt").write_text("Dear editor, we thank our colleagues for their interest in our work.\n")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "questions.toml").write_text(NOTHING)
    papers = [folder / "letter.txt", folder / "empty.pdf"]
    pipeline.run(folder / "questions.toml", papers, folder / "nothing")
    return folder


@pytest.fixture
def opened(chromium, reports):
    """`opened("corpus", width=390)` gives the page as a browser shows it."""
    pages = []

    def open_page(name, width=1280, **more):
        page = chromium.new_page(viewport={"width": width, "height": 900}, **more)
        pages.append(page)
        page.goto((reports / name / "report.html").as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize("name", ["corpus", "nothing"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(opened, name, width):
    found = Axe().run(opened(name, width)).response["violations"]
    grave = [
        (each["id"], each["help"], each["nodes"][0]["html"])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert grave == []


@pytest.mark.parametrize("name", ["corpus", "nothing"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_itself_does_not_scroll_sideways(opened, name, width):
    assert opened(name, width).evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_asks_for_nothing_and_reads_the_same_without_script(opened, reports):
    asked = []
    page = opened("corpus", java_script_enabled=False)
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert asked == [(reports / "corpus/report.html").as_uri()]
    assert page.get_by_role("heading", name="Summary", exact=True).is_visible()


def test_the_keyboard_reaches_the_summary_the_pictures_and_the_words_of_a_number(opened):
    page = opened("corpus")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the summary"
    page.keyboard.press("Enter")
    page.wait_for_url("**#summary")
    region = page.get_by_role("region", name="Picture: Sorafenib maintenance").first
    region.focus()
    assert region.evaluate("element => element === document.activeElement")
    link = page.locator("#q1-used ~ div td.wide a").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator(":target")).to_have_count(1)
    assert "Back to Question 1, rows used" in page.locator(":target").inner_text()


def test_the_corpus_report_is_of_a_size_that_can_be_sent(reports):
    assert (reports / "corpus/report.html").stat().st_size < 2_000_000


def test_the_report_is_printed_whole(reports, tmp_path):
    pdf = tmp_path / "report.pdf"
    assert print_page(reports / "nothing/report.html", pdf) is None
    printed = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in printed)
    for heading in ("Evidence report", "A question that no document answers", "Words the numbers were read in"):
        assert heading in text
    assert (reports / "corpus/report.pdf").read_bytes().startswith(b"%PDF")
