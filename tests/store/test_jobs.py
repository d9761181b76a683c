"""A job is done by one worker at a time, is never lost, and does not end worker after worker."""

import datetime as dt
import threading

import pytest

from evidence.errors import NotFound, QueueFull
from evidence.model.jobs import JobStatus
from evidence.store import jobs, open_store

START = dt.datetime(2024, 5, 31, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved: `clock(seconds)`."""
    now = [START]
    monkeypatch.setattr(jobs, "_now", lambda: now[0])

    def move(seconds):
        now[0] += dt.timedelta(seconds=seconds)

    return move


@pytest.fixture
def queue(store, clock):
    return store.jobs


def submit(queue, **arguments):
    return queue.submit("ingest", arguments, by="Ada").job_id


def test_a_job_goes_from_waiting_to_done(queue, clock):
    made = queue.submit("ingest", {"files": ["é"]}, by="Ada", total=2)
    assert (made.status, made.arguments, made.created_at) == (JobStatus.WAITING, {"files": ["é"]}, START)
    clock(5)
    taken = queue.take("w1", lease_seconds=60)
    assert (taken.job_id, taken.status, taken.attempts, taken.worker) == (made.job_id, JobStatus.RUNNING, 1, "w1")
    assert taken.lease_until == START + dt.timedelta(seconds=65)
    assert queue.take("w2") is None
    assert queue.renew(made.job_id, "w1", done=1, total=2, message="trial.pdf")
    assert (queue.get(made.job_id).done, queue.get(made.job_id).message) == (1, "trial.pdf")
    assert queue.finish(made.job_id, "w1", {"files": []})
    done = queue.get(made.job_id)
    assert (done.status, done.result, done.worker, done.lease_until) == (JobStatus.DONE, {"files": []}, None, None)
    assert (done.started_at, done.finished_at) == (START + dt.timedelta(seconds=5),) * 2
    assert queue.take("w2") is None


def test_the_oldest_job_is_taken_first_also_when_the_clock_went_back(queue, clock):
    first = submit(queue)
    clock(-3600)
    second = submit(queue)
    assert [queue.take("w").job_id for _ in range(2)] == [first, second]


def test_a_job_whose_worker_was_killed_is_taken_up_twice_and_then_given_up(queue, clock):
    job_id = submit(queue)
    after = submit(queue)
    for attempt in (1, 2, 3):
        job = queue.take(f"w{attempt}", lease_seconds=60)
        assert (job.job_id, job.attempts) == (job_id, attempt)
        assert queue.renew(job_id, f"w{attempt}", done=1, total=3, message="trial.pdf")
        clock(61)
    assert queue.take("w4").job_id == after
    failed = queue.get(job_id)
    assert failed.status is JobStatus.FAILED
    assert "was given up after 3 attempts" in failed.reason and "after 1 of 3 files" in failed.reason


def test_who_lost_a_job_can_say_nothing_about_it(queue, clock):
    job_id = submit(queue)
    queue.take("w1", lease_seconds=60)
    clock(61)
    assert queue.renew(job_id, "w1", done=0, total=1, message=None)  # late, and nobody else took it
    clock(61)
    queue.take("w2", lease_seconds=60)
    assert not queue.renew(job_id, "w1", done=1, total=1, message="late")
    assert not queue.finish(job_id, "w1", {"late": True})
    assert not queue.fail(job_id, "w1", "late")
    assert not queue.release(job_id, "w1")
    held = queue.get(job_id)
    assert (held.status, held.worker, held.message, held.attempts) == (JobStatus.RUNNING, "w2", None, 2)


@pytest.mark.parametrize("back", [30, 3600, 10**8])
def test_a_clock_that_jumps_back_loses_no_job(queue, clock, back):
    job_id = submit(queue)
    queue.take("w1", lease_seconds=60)
    clock(-back)
    clock(100)  # the lease that was given, and some
    clock(0 if back > 30 else 30)
    assert queue.take("w2").job_id == job_id


def test_a_clock_that_jumped_back_takes_no_job_from_a_worker_that_renewed(queue, clock):
    job_id = submit(queue)
    queue.take("w1", lease_seconds=60)
    clock(-3600)
    assert queue.renew(job_id, "w1", done=0, total=1, message=None)
    assert queue.take("w2") is None


def test_a_worker_that_stops_gives_its_job_back_at_its_old_place(queue):
    first, second = submit(queue), submit(queue)
    for _ in range(5):
        assert queue.take("w1").job_id == first
        assert queue.release(first, "w1")
    job = queue.take("w1")
    assert (job.job_id, job.attempts) == (first, 1)
    assert queue.take("w1").job_id == second


def test_a_cancelled_job_is_not_taken_and_its_worker_learns_it(queue):
    waiting, running, done = (submit(queue) for _ in range(3))
    for job_id in (waiting, running, done):
        queue.take(f"w{job_id}")
    queue.release(waiting, f"w{waiting}")
    queue.finish(done, f"w{done}", {})
    assert [queue.cancel(job_id).status for job_id in (waiting, running, done)] == ["cancelled", "cancelled", "done"]
    assert not queue.renew(running, f"w{running}", done=1, total=1, message=None)
    assert queue.take("w") is None


def test_a_full_queue_takes_no_job_until_one_of_it_is_taken(queue, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_WAITING", 4)
    monkeypatch.setattr(jobs, "MOST_WAITING_OF_ONE", 2)
    for _ in range(2):
        submit(queue)
    with pytest.raises(QueueFull, match="2 jobs of Ada wait already"):
        submit(queue)
    for _ in range(2):
        queue.submit("ingest", {}, by="Béla")
    with pytest.raises(QueueFull, match="4 jobs wait already"):
        queue.submit("ingest", {}, by="Cleo")
    queue.take("w")
    assert submit(queue)


def test_jobs_are_listed_newest_first_page_by_page(queue):
    ids = [submit(queue) for _ in range(5)]
    queue.cancel(ids[1])
    newest = queue.list(limit=2)
    assert [job.job_id for job in newest] == ids[:2:-1]
    assert [job.job_id for job in queue.list(before=newest[-1].job_id)] == ids[2::-1]
    assert [job.job_id for job in queue.list(status=JobStatus.CANCELLED)] == [ids[1]]
    assert queue.list(by="Béla") == ()


def test_a_job_that_is_not_there_is_named(queue):
    for ask in (queue.get, queue.cancel):
        with pytest.raises(NotFound, match="no job 7"):
            ask(7)


def test_a_lease_has_an_end(queue):
    with pytest.raises(ValueError, match="600 seconds"):
        queue.take("w", lease_seconds=601)


def test_many_workers_take_every_job_once(url):
    with open_store(url) as store:
        ids = [store.jobs.submit("ingest", {}, by="Ada").job_id for _ in range(20)]
    taken, together = [], threading.Barrier(4)

    def work(worker):
        with open_store(url) as mine:
            together.wait()
            while job := mine.jobs.take(worker):
                taken.append(job.job_id)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == ids
