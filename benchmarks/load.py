"""Twenty reviewers at once, with uploads meanwhile: is a decision lost, and how long does one take?

    python benchmarks/load.py [SECONDS] [REVIEWERS] [--postgresql] [--write]

Starts the real program (`evidence serve`) on a store of the corpus, in SQLite or in a PostgreSQL server of its own, and
asks it as browsers do: open the next row, look at it for a moment, decide. What the service acknowledged is noted and
compared with the store afterwards. With `--write` the figures go into service.md. Ends with 1 where a decision was lost
or an answer was a fault of the service.
"""

import sys

sys.path.append(sys.path.pop(0))  # statistics.py of this folder is not Python's module of its name

import random
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from killed import write_section

from evidence import pipeline
from evidence.store import open_store
from tests.postgresql import Server

PASSWORD = "twenty reviewers at once"
#: Seconds a simulated reviewer looks at a row: from glancing to reading.
LOOKING = (0.5, 4.0)
#: Seconds between two uploads.
BETWEEN_UPLOADS = 10.0
_FIELD = re.compile(r'name="(csrf|seen)" value="([^"]*)"')


@dataclass
class Seen:
    """What the reviewers saw; one object for all threads."""

    decided: list[float] = field(default_factory=list)  # seconds of a decision, to its answer
    shown: list[float] = field(default_factory=list)  # seconds of a page with a row
    acknowledged: Counter[str] = field(default_factory=Counter)  # reviewer -> decisions
    conflicts: int = 0
    faults: list[str] = field(default_factory=list)
    uploads: list[int] = field(default_factory=list)  # job ids
    lock: threading.Lock = field(default_factory=threading.Lock)


def main(seconds: float, reviewers: int, *, postgresql: bool, write: bool) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'evidence.db'}"
        if postgresql:
            server = Server()
            stack.callback(server.close)
            url = server.new_database()
        names = [f"reviewer {number}" for number in range(1, reviewers + 1)]
        with open_store(url) as store:
            pipeline.ingest([REPOSITORY / "corpus"], store)
            rows = len(list(store.records().results()))
            documents = [record.document_id for record in store.records().documents]
            for name in names:
                store.users.add(name, PASSWORD, "reviewer")
        address = stack.enter_context(serving(url, folder / "files"))
        seen = Seen()
        threading.excepthook = lambda told: seen.faults.append(repr(told.exc_value))
        # One after another: twenty at once from one address would be throttled as guesses.
        clients = [stack.enter_context(closing(logged_in(address, name))) for name in names]
        # Every second one works through a document of their own first, as a team shares the work.
        ends = time.monotonic() + seconds
        own = [documents[number % len(documents)] if number % 2 else None for number in range(len(names))]
        threads = [
            threading.Thread(target=review, args=(client, name, document, ends, seen))
            for client, name, document in zip(clients, names, own, strict=True)
        ]
        threads.append(threading.Thread(target=upload, args=(clients[0], ends, seen)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        jobs = finished(clients[0], seen)
        with open_store(url) as store:
            kept = Counter(
                event.reviewer for row in store.records().results() for event in store.trace(row.result_id).events
            )
            sound = [finding.message for finding in store.examine() if not finding.holds]
    lost = sum((seen.acknowledged - kept).values())
    invented = sum((kept - seen.acknowledged).values())
    made = sum(seen.acknowledged.values())
    base = "PostgreSQL 15" if postgresql else "SQLite"
    option = " --postgresql" if postgresql else ""
    text = f"""`python benchmarks/load.py {seconds:.0f} {reviewers}{option} --write`

`evidence serve` with one worker over the corpus ({rows} numbers) in {base}, asked by {reviewers} simulated reviewers
for {seconds:.0f} s from the same machine of 2 cores: each opens the next row, looks at it for {LOOKING[0]} to
{LOOKING[1]} s, and accepts, rejects or takes back; every second one begins with a document of their own. Every
{BETWEEN_UPLOADS:.0f} s a paper of the corpus with other bytes is uploaded.

| | |
|---|---|
| decisions acknowledged, and refused because somebody else had decided meanwhile | {made}, {seen.conflicts} |
| decisions lost, decisions nobody made | {lost}, {invented} |
| answers that were a fault of the service (5xx, or none) | {len(seen.faults)} |
| seconds of a decision, to the page of the next row: median, 95th percentile, longest | {quantiles(seen.decided)} |
| seconds to show a row: median, 95th percentile, longest | {quantiles(seen.shown)} |
| uploads, and of their jobs done | {len(seen.uploads)}, {jobs["done"]} |
| checks of `evidence doctor` afterwards that do not hold | {len(sound)} |
"""
    print(text, *seen.faults[:5], *sound, sep="\n")
    if write:
        write_section(f"{reviewers} reviewers at once, {base}", text)
    return 1 if lost or invented or seen.faults or sound or jobs["done"] != len(seen.uploads) else 0


@contextmanager
def serving(url: str, files: Path):
    """The address of the program, run as a person would run it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = [str(Path(sys.executable).with_name("evidence")), "serve", "--port", str(port), "--store", url]
    with subprocess.Popen([*program, "--files", str(files)], stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                httpx.get(f"{address}/login")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        try:
            yield address
        finally:
            process.send_signal(signal.SIGTERM)


def logged_in(address: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=address, follow_redirects=True, timeout=60)
    fields = dict(_FIELD.findall(client.get("/login").text))
    client.post("/login", data={"csrf": fields["csrf"], "name": name, "password": PASSWORD}).raise_for_status()
    return client


def review(client: httpx.Client, name: str, document: str | None, ends: float, seen: Seen) -> None:
    """One reviewer, until the time is over."""
    chance = random.Random(name)
    page = shown(client, f"/review?document={document}" if document else "/review", seen)
    while time.monotonic() < ends and page is not None:
        time.sleep(chance.uniform(*LOOKING))
        fields = dict(_FIELD.findall(page.text))
        row = page.url.path.rpartition("/")[2]
        if "seen" not in fields:  # nothing waits: begin again with rows already decided
            page = shown(client, f"/review/{chance.choice(known_rows(client))}", seen)
            continue
        action = "undo" if fields["seen"] != "0" and chance.random() < 0.6 else chance.choice(("accept", "reject"))
        sent = fields | {"action": action, "reason": "by the simulation"}
        started = time.monotonic()
        answer = asked(lambda c=client, r=row, s=sent: c.post(f"/review/{r}/decide", data=s), seen)
        took = time.monotonic() - started
        with seen.lock:
            if answer is not None and answer.status_code == 200:
                seen.decided.append(took)
                seen.acknowledged[name] += 1
            elif answer is not None and answer.status_code == 409:
                seen.conflicts += 1
            elif answer is not None and answer.status_code != 422:
                seen.faults.append(f"{answer.status_code} for {action}")
        page = answer if answer is not None and answer.status_code == 200 else shown(client, "/review", seen)
        if page is not None and not page.url.path.startswith("/review/"):
            page = shown(client, f"/review/{chance.choice(known_rows(client))}", seen)


def known_rows(client: httpx.Client) -> list[str]:
    return [row["result_id"] for row in client.get("/api/v1/contrasts", params={"limit": 1000}).json()["items"]]


def shown(client: httpx.Client, path: str, seen: Seen) -> httpx.Response | None:
    started = time.monotonic()
    answer = asked(lambda: client.get(path), seen)
    if answer is not None and answer.status_code == 200:
        with seen.lock:
            seen.shown.append(time.monotonic() - started)
    return answer


def asked(ask, seen: Seen) -> httpx.Response | None:
    """The answer; one that is a fault of the service is noted."""
    try:
        answer = ask()
    except httpx.TransportError as error:
        with seen.lock:
            seen.faults.append(repr(error))
        return None
    if answer.status_code >= 500:
        with seen.lock:
            seen.faults.append(f"{answer.status_code} {answer.url}")
        return None
    return answer


def upload(client: httpx.Client, ends: float, seen: Seen) -> None:
    """Send a paper now and then; other bytes make it another document."""
    papers = sorted((REPOSITORY / "corpus" / "text").glob("*.txt"))
    number = 0
    while time.monotonic() < ends:
        paper = papers[number % len(papers)]
        content = paper.read_bytes() + f"\n\nCopy {number}.\n".encode()
        token = dict(re.findall(r'("X-CSRF-Token"): "([^"]+)"', client.get("/").text))
        headers = {"X-CSRF-Token": token['"X-CSRF-Token"']}
        files = {"files": (f"copy {number} of {paper.name}", content)}
        answer = asked(lambda f=files, h=headers: client.post("/api/v1/documents", files=f, headers=h), seen)
        if answer is not None and answer.status_code == 202:
            seen.uploads.append(answer.json()["job_id"])
        elif answer is not None:
            seen.faults.append(f"{answer.status_code} for an upload: {answer.text[:200]}")
        number += 1
        time.sleep(min(BETWEEN_UPLOADS, max(0.0, ends - time.monotonic())))


def finished(client: httpx.Client, seen: Seen) -> Counter[str]:
    """How the jobs ended."""
    states: Counter[str] = Counter()
    for job in seen.uploads:
        for _ in range(1200):
            state = client.get(f"/api/v1/jobs/{job}").json()["status"]
            if state not in ("waiting", "running"):
                break
            time.sleep(0.1)
        states[state] += 1
    return states


def quantiles(seconds: list[float]) -> str:
    if not seconds:
        return "none"
    return f"{np.median(seconds):.2f}, {np.quantile(seconds, 0.95):.2f}, {max(seconds):.2f}"


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if not word.startswith("--")]
    sys.exit(
        main(
            float(given[0]) if given else 180.0,
            int(given[1]) if len(given) > 1 else 20,
            postgresql="--postgresql" in sys.argv,
            write="--write" in sys.argv,
        )
    )
