"""What the extractor read is nowhere shown to a reviewer who is to read the document without it.

A stored document has numbers that its text does not have. Every route is asked for everything, and no answer may have
them.
"""

import io
import zipfile
from decimal import Decimal

import pytest

from evidence.model.codes import Measure, Outcome, Severity
from evidence.model.document import Bibliography, CleanText, Document, Page
from evidence.model.records import Arm, ArmResult, Contrast, Flag, Records, Source, Study
from evidence.web import api, pages
from tests.web.conftest import Browser

TEXT = "Overall survival favoured the drug. Many patients had a remission."
#: Digits of every number that was "read"; and of its names.
MARK = "7391"
DOCUMENT = "feedfacefeedface"
STUDY, ARM = f"{DOCUMENT}-s1", f"{DOCUMENT}-a1"
HAZARD, REMISSION = f"{DOCUMENT}-r2", f"{DOCUMENT}-r1"


def place(quote):
    start = TEXT.index(quote)
    return Source(char_start=start, char_end=start + len(quote), quote=quote, page=1)


def document():
    return Document(
        document_id=DOCUMENT,
        source="papers/hidden.txt",
        format="text",
        text=TEXT,
        clean=CleanText.unchanged(TEXT),
        pages=(Page(number=1, char_start=0, char_end=len(TEXT)),),
        bibliography=Bibliography(title="A trial to be read", year=2019),
    )


def records():
    about = {"document_id": DOCUMENT, "study_id": STUDY}
    remission = ArmResult(
        **about,
        result_id=REMISSION,
        arm_id=ARM,
        arm=f"drug {MARK}",
        outcome=Outcome.CR,
        outcome_text=f"remission {MARK}",
        measure=Measure.PROPORTION,
        source=place("Many patients"),
        value=Decimal(f"0.{MARK}"),
        events=int(MARK),
        total=int(MARK) + 1,
        confidence=0.9,
    )
    hazard = Contrast(
        **about,
        result_id=HAZARD,
        arm_id=ARM,
        comparator_arm_id=None,
        arm=f"drug {MARK}",
        comparator="placebo",
        outcome=Outcome.OS,
        outcome_text="",
        measure=Measure.HR,
        source=place("Overall survival"),
        estimate=Decimal(f"0.{MARK}"),
        ci_low=Decimal("0.5"),
        ci_high=Decimal(f"0.9{MARK}"),
        confidence=0.9,
    )
    doubt = Flag(
        flag_id=f"{DOCUMENT}-f1",
        document_id=DOCUMENT,
        study_id=STUDY,
        result_ids=(HAZARD,),
        check="test",
        severity=Severity.WARNING,
        message=f"The hazard ratio is 0.{MARK}.",
    )
    return Records(
        studies=(Study(study_id=STUDY, document_id=DOCUMENT, label="Trial", n_total=int(MARK)),),
        arms=(Arm(arm_id=ARM, study_id=STUDY, document_id=DOCUMENT, label=f"drug {MARK}", n=int(MARK)),),
        arm_results=(remission,),
        contrasts=(hazard,),
        flags=(doubt,),
    )


@pytest.fixture
def hidden(store):
    """The document, given to Ann, with a correction of hers from before that was taken back."""
    store.add(document(), records())
    store.decide(HAZARD, "correct", by="Ann", values={"ci_low": f"0.4{MARK}"})
    store.decide(HAZARD, "undo", by="Ann")
    for name, role in (("Ann", "admin"), ("Vera", "admin")):
        store.users.add(name, "correct horse battery", role)
    return store.dual.assign(DOCUMENT, "Ann", "extractor", by="Vera").assignment_id


#: Of what routes take in their address: each of these once.
NAMED = {
    "document_id": (DOCUMENT,),
    "result_id": (HAZARD, REMISSION),
    "study_id": (STUDY, f"{STUDY} of {DOCUMENT}"),
    "number": ("1",),
    "job_id": ("1",),
    "user_id": ("1",),
    "token_id": ("1",),
    "question_id": ("OS-HR", "CR-proportion"),
    "format": ("csv", "jsonl", "xlsx", "docx", "revman", "metafor", "ris"),
    "kind": ("csv", "jsonl", "xlsx", "docx", "revman", "metafor"),
}
#: Asked of every route that has such a thing; others do not mind.
ASKED = {
    "document": DOCUMENT,
    "document_id": DOCUMENT,
    "q": "survival",
    "told": HAZARD,
    "before": "x",
    "start": "0",
    "end": "9",
    "outcome": "OS",
    "measure": "HR",
    "at": "1",
}
VALUES = {
    "arm": "drug",
    "comparator": "placebo",
    "outcome": "OS",
    "measure": "HR",
    "estimate": "0.5",
    "ci_low": "0.6",
    "ci_high": "0.9",
}
FORM = {
    **{f"v_{name}": text for name, text in VALUES.items()},
    "action": "correct",
    "seen": "0",
    "table": "contrasts",
    "study_id": STUDY,
    "quote": "Overall survival",
    "values": "",
    "reason": "look",
    "name": "Somebody",
    "q": "survival",
}
JSON = {
    "/api/v1/rows/{result_id}/decisions": {"action": "correct", "seen": 0, "values": {"estimate": "0.5"}},
    "/api/v1/rows": {
        "table": "contrasts",
        "values": {**VALUES, "document_id": DOCUMENT, "study_id": STUDY, "quote": "Overall survival"},
    },
    "/api/v1/pooled": {"outcome": ["OS"], "measure": "HR"},
}
#: They would end the blinding, or the visit.
LEFT_OUT = ("/logout", "/finish", "/withdraw", "/sessions", "/account", "/events")


def addresses(method):
    """Every address of the service, with the things of the hidden document in it."""
    for route in (route for router in (*pages.ROUTERS, *api.ROUTERS) for route in router.routes):
        if method not in route.methods or route.path.endswith(LEFT_OUT):
            continue
        filled = [route.path]
        for name in route.param_convertors:
            values = NAMED.get(name, ("1",))
            filled = [path.replace(f"{{{name}}}", value) for path in filled for value in values]
        yield from ((route.path, path) for path in filled)


def unpacked(name, data):
    """Everything in a file, in the archives in it too."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(unpacked(one, archive.read(one)) for one in archive.namelist())


def told(site, name):
    """What every route tells somebody, by its address."""
    found = {}
    with Browser(site) as browser:
        browser.say("/login", {"name": name, "password": "correct horse battery"}, of="/login")
        token = browser.csrf()
        headers = {"X-CSRF-Token": token}
        for _, path in addresses("GET"):
            answer = browser.get(path, params=ASKED)
            assert answer.status_code < 500, path
            found["GET " + path] = unpacked(path, answer.content)
            found["GET " + path + " plain"] = unpacked(path, browser.get(path).content)
        for route, path in addresses("POST"):
            if route.startswith("/api/"):
                answer = browser.post(path, json=JSON.get(route, {}), headers=headers)
            else:
                answer = browser.post(path, data={"csrf": token, **FORM}, headers={"HX-Request": "true", **headers})
            assert answer.status_code < 500, path
            found["POST " + path] = unpacked(path, answer.content)
    return found


def test_no_route_tells_the_blinded_reader_what_was_extracted(site, store, hidden):
    shown = told(site, "Ann")
    assert len(shown) > 60
    assert [path for path, text in shown.items() if MARK in text] == []
    assert "papers/hidden.txt" in shown["GET / plain"]


def test_others_see_it_and_so_does_the_reader_who_has_finished(site, store, hidden):
    for name in ("Vera", "Ann"):
        if name == "Ann":
            store.dual.finish(hidden, by="Ann")
        shown = told(site, name)
        telling = {path for path, text in shown.items() if MARK in text}
        assert {
            f"GET /api/v1/rows/{HAZARD}",
            "GET /api/v1/contrasts plain",
            "GET /api/v1/arms plain",
            "GET /api/v1/flags plain",
            "GET /api/v1/studies plain",
            "GET /api/v1/decisions plain",
            "GET /api/v1/exports/csv plain",
            "GET /api/v1/exports/xlsx plain",
            "GET /api/v1/exports/docx plain",
        } <= telling


def test_who_has_said_no_name_at_home_sees_nothing_that_is_hidden_from_anybody(stranger, store):
    store.add(document(), records())
    store.dual.assign(DOCUMENT, "Ann", "extractor", by="Vera")
    assert MARK not in stranger.get("/api/v1/contrasts").text
    stranger.say("/name", {"name": "Vera"}, of="/login")
    assert MARK in stranger.get("/api/v1/contrasts").text
