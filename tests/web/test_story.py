"""The whole story in a real browser: the program itself is served, and people use it as they would.

An admin adds a team, a reviewer uploads papers and decides about their numbers beside the page, two people read a
paper without seeing each other, a third settles where they differ, and the tables are taken away. Debian's Chromium is
needed; without it these tests fail.
"""

import io
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import numpy as np
import openpyxl
import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from evidence.model.codes import RowStatus
from evidence.pooled_moves import default_questions
from evidence.store import open_store
from tests.web.conftest import CORPUS, PASSWORD

pytestmark = pytest.mark.program

ADMIN, FIRST, SECOND, THIRD = "Ada", "Grace", "Katherine", "Mary"
TEAM = {FIRST: "reviewer", SECOND: "reviewer", THIRD: "adjudicator"}
PDF = CORPUS / "pdf/burchert-2020-sormain.pdf"  # in two columns
#: Pooled with it, as another study of the same treatment.
OTHER_PDF = CORPUS / "pdf/xuan-2020.pdf"
TEXT = """{title}

Background. We asked whether {drug} maintenance prolongs life in acute myeloid leukaemia.
Methods. In a randomised, double-blind phase 3 trial, {n} patients in first remission received {drug} (n={half}) or \
placebo (n={half}).
Results. Overall survival was longer with {drug} (hazard ratio 0.71, 95% CI 0.52 to 0.97; P = .03). Relapse-free \
survival was also longer with {drug} than with placebo (HR 0.64, 95% CI 0.47 to 0.87; P = .004).
"""
#: Papers that two people read: in the story, with a reading under way, and with readings that differ.
DUAL = {"crenolanib": 240, "midostaurin": 260, "quizartinib": 280}
KEEP_WHAT_IS_TOLD = """() => {
    const told = window.told = [];
    new MutationObserver(() => told.push(document.querySelector(".job").innerText))
        .observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
}"""
ALL_READ = 120_000  # milliseconds that reading all papers may take on a busy machine


class Story:
    """A program that is served, and the browsers of those who use it."""

    def __init__(self, chromium, site, url):
        self.chromium, self.site, self.url = chromium, site, url
        self.faults, self.contexts = [], []

    def browser_of(self, name, *, refusals=(), **more):
        """A page in a browser where this person has logged in; None is somebody who has not.

        What goes wrong in it is kept in `faults`: what a console, a script or the content security policy says, and
        what is asked of another host. Answers with the statuses `refusals` are expected.
        """
        settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **more}
        context = self.chromium.new_context(base_url=self.site, **settings)
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(("script", str(error))))
        page.on("console", lambda told: self._console(told, refusals))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        if name is not None:
            log_in(page, name)
        return page

    def close(self):
        """Close the browsers; their faults stay."""
        while self.contexts:
            self.contexts.pop().close()

    def rows(self):
        """What the store holds, as another program would read it."""
        with open_store(self.url) as store:
            return store.records()

    def row(self, **values):
        """The one hazard ratio with these values."""
        found = [
            row
            for row in self.rows().contrasts
            if all(str(getattr(row, name)) == str(value) for name, value in values.items())
        ]
        assert len(found) == 1, (values, found)
        return found[0]

    def document(self, words):
        """The id of the document whose title has these words."""
        (found,) = (each for each in self.rows().documents if words.lower() in (each.title or "").lower())
        return found.document_id

    def _console(self, told, refusals):
        if told.type not in ("error", "warning"):
            return
        status = re.search(r"(?:responded with a status of|Response Status Error Code) (\d+)", told.text)
        if not (status and int(status[1]) in refusals):
            self.faults.append(("console", told.text, told.location.get("url")))

    def _request(self, request):
        asked = urlsplit(request.url)
        if asked.scheme not in ("data", "blob", "about") and f"{asked.scheme}://{asked.netloc}" != self.site:
            self.faults.append(("another host", request.url))

    def _failed(self, request):
        if request.failure != "net::ERR_ABORTED":  # a page that is left asks no more; a download leaves the page
            self.faults.append(("request", request.url, request.failure))


def run(url, *command, said=""):
    """A command of the program, which ends well; what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "evidence", *command, "--store", url],
        input=said,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def serving(folder, url):
    """`evidence serve` as a process; the address that it says."""
    command = [sys.executable, "-m", "evidence", "serve", "--port", "0", "--workers", "1", "--store", url]
    said = folder / "stderr.txt"
    with said.open("w") as kept:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=kept,
            text=True,
        )
    try:
        first = process.stdout.readline()
        address = re.search(r"http://\S+:\d+", first)
        assert address, first + said.read_text()
        yield address[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        process.stdout.close()
    assert "Traceback" not in said.read_text(), said.read_text()


@pytest.fixture(scope="module")
def story(chromium, tmp_path_factory):
    """The program serves a store in which there is an admin alone; at its end `evidence doctor` finds no fault."""
    folder = tmp_path_factory.mktemp("story")
    url = f"sqlite:///{folder / 'evidence.db'}"
    run(url, "user", "add", ADMIN, "--role", "admin", "--password-stdin", said=f"{PASSWORD}\n")
    with serving(folder, url) as site:
        begun = Story(chromium, site, url)
        yield begun
        begun.close()
    findings = run(url, "doctor").splitlines()
    assert findings
    assert all(line.startswith("ok ") for line in findings), findings


@pytest.fixture(scope="module")
def team(story):
    """The same, and the admin has added a team."""
    page = story.browser_of(ADMIN)
    for name, role in TEAM.items():
        add_a_user(page, name, role)
    story.close()
    return story


@pytest.fixture(scope="module")
def papers(team, tmp_path_factory):
    """The same, and a reviewer has uploaded papers, which are read."""
    folder = tmp_path_factory.mktemp("papers")
    page = team.browser_of(FIRST)
    upload_and_watch(page, [PDF, OTHER_PDF, *(written(folder, drug, n) for drug, n in DUAL.items())])
    team.close()
    return team


@pytest.fixture
def people(papers):
    """The same for one test; the browsers are closed after it, and it fails where one of them saw a fault."""
    papers.faults.clear()
    yield papers
    papers.close()
    assert papers.faults == []


def written(folder, drug, n):
    path = folder / f"{drug}.txt"
    title = f"{drug.capitalize()} or placebo as maintenance in acute myeloid leukaemia: a randomised trial"
    path.write_text(TEXT.format(title=title, drug=drug, n=n, half=n // 2))
    return path


# What people do.


def log_in(page, name):
    page.goto("/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def go_to(page, words):
    """Follow the menu."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=words).click()
    expect(page.get_by_role("link", name=words).first).to_have_attribute("aria-current", "page")


def add_a_user(page, name, role):
    go_to(page, "Users")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("New password").last.fill(PASSWORD)
    page.get_by_label("The same again").last.fill(PASSWORD)
    page.get_by_label("Role", exact=True).select_option(role)
    page.get_by_role("button", name="Add the user").click()
    expect(page.get_by_role("status").filter(has_text=f"{name} is added")).to_be_visible()


def upload_and_watch(page, files):
    """Upload files and see them being read, on one page that is never loaded again."""
    go_to(page, "Uploads")
    page.get_by_label("Papers:").set_input_files(files)
    page.get_by_role("button", name="Upload and read").click()
    page.wait_for_url(re.compile(r"/jobs"))
    page.evaluate(KEEP_WHAT_IS_TOLD)
    job = page.get_by_role("article").first
    expect(job.get_by_role("progressbar")).to_be_visible()
    expect(job.locator("h3")).to_contain_text("done", timeout=ALL_READ)
    told = page.evaluate("window.told")
    assert any("running" in each and f"of {len(files)}" in each for each in told), told
    for file in files:
        expect(job.get_by_role("listitem").filter(has_text=file.name)).to_contain_text("read")


def open_row(page, row):
    page.goto(f"/review/{row.result_id}?document={row.document_id}")
    if row.source.page:
        page.locator("#source image").wait_for()
    return heading(page).inner_text()


def heading(page):
    return page.locator("#row")


def type_values(page, **values):
    """Open the correction by its key and type values into it."""
    page.keyboard.press("c")
    for label, text in values.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(text)


def pooled(page, question):
    """The pooled estimate of a question, as the list of pooled results has it."""
    go_to(page, "Pooled results")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=question))
    return row.get_by_role("cell").nth(1).inner_text()


def numbers(words):
    return re.findall(r"\d+\.\d+", words)


def give_to_two(page, document_id):
    go_to(page, "Two reviewers")
    page.get_by_label("Document", exact=True).select_option(document_id)
    page.get_by_label("First reviewer").select_option(FIRST)
    page.get_by_label("Second reviewer").select_option(SECOND)
    page.get_by_role("button", name="Give it to them").click()
    expect(page.get_by_role("region", name="Documents of others")).to_contain_text(f"{FIRST} and {SECOND}")


def begin_to_read(page, title):
    go_to(page, "Two reviewers")
    page.get_by_role("region", name="Your documents").get_by_role("link", name=title).click()
    page.get_by_role("link", name="Read the next row").click()


def say_finished(page):
    page.get_by_text("I have finished …").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="I have finished").click()


# The story.


def test_a_person_who_is_not_logged_in_sees_nothing_but_the_login(people):
    page = people.browser_of(None)
    for address in ("/", "/review", "/jobs", "/users", "/export"):
        page.goto(address)
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        assert not page.get_by_role("navigation", name="Main").count()


def test_the_team_is_listed_with_its_roles_and_only_the_admin_sees_it(people):
    page = people.browser_of(ADMIN)
    go_to(page, "Users")
    for name, role in TEAM.items():
        expect(page.get_by_label(f"Role of {name}")).to_have_value(role)
    page = people.browser_of(FIRST, refusals=(403,))
    expect(page.get_by_role("link", name="Users")).to_have_count(0)
    page.goto("/users")
    expect(page.get_by_role("main")).to_contain_text("admin")


def test_from_the_upload_one_click_leads_to_the_review(people):
    page = people.browser_of(FIRST)
    go_to(page, "Uploads")
    page.get_by_role("link", name=f"review {PDF.name}").click()
    page.locator("#source image").wait_for()
    expect(page.locator("#source")).to_have_attribute("aria-label", re.compile("^Source: SORMAIN"))
    expect(page.locator(".line .status")).to_have_text("extracted")


@pytest.mark.parametrize(
    ("estimate", "printed"), [(0.39, r"0\.39; 95%"), (0.241, r"0\.241"), (0.256, r"0\.256; 95%")], ids=str
)
def test_the_coloured_frame_lies_around_the_printed_number(people, estimate, printed):
    row = people.row(document_id=people.document("SORMAIN"), estimate=estimate)
    page = people.browser_of(FIRST, device_scale_factor=2)
    open_row(page, row)
    left, top, right, bottom = framed_in_points(page)
    with pdfplumber.open(PDF) as pdf:
        places = [match["chars"][: len(str(estimate))] for match in pdf.pages[row.source.page - 1].search(printed)]
    around = [
        (
            min(c["x0"] for c in word),
            min(c["top"] for c in word),
            max(c["x1"] for c in word),
            max(c["bottom"] for c in word),
        )
        for word in places
    ]
    assert any(
        word[0] - 4 < left <= word[0] + 1
        and word[1] - 5 < top <= word[1] + 3
        and word[2] - 1 <= right < word[2] + 4
        and word[3] - 4 <= bottom < word[3] + 5
        for word in around
    ), ((left, top, right, bottom), around)


def framed_in_points(page):
    """Where the picture on the screen has pixels of the frame around the number, in points of the page of the PDF."""
    page.wait_for_function("document.querySelector('#source image').getBoundingClientRect().width > 0")
    page.wait_for_load_state("networkidle")
    shown = page.evaluate(
        """() => {
            const [pane, svg] = [document.querySelector("#source"), document.querySelector("#source svg")];
            const [outer, inner] = [pane.getBoundingClientRect(), svg.getBoundingClientRect()];
            return {x: inner.x - outer.x, y: inner.y - outer.y, scale: inner.width / svg.viewBox.baseVal.width};
        }"""
    )
    picture = Image.open(io.BytesIO(page.locator("#source").screenshot())).convert("RGB")
    r, g, b = np.moveaxis(np.asarray(picture, dtype=int), 2, 0)
    down, across = np.nonzero((r > 120) & (r - g > 70) & (r - b > 90) & (g < 110))
    assert across.size, "no frame is painted"
    ratio = picture.width / page.locator("#source").bounding_box()["width"]
    across, down = (across / ratio - shown["x"]) / shown["scale"], (down / ratio - shown["y"]) / shown["scale"]
    return across.min(), down.min(), across.max(), down.max()


def test_a_number_is_accepted_by_key(people):
    row = people.row(document_id=people.document("SORMAIN"), estimate=0.39)
    page = people.browser_of(FIRST)
    title = open_row(page, row)
    page.keyboard.press("a")
    expect(page.locator("#messages")).to_contain_text(f"Accepted {title}")
    expect(heading(page)).not_to_have_text(title)
    accepted = people.row(result_id=row.result_id)
    assert (accepted.status, accepted.reviewer) == (RowStatus.ACCEPTED, FIRST)


def test_a_wrong_correction_is_refused_and_a_right_one_recorded(people):
    row = people.row(document_id=people.document("SORMAIN"), estimate=0.256)
    page = people.browser_of(FIRST, refusals=(422,))
    title = open_row(page, row)
    type_values(page, Lower_limit="0.8")
    expect(page.locator("#checked")).to_contain_text("error would arise")
    page.get_by_role("button", name="Record the correction").click()
    expect(page.get_by_role("alert")).to_contain_text("Not recorded")
    assert people.row(result_id=row.result_id).status is RowStatus.EXTRACTED
    page.get_by_label("Lower limit").fill(str(row.ci_low))
    page.get_by_label("Subgroup", exact=True).fill("all patients")
    expect(page.locator("#checked")).not_to_contain_text("error would arise")
    page.get_by_role("button", name="Record the correction").click()
    expect(page.locator("#messages")).to_contain_text(f"Corrected {title.partition(',')[0]}")
    corrected = people.row(result_id=row.result_id)
    assert (corrected.status, corrected.subgroup, corrected.ci_low) == (RowStatus.CORRECTED, "all patients", row.ci_low)


def test_a_number_is_rejected_with_a_reason_and_the_decision_taken_back(people):
    row = people.row(document_id=people.document("Six months"), estimate=0.29)
    page = people.browser_of(FIRST)
    title = open_row(page, row)
    page.keyboard.press("r")
    page.keyboard.type("a later look at the same number")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text(f"Rejected {title}")
    assert people.row(result_id=row.result_id).status is RowStatus.REJECTED
    page.keyboard.press("u")
    expect(heading(page)).to_have_text(title)
    assert people.row(result_id=row.result_id).status is RowStatus.EXTRACTED
    expect(page.locator(".history")).to_contain_text(f"reject by {FIRST}")
    expect(page.locator(".history")).to_contain_text("a later look at the same number")


def test_a_pooled_estimate_moves_and_the_page_tells_it_before_and_after(people):
    row = people.row(document_id=people.document("SORMAIN"), estimate=0.241)
    page = people.browser_of(FIRST)
    before = pooled(page, re.compile("overall survival|OS", re.IGNORECASE))
    open_row(page, row)
    type_values(page, Upper_limit="0.99")
    expect(page.locator("#checked")).to_contain_text("not in the quote")
    page.get_by_label("Reason").last.fill("as the erratum has it")
    page.get_by_role("button", name="Record the correction").click()
    moved = page.locator(".moves")
    expect(moved).to_contain_text("Pooled results")
    told = moved.get_by_role("listitem").inner_text()
    after = pooled(page, re.compile("overall survival|OS", re.IGNORECASE))
    assert before != after
    assert [numbers(part)[:3] for part in told.partition(": ")[2].split(" → ")] == [numbers(before), numbers(after)]


def test_two_read_a_paper_independently_and_a_third_settles_where_they_differ(people):
    document = people.document("crenolanib")
    overall, relapse_free = (people.row(document_id=document, estimate=value) for value in (0.71, 0.64))
    third = people.browser_of(THIRD)
    give_to_two(third, document)
    first, second = people.browser_of(FIRST), people.browser_of(SECOND)
    for page in (first, second):
        begin_to_read(page, re.compile("^Crenolanib"))
    for _ in range(2):
        title = heading(first).inner_text()
        first.keyboard.press("a")
        expect(heading(first).or_(first.get_by_text("I have finished …"))).not_to_have_text(title)
    second.goto(f"{second.url.rpartition('/')[0]}/{overall.result_id}")
    assert "accepted" not in second.get_by_role("main").inner_text()  # nothing of the other reading
    second.keyboard.press("a")
    expect(second.locator(".told")).to_contain_text("accepted")
    second.goto(f"{second.url.partition('/rows')[0]}/rows/{relapse_free.result_id}")
    type_values(second, Upper_limit="0.88")
    second.get_by_role("button", name="Record the correction").click()
    for page in (first, second):
        say_finished(page)
    go_to(third, "Two reviewers")
    third.get_by_role("link", name="Settle").click()
    expect(third.get_by_role("heading", name="Rows that differ (1)")).to_be_visible()
    third.get_by_role("link", name="Settle the next difference").click()
    differing = third.get_by_role("region", name="Both readings").get_by_role("row").filter(has_text="≠ differs")
    expect(differing.last).to_contain_text("0.88")
    third.get_by_label("Reason").first.fill("0.87 is printed")
    third.get_by_role("button", name=f"As {FIRST}").click()
    third.goto(f"{third.url.partition('/adjudicate')[0]}/adjudicate")
    third.get_by_role("button", name="Take over the 1 agreed row").click()
    expect(third.get_by_role("status").filter(has_text="Every row is decided")).to_be_visible()
    third.get_by_role("link", name="Their agreement").click()
    expect(third.get_by_role("heading", name="Agreement")).to_be_visible()
    for row in (overall, relapse_free):
        settled = people.row(result_id=row.result_id)
        assert (settled.status, settled.ci_high) == (RowStatus.ACCEPTED, row.ci_high)


def test_the_spreadsheet_taken_away_shows_what_was_decided(people, tmp_path):
    row = people.row(document_id=people.document("Six months"), estimate=0.25, ci_low=0.06)
    page = people.browser_of(FIRST)
    open_row(page, row)
    page.keyboard.press("a")
    expect(page.locator("#messages")).to_contain_text("Accepted")
    go_to(page, "Export")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Spreadsheet", exact=True).click()
    downloaded.value.save_as(tmp_path / "evidence.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "evidence.xlsx")["Contrasts"]
    names, *lines = sheet.iter_rows(values_only=True)
    told = {line["result_id"]: line for line in (dict(zip(names, line, strict=True)) for line in lines)}
    assert (told[row.result_id]["status"], told[row.result_id]["reviewer"]) == ("accepted", FIRST)
    for each in people.rows().contrasts:
        line, estimate = told[each.result_id], each.estimate
        assert (line["status"], line["reviewer"] or None) == (each.status, each.reviewer)
        assert line["estimate"] == (float(estimate) if estimate is not None else None)


# Every page.


@pytest.fixture(scope="module")
def addresses(papers):
    """The pages by name, with who looks at them; two papers are being read by two."""
    with open_store(papers.url) as store:
        for drug, finished in (("midostaurin", False), ("quizartinib", True)):
            document = papers.document(drug)
            given = store.dual.assign(document, FIRST, SECOND, by=THIRD).assignment_id
            rows = [row.result_id for row in store.records().results() if row.document_id == document]
            for name, values in ((FIRST, None), (SECOND, {"ci_high": "0.99"})):
                store.dual.record(given, rows[0], "correct" if values else "accept", by=name, values=values)
                for row in rows[1:] if finished else ():
                    store.dual.record(given, row, "accept", by=name)
                if finished:
                    store.dual.finish(given, by=name)
            if finished:
                settling = f"/dual/{given}/adjudicate"
                differing = f"{settling}/{rows[0]}"
            else:
                reading = f"/dual/{given}"
                being_read = f"{reading}/rows/{rows[1]}"
        records = store.records()
        question = default_questions(records)[0]
    document = papers.document("SORMAIN")
    row = papers.row(document_id=document, estimate=0.39)
    return {
        "documents": (ADMIN, "/"),
        "document": (ADMIN, f"/documents/{document}"),
        "entering": (ADMIN, f"/documents/{document}/enter"),
        "review": (ADMIN, f"/review/{row.result_id}"),
        "doubts": (ADMIN, "/flags"),
        "pooled": (ADMIN, "/pooled"),
        "question": (ADMIN, f"/pooled/{quote(question.id)}"),
        "moves": (ADMIN, "/pooled/moves"),
        "dual": (THIRD, "/dual"),
        "reading": (FIRST, reading),
        "row being read": (FIRST, being_read),
        "adjudication": (THIRD, settling),
        "row that differs": (THIRD, differing),
        "agreement": (THIRD, "/dual/agreement"),
        "uploads": (ADMIN, "/jobs"),
        "upload": (ADMIN, "/jobs/1"),
        "export": (ADMIN, "/export"),
        "comparison": (ADMIN, "/export/comparison?outcome=OS"),
        "users": (ADMIN, "/users"),
        "account": (ADMIN, "/account"),
        "search": (ADMIN, "/search?q=survival"),
        "login": (None, "/login"),
        "missing": (ADMIN, "/nowhere"),
        "study": (ADMIN, f"/studies/{records.studies[0].study_id}"),
        "studies": (ADMIN, "/studies"),
    }


PAGES = (
    *(
        "documents",
        "document",
        "entering",
        "studies",
        "study",
        "review",
        "doubts",
        "pooled",
        "question",
        "moves",
        "dual",
    ),
    *("reading", "row being read", "adjudication", "row that differs", "agreement", "uploads", "upload", "export"),
    *("comparison", "users", "account", "search", "login", "missing"),
)


@pytest.fixture(scope="module")
def visitors(addresses, papers):
    """A browser of each person who looks at pages, kept for all pages."""
    return {name: papers.browser_of(name, refusals=(404,)) for name in {who for who, _ in addresses.values()}}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_on_any_page_and_none_scrolls_sideways(papers, addresses, visitors, name):
    who, address = addresses[name]
    page = visitors[who]
    papers.faults.clear()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    grave = [("light", 1280, each) for each in serious(page)]
    page.emulate_media(color_scheme="dark")
    grave += [("dark", 1280, each) for each in serious(page, "color-contrast")]
    page.set_viewport_size({"width": 390, "height": 844})
    grave += [("dark", 390, each) for each in serious(page)]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert papers.faults == []


def serious(page, *rules):
    """What axe holds against a page that is serious or critical; of these rules alone, where some are named."""
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = Axe().run(page, options=options).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")]
