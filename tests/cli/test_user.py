"""`evidence user …` as a person calls it; passwords come from the terminal or a line of standard input."""

import io
import json
import os
import pty
import select
import signal
import sys

import pytest

PASSWORD = "four words of nonsense"


@pytest.fixture
def given(evidence, monkeypatch):
    """Call with these bytes on standard input."""

    def call(line, *arguments):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line)))
        return evidence("user", *arguments)

    return call


@pytest.fixture
def ada(given):
    told = given(f"{PASSWORD}\nmore\n".encode(), "add", "Ada", "--role", "admin", "--password-stdin")
    assert (told.code, told.out, told.err) == (0, "added Ada, admin\n", "")


def at_terminal(command, *typed):
    """What a terminal shows when a person types these, each when asked, and the exit code."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "evidence", *command])
    shown = b""
    answers = list(typed)
    while True:
        if not select.select([terminal], [], [], 60)[0]:
            os.kill(child, signal.SIGKILL)
        try:
            got = os.read(terminal, 1024)
        except OSError:  # Linux says so when the program has ended
            break
        if not got:
            break
        shown += got
        if answers and shown.endswith(b": "):
            os.write(terminal, answers.pop(0).encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode().replace("\r\n", "\n")


def listed(evidence, *arguments):
    return json.loads(evidence("user", *arguments, "--json").out)


def test_users_are_added_and_listed(evidence, given, ada):
    told = given(PASSWORD.encode() + b"\r\n", "add", "Béla", "--role", "reviewer", "--password-stdin")
    assert (told.code, told.out) == (0, "added Béla, reviewer\n")
    rows = listed(evidence, "list")
    assert [(row["name"], row["role"], row["disabled_at"]) for row in rows] == [
        ("Ada", "admin", None),
        ("Béla", "reviewer", None),
    ]
    shown = evidence("user", "list").out
    assert "Ada" in shown and "reviewer" in shown and "argon2" not in shown


def test_a_store_without_an_admin_says_so(given):
    told = given(PASSWORD.encode(), "add", "Eve", "--role", "viewer", "--password-stdin")
    assert told.code == 0 and "nobody is admin yet" in told.err


def test_a_password_is_typed_twice_and_never_shown(evidence):
    code, shown = at_terminal(["user", "add", "Ada", "--role", "admin"], PASSWORD, "something else", PASSWORD, PASSWORD)
    assert code == 0, shown
    assert "do not match" in shown and shown.endswith("added Ada, admin\n")
    assert PASSWORD not in shown and "something else" not in shown
    assert [row["name"] for row in listed(evidence, "list")] == ["Ada"]


def test_a_password_is_changed(given, ada):
    told = given(b"another few words\n", "password", "ada", "--password-stdin")
    assert (told.code, told.out) == (0, "changed the password of Ada; open sessions have ended\n")


def test_nobody_waits_for_a_password_where_there_is_no_terminal(given):
    told = given(b"", "add", "Ada", "--role", "admin")
    assert told.code == 2 and "--password-stdin" in told.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "fewer than 12"),
        (b"short\n", "fewer than 12"),
        (b"x" * 9000, "more than 1024 bytes"),
        (b"\xff" * 20, "no text in UTF-8"),
    ],
)
def test_a_password_that_may_not_be_is_refused_in_one_sentence(given, line, said):
    told = given(line, "add", "Ada", "--role", "admin", "--password-stdin")
    assert told.code == 1 and told.err.startswith("evidence: ") and told.err.count("\n") == 1
    assert said in told.err


def test_a_password_is_no_argument(evidence, given, ada):
    assert evidence("user", "add", "Eve", PASSWORD, "--role", "viewer").code == 2
    assert evidence("user", "add", "Eve", "--role", "viewer", "--password", PASSWORD).code == 2


def test_faults_end_with_one_sentence(evidence, given, ada):
    told = given(PASSWORD.encode(), "add", "ADA", "--role", "viewer", "--password-stdin")
    assert (told.code, told.err) == (1, "evidence: There is a user 'Ada' already; take another name.\n")
    for arguments in (("disable", "ada"), ("role", "Ada", "viewer")):
        told = evidence("user", *arguments)
        assert (told.code, told.err.count("\n")) == (1, 1) and "is the only admin" in told.err
    assert "There is no user 'Eve'" in evidence("user", "enable", "Eve").err
    assert evidence("user", "role", "Ada", "root").code == 2


def test_roles_change_and_users_are_disabled_and_enabled(evidence, given, ada):
    given(PASSWORD.encode(), "add", "Béla", "--role", "viewer", "--password-stdin")
    assert evidence("user", "role", "BÉLA", "adjudicator").out == "Béla is adjudicator\n"
    assert evidence("user", "disable", "Béla").out == "disabled Béla\n"
    assert listed(evidence, "list")[1]["disabled_at"].endswith("Z")
    assert evidence("user", "enable", "Béla").out == "enabled Béla\n"
    assert listed(evidence, "list")[1]["disabled_at"] is None


def test_a_token_shows_its_secret_once_and_alone(evidence, ada, tmp_path):
    told = evidence("user", "token", "Ada", "--scope", "read", "--scope", "ingest", "--days", "90", "--for", "nightly")
    secret = told.out.strip()
    assert told.code == 0 and secret.startswith("evd_") and " " not in secret and secret not in told.err
    assert "cannot be shown again" in told.err
    (row,) = listed(evidence, "tokens", "Ada")
    assert (row["name"], row["scopes"], row["revoked_at"]) == ("nightly", ["ingest", "read"], None)
    assert secret not in evidence("user", "tokens", "Ada").out + json.dumps(row)
    from evidence.store import open_store

    with open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as store:
        assert store.users.by_token(secret) is not None
        assert evidence("user", "revoke", row["token_id"]).out == f"revoked token {row['token_id']} (nightly)\n"
        assert store.users.by_token(secret) is None


def test_a_token_beyond_the_role_is_refused(evidence, given, ada):
    given(PASSWORD.encode(), "add", "Béla", "--role", "viewer", "--password-stdin")
    told = evidence("user", "token", "Béla", "--scope", "decide", "--days", "1")
    assert told.code == 1 and told.out == "" and "role viewer of 'Béla' does not go as far as decide" in told.err
    assert "1 to 365 days" in evidence("user", "token", "Ada", "--scope", "read", "--days", "366").err
    assert evidence("user", "token", "Ada", "--scope", "write", "--days", "1").code == 2
    assert "no token 9" in evidence("user", "revoke", "9").err


def test_asking_for_users_makes_no_store(evidence, tmp_path):
    assert evidence("user", "list").code == 1
    assert not (tmp_path / "evidence.db").exists()
