"""The review in a real browser: boxes on the right words, keys, live checks, two people at one row, axe.

Debian's Chromium is needed; without it these tests fail.
"""

import io

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from evidence import files
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.program


@pytest.fixture
def hazard(store):
    """A hazard ratio that the PDF prints with its interval."""
    return next(
        row
        for row in store.records().contrasts
        if row.source.page
        and row.ci_low is not None
        and row.estimate is not None
        and str(row.estimate) in row.source.quote
    )


def opened(page, row, **limits):
    """The page of a row with its picture."""
    page.goto(f"/review/{row.result_id}" + "".join(f"?{name}={value}" for name, value in limits.items()))
    page.locator("#source image").wait_for()
    return page


def heading(page):
    return page.locator("#row")


def test_the_box_is_on_the_word_of_the_number(person, store, hazard):
    page = opened(person("Ada"), hazard)
    record = store.trace(hazard.result_id).document
    box = page.evaluate(
        """() => {
            const svg = document.querySelector("#source svg"), mark = svg.querySelector(".number");
            const [page, box] = [svg.getBoundingClientRect(), mark.getBoundingClientRect()];
            return [(box.left - page.left) / page.width, (box.top - page.top) / page.height,
                    (box.right - page.left) / page.width, (box.bottom - page.top) / page.height];
        }"""
    )
    with pdfplumber.open(io.BytesIO(files.original(record))) as pdf:
        printed = pdf.pages[hazard.source.page - 1]
        left, top, right, bottom = (
            share * side for share, side in zip(box, (printed.width, printed.height) * 2, strict=True)
        )
        inside = printed.within_bbox((left, top, right, bottom)).extract_text()
        words = printed.extract_words()
    assert inside == str(hazard.estimate)
    touched = [
        word["text"]
        for word in words
        if word["x0"] < right and word["x1"] > left and word["top"] < bottom - 2 and word["bottom"] > top + 2
    ]
    assert all(str(hazard.estimate) in word for word in touched), touched
    picture = page.locator("#source image").evaluate("image => fetch(image.href.baseVal).then(answer => answer.status)")
    assert picture == 200


def test_the_box_is_in_sight(person, hazard):
    page = opened(person("Ada", height=500), hazard)
    page.wait_for_function(
        """() => {
            const [pane, mark] = ["#source", "#source .number"].map(
                (name) => document.querySelector(name).getBoundingClientRect());
            return mark.top >= pane.top && mark.bottom <= pane.bottom && mark.left >= pane.left;
        }""",
        timeout=5000,
    )


def test_a_row_is_accepted_by_key_without_loading_a_page_and_the_decision_is_undone(person, store, hazard):
    page = opened(person("Ada"), hazard)
    title = heading(page).inner_text()
    page.evaluate("window.same = true")
    page.keyboard.press("a")
    expect(heading(page)).not_to_have_text(title)
    assert store.trace(hazard.result_id).current.status == "accepted"
    assert page.evaluate("window.same")
    assert hazard.result_id not in page.url
    expect(page.locator("#messages")).to_contain_text(f"Accepted {title}; undo with u.")
    assert page.evaluate("document.activeElement.id") == "row"
    assert page.title().startswith(heading(page).inner_text())
    page.keyboard.press("u")
    expect(heading(page)).to_have_text(title)
    assert store.trace(hazard.result_id).current.status == "extracted"
    expect(page.locator("#messages")).to_contain_text("Took back the decision about")


def test_going_back_shows_the_row_as_it_stands_now(person, hazard):
    page = opened(person("Ada"), hazard)
    title = heading(page).inner_text()
    page.keyboard.press("a")
    expect(heading(page)).not_to_have_text(title)
    page.go_back()
    expect(heading(page)).to_have_text(title)
    expect(page.locator(".line .status")).to_have_text("accepted")


def test_keys_go_through_the_rows_and_to_the_source(person, hazard):
    page = opened(person("Ada"), hazard)
    title = heading(page).inner_text()
    page.keyboard.press("n")
    expect(heading(page)).not_to_have_text(title)
    page.keyboard.press("p")
    expect(heading(page)).to_have_text(title)
    page.keyboard.press("s")
    assert page.evaluate("document.activeElement.id") == "source"
    page.keyboard.press("s")
    assert page.evaluate("document.activeElement.id") == "row"
    page.keyboard.press("/")
    page.wait_for_url("**/search")
    assert page.evaluate("document.activeElement.name") == "q"


def test_help_lists_every_key_and_switches_them_off(person, store, hazard):
    page = opened(person("Ada"), hazard)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    keys = set(page.locator("[data-key]").evaluate_all("found => found.map(each => each.dataset.key)")) | {"u"}
    assert keys <= set(dialog.locator("kbd").all_inner_texts())
    page.keyboard.press("a")  # an open dialog takes no keys
    dialog.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert store.trace(hazard.result_id).current.status == "extracted"


@pytest.mark.parametrize("pressed", ["Control+a", "Alt+a", "Meta+a", "Shift+A"])
def test_keys_with_modifiers_decide_nothing(person, store, hazard, pressed):
    page = opened(person("Ada"), hazard)
    page.keyboard.press(pressed)
    page.wait_for_timeout(300)
    assert store.trace(hazard.result_id).current.status == "extracted"


def test_a_wrong_value_is_told_while_typing_and_refused(person, store, hazard):
    page = opened(person("Ada"), hazard)
    page.keyboard.press("c")
    low = page.get_by_label("Lower limit")
    low.fill("")
    low.press_sequentially(f"{hazard.ci_high + 1}")  # no letter, and no digit of it, is taken for a key
    checked = page.locator("#checked")
    expect(checked).to_contain_text("error would arise")
    expect(checked).to_contain_text("not printed")
    low.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Not recorded")
    assert store.trace(hazard.result_id).events == ()
    low.fill("acnpru?")
    expect(checked).to_contain_text("does not fit")
    expect(low).to_have_attribute("aria-invalid", "true")
    low.fill(str(hazard.ci_low))
    expect(checked).to_be_empty()
    page.get_by_label("Subgroup").fill("women")
    title = heading(page).inner_text()
    page.get_by_role("button", name="Record the correction").click()
    expect(heading(page)).not_to_have_text(title)
    assert store.trace(hazard.result_id).current.subgroup == "women"


def test_a_row_is_rejected_with_a_reason_by_keyboard_alone(person, store, hazard):
    page = opened(person("Ada"), hazard)
    title = heading(page).inner_text()
    page.keyboard.press("r")
    page.keyboard.type("a cited number")
    page.keyboard.press("Enter")
    expect(heading(page)).not_to_have_text(title)
    trace = store.trace(hazard.result_id)
    assert (trace.current.status, trace.events[-1].reason) == ("rejected", "a cited number")


def test_who_comes_second_sees_both_values_and_decides_again(person, store, hazard):
    for name in ("Ada", "Grace"):
        store.users.add(name, PASSWORD, "reviewer")
    ada, grace = (opened(person(name), hazard) for name in ("Ada", "Grace"))
    title = heading(ada).inner_text()
    grace.keyboard.press("c")
    grace.get_by_label("Subgroup").fill("women")
    grace.get_by_role("button", name="Record the correction").click()
    expect(heading(grace)).not_to_have_text(title)
    ada.keyboard.press("c")
    ada.get_by_label("Subgroup").fill("men")
    ada.get_by_role("button", name="Record the correction").click()
    conflict = ada.locator("#conflict")
    expect(conflict).to_contain_text("Grace: correct")
    expect(conflict.get_by_role("row", name="Subgroup")).to_have_text("Subgroupnot reportedmenwomen")
    assert ada.evaluate("document.activeElement.id") == "conflict"
    assert len(store.trace(hazard.result_id).events) == 1
    expect(ada.get_by_label("Subgroup")).to_have_value("men")
    ada.get_by_role("button", name="Record the correction").click()
    expect(conflict).to_have_count(0)
    assert store.trace(hazard.result_id).current.subgroup == "men"


def test_rows_without_a_doubt_are_accepted_after_a_look_at_them(person, store, hazard):
    page = person("Ada")
    page.goto(f"/documents/{hazard.document_id}")
    page.get_by_text("rows without a doubt …").click()
    page.get_by_role("button", name="Accept these").click()
    expect(page.get_by_text("each can be undone by itself")).to_be_visible()
    assert any(row.status == "accepted" for row in store.records().results())


def test_words_dragged_over_become_the_quote_of_a_new_row(person, store, hazard):
    page = person("Ada")
    page.goto(f"/documents/{hazard.document_id}/enter?at={hazard.source.page}")
    page.locator("#source image").wait_for()
    words = page.request.get(f"/documents/{hazard.document_id}/pages/{hazard.source.page}/words").json()["words"]
    text = store.text(hazard.document_id)
    first = next(word for word in words if text[word[0] : word[1]] == "sorafenib")
    start, end, x, y, width, height = first
    svg = page.locator("#source svg")
    box, shown = svg.bounding_box(), svg.evaluate("svg => svg.viewBox.baseVal.width")
    scale = box["width"] / shown
    page.mouse.move(box["x"] + (x - 1) * scale, box["y"] + (y - 1) * scale)
    page.mouse.down()
    page.mouse.move(box["x"] + (x + width + 1) * scale, box["y"] + (y + height + 1) * scale)
    page.mouse.up()
    expect(page.get_by_label("Quote")).to_have_value("sorafenib")
    expect(page.locator("[name=char_start]")).to_have_value(str(start))
    expect(page.locator("[name=char_end]")).to_have_value(str(end))


def test_text_selected_becomes_the_quote_of_a_new_row(person, store):
    document = next(each for each in store.records().documents if each.format == "jats")
    page = person("Ada")
    page.goto(f"/documents/{document.document_id}/enter")
    page.locator("#source .text").evaluate(
        """text => {
            const node = text.querySelector("[data-start]").firstChild;
            getSelection().setBaseAndExtent(node, 10, node, 40);
            document.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
        }"""
    )
    expect(page.get_by_label("Quote")).to_have_value(store.text(document.document_id)[10:40].replace("\r", "\n"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_and_no_page_scrolls_sideways(person, store, hazard, width, scheme):
    page = person("Ada", width=width, color_scheme=scheme)
    document = hazard.document_id
    grave = []
    flagged = next(flag.result_ids[0] for flag in store.records().flags if flag.result_ids)
    store.decide(hazard.result_id, "correct", by="Grace", values={"subgroup": "women"}, reason="a reason")
    for address in (
        f"/review/{hazard.result_id}",
        f"/review/{flagged}",
        f"/documents/{document}",
        f"/documents/{document}/enter",
        "/search?q=os",
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        if address == f"/review/{hazard.result_id}":
            page.keyboard.press("c")
            page.get_by_label("Lower limit").fill("99")
            expect(page.locator("#checked")).to_contain_text("would arise")
        found = Axe().run(page).response["violations"]
        grave += [
            (address, each["id"], each["nodes"][0]["html"])
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert grave == []


def test_without_script_rows_are_reviewed_all_the_same(person, store, hazard):
    page = person("Ada", java_script_enabled=False)
    page.goto(f"/review/{hazard.result_id}")
    title = heading(page).inner_text()
    page.get_by_text("Reject with a reason").click()
    page.get_by_label("Why is this row not right?").fill("cited")
    page.get_by_role("button", name="Reject", exact=True).click()
    assert heading(page).inner_text() != title
    assert store.trace(hazard.result_id).current.status == "rejected"
    page.get_by_role("button", name="Undo").first.click()
    assert heading(page).inner_text() == title
    assert store.trace(hazard.result_id).current.status == "extracted"
