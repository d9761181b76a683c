"""Two reviewers and an adjudicator in three browsers: a document is read twice, a difference settled, agreement shown.

Debian's Chromium is needed; without it these tests fail.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web.conftest import PASSWORD
from tests.web.test_blinding import DOCUMENT, HAZARD, document, records

pytestmark = pytest.mark.program


@pytest.fixture
def team(store):
    for name, role in (("Ann", "reviewer"), ("Ben", "reviewer"), ("Cleo", "adjudicator"), ("Ada", "admin")):
        store.users.add(name, PASSWORD, role)
    return store


@pytest.fixture
def given(team):
    """A PDF with rows, given to Ann and Ben, who have read all but its first two rows."""
    pdf = next(each for each in team.records().documents if each.format == "pdf")
    dual = team.dual
    assignment = dual.assign(pdf.document_id, "Ann", "Ben", by="Cleo").assignment_id
    rows = dual.rows(assignment, by="Ann")
    assert len(rows) > 2
    for row in rows[2:]:
        for name in ("Ann", "Ben"):
            dual.record(assignment, row["result_id"], "accept", by=name)
    return assignment, [row["result_id"] for row in rows]


def finish(page):
    page.get_by_text("I have finished …").click()
    page.get_by_label("What I read cannot be changed afterwards").check()
    page.get_by_role("button", name="I have finished").click()


def test_a_document_is_read_by_two_and_a_third_settles_where_they_differ(person, team, given):
    assignment, rows = given
    ann, ben = person("Ann"), person("Ben")
    for page in (ann, ben):
        page.get_by_role("link", name="Two reviewers").click()
        expect(page.locator("#content")).to_contain_text(f"you: {len(rows) - 2} of {len(rows)} rows, not finished")
        page.goto(f"/dual/{assignment}")
        page.get_by_role("link", name="Read the next row").click()
        page.locator("#source image").wait_for()
        page.keyboard.press("a")
        page.wait_for_url(f"**/rows/{rows[1]}**")
    ann.keyboard.press("a")
    ann.wait_for_url(f"**/dual/{assignment}")
    ben.keyboard.press("u")  # what was said last is taken back, and said again
    ben.wait_for_url(f"**/rows/{rows[0]}")
    expect(ben.locator(".card")).to_contain_text("not read yet")
    ben.keyboard.press("a")
    ben.wait_for_url(f"**/rows/{rows[1]}**")
    ben.keyboard.press("c")
    ben.get_by_label("Subgroup").fill("women")
    ben.get_by_role("button", name="Record the correction").click()
    ben.wait_for_url(f"**/dual/{assignment}")
    finish(ann)
    expect(ann.locator("#content")).to_contain_text("You have finished")
    expect(ann.locator("#content")).not_to_contain_text("women")
    finish(ben)
    expect(ben.locator("h1")).to_contain_text("Both readings")

    cleo = person("Cleo")
    cleo.goto(f"/dual/{assignment}/adjudicate")
    cleo.get_by_role("button", name=f"Take over the {len(rows) - 1} agreed row").click()
    expect(cleo.locator("#content")).to_contain_text(f"{len(rows) - 1} of {len(rows)} rows decided")
    cleo.get_by_role("link", name="Settle the next difference").click()
    expect(cleo.locator(".pair")).to_contain_text("≠ differs")
    cleo.locator("#source image").wait_for()
    cleo.keyboard.press("c")
    cleo.get_by_label("Subgroup").fill("men")
    expect(cleo.locator("#checked")).not_to_be_empty()
    cleo.get_by_role("button", name="Cancel").click()
    cleo.get_by_label("Reason").first.fill("the table says so")
    cleo.locator("#row").click()
    cleo.keyboard.press("2")
    expect(cleo.locator("#content")).to_contain_text("Every row is decided")
    decided = team.trace(rows[1])
    assert decided.current.subgroup == "women"
    assert decided.events[-1].reviewer == "Cleo"
    assert decided.events[-1].values["dual"]["choice"] == "second"
    cleo.get_by_role("link", name="Their agreement").click()
    expect(cleo.get_by_role("region", name="Agreement per field")).to_contain_text("two reviewers")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_and_no_page_scrolls_sideways(person, team, given, width, scheme):
    assignment, rows = given
    team.add(document(), records())
    hidden = team.dual.assign(DOCUMENT, "Ann", "extractor", by="Cleo").assignment_id
    grave = []

    def look(page, *addresses):
        for address in addresses:
            page.goto(address)
            page.wait_for_load_state("networkidle")
            if page.locator("[data-key=c]").count():
                page.keyboard.press("c")
            found = Axe().run(page).response["violations"]
            grave.extend(
                (address, each["id"], each["nodes"][0]["html"])
                for each in found
                if each["impact"] in ("serious", "critical")
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address

    how = {"width": width, "color_scheme": scheme}
    ann = person("Ann", **how)
    look(
        ann,
        *("/dual", f"/dual/{assignment}", f"/dual/{assignment}/rows/{rows[0]}", f"/dual/{assignment}/enter"),
        f"/dual/{assignment}/enter?quote=95%25 CI",  # which stands at several places
        "/nowhere",
        *(f"/dual/{hidden}", f"/dual/{hidden}/rows/{HAZARD}", "/account"),
    )
    for name in ("Ann", "Ben"):
        for row in rows[:2]:
            values = {"subgroup": "women"} if (name, row) == ("Ben", rows[1]) else None
            team.dual.record(assignment, row, "correct" if values else "accept", by=name, values=values)
        team.dual.finish(assignment, by=name)
    look(
        person("Cleo", **how),
        *("/dual", f"/dual/{assignment}/adjudicate", f"/dual/{assignment}/adjudicate/{rows[1]}", "/dual/agreement"),
    )
    look(person("Ada", **how), "/users")
    assert grave == []


def test_a_row_is_read_without_script_too(person, team, given):
    assignment, rows = given
    page = person("Ann", java_script_enabled=False)
    page.goto(f"/dual/{assignment}/rows/{rows[0]}")
    page.get_by_text("Reject with a reason").click()
    page.get_by_label("Why is this row not right?").fill("cited")
    page.get_by_role("button", name="Reject", exact=True).last.click()
    expect(page.locator(".told")).to_contain_text("You said: rejected")
