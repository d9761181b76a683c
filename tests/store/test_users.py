"""Users, passwords, throttled login, roles, tokens and secrets; nothing secret stands in the database as it is."""

import datetime as dt
import threading
import time
import traceback
import unicodedata
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from evidence.errors import Conflict, Forbidden, LoginRefused, NotFound, StoreError, Throttled
from evidence.model.users import Role, Scope, name_key
from evidence.store import credentials, open_store, schema

PASSWORD = "four words of nonsense"
OTHER = "another set of words"
HERE = "192.0.2.1"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Hashes that cost little; what they cost by default is asked for by one test alone."""
    monkeypatch.setattr(credentials, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    credentials._nobody.cache_clear()
    yield
    credentials._nobody.cache_clear()


@pytest.fixture
def users(store):
    return store.users


@pytest.fixture
def clock(users, monkeypatch):
    """A clock that a test moves."""
    clock = SimpleNamespace(now=dt.datetime(2024, 5, 31, 12, tzinfo=dt.UTC))
    clock.pass_ = lambda **time: setattr(clock, "now", clock.now + dt.timedelta(**time))
    monkeypatch.setattr(users, "_clock", lambda: clock.now)
    return clock


@pytest.fixture
def ada(users):
    return users.add("Ada", PASSWORD, Role.ADMIN)


def fail(users, name="Ada", address=HERE, times=1):
    for _ in range(times):
        with pytest.raises(LoginRefused):
            users.verify(name, "not the password", address=address)


# Users


def test_a_user_is_kept_as_added(users, clock):
    assert not users.any() and users.list() == ()
    ada = users.add(" Ada  Lovelace ", PASSWORD, "adjudicator", by="Béla")
    assert (ada.name, ada.role, ada.created_by) == ("Ada Lovelace", Role.ADJUDICATOR, "Béla")
    assert (ada.created_at, ada.disabled_at, ada.disabled) == (clock.now, None, False)
    assert users.any() and users.list() == (ada,) and users.get(ada.user_id) == ada
    assert users.named("ada lovelace") == ada
    assert users.get(99) is None
    with pytest.raises(NotFound, match="no user 'Eve'"):
        users.named("Eve")


@pytest.mark.parametrize("name", ["ada", "ADA", "Ａｄａ", " Ada ", "a\N{LATIN SMALL LETTER D}A"])
def test_a_name_is_taken_in_every_spelling(users, ada, name):
    with pytest.raises(Conflict, match="There is a user 'Ada' already"):
        users.add(name, PASSWORD, "viewer")
    assert users.verify(name, PASSWORD, address=HERE) == ada


@pytest.mark.parametrize(
    "name", ["", "  ", "x" * 65, "Ada\u200b", "Ada\x00", "Ada\ufe0f", "\ud800", "Ada\u202e", "Ada\u2800"]
)
def test_a_name_that_cannot_be_seen_is_refused(users, name):
    with pytest.raises(StoreError, match="A user's name"):
        users.add(name, PASSWORD, "viewer")
    with pytest.raises(LoginRefused):
        users.verify(name, PASSWORD, address=HERE)


@given(st.text(max_size=80))
def test_the_key_of_a_name_is_its_own_key_and_that_of_its_other_spellings(name):
    key = name_key(name)
    assert name_key(key) == key
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert name_key(unicodedata.normalize(form, name)) == key
    assert name_key(name.casefold()) == key


@given(st.text(min_size=1, max_size=64))
def test_a_name_that_is_kept_is_found(name):
    try:
        kept = credentials.proper_name(name)
    except StoreError:
        return
    assert credentials.proper_name(kept) == kept
    assert name_key(kept) == name_key(name)
    assert name_key(kept).isprintable()


def test_two_processes_that_add_one_name_at_once_add_it_once(url):
    told = []

    def add():
        with open_store(url) as mine:
            try:
                told.append(mine.users.add("Ada", PASSWORD, "admin").name)
            except Conflict:
                told.append("taken")

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["Ada", *["taken"] * 5]


# Passwords


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("eleven char", "fewer than 12"),
        ("e\u0301" * 11, "fewer than 12"),  # eleven letters, though twenty-two code points
        ("x" * 1025, "more than 1024"),
        ("é" * 513, "more than 1024"),
        ("ada the FIRST ever", "is the name"),
        ("\ud800" * 12, "no text"),
    ],
)
def test_a_password_that_may_not_be_is_refused(users, password, said):
    with pytest.raises(StoreError, match=said):
        users.add("Ada the first ever", password, "viewer")
    ada = users.add("Ada the first ever", PASSWORD, "viewer")
    with pytest.raises(StoreError, match=said):
        users.set_password(ada.user_id, password)
    with pytest.raises(LoginRefused):
        users.verify(ada.name, password, address=HERE)


@pytest.mark.parametrize(
    "password", ["x" * 12, "é" * 512, "   spaces   ", "Grüße aus Wien", "密码密码密码密码密码密码"]
)
def test_every_other_password_is_taken_whatever_keyboard_it_comes_from(users, password):
    ada = users.add("Ada", password, "viewer")
    assert users.verify("Ada", password, address=HERE) == ada
    if len(unicodedata.normalize("NFD", password).encode()) <= credentials.LONGEST_PASSWORD_BYTES:
        assert users.verify("Ada", unicodedata.normalize("NFD", password), address=HERE) == ada
    fail(users)


def test_passwords_are_hashed_as_the_library_recommends(monkeypatch):
    monkeypatch.undo()
    assert credentials._hasher._parameters == RFC_9106_LOW_MEMORY
    assert credentials.hashed(PASSWORD, "Ada").startswith("$argon2id$")


def test_a_hash_with_other_parameters_is_renewed_at_login(users, ada, store):
    def kept():
        with store._database.reading() as connection:
            return connection.scalar(select(schema.users.c.password_hash))

    first = kept()
    users.verify("Ada", PASSWORD, address=HERE)
    assert kept() == first
    with store._database.writing() as connection:
        old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
        connection.execute(update(schema.users).values(password_hash=old))
    assert users.verify("Ada", PASSWORD, address=HERE) == ada
    assert kept() not in (first, old) and "t=1" in kept()
    users.verify("Ada", PASSWORD, address=HERE)


def test_nobody_is_told_why_a_login_was_refused(users, ada):
    bela = users.add("Béla", PASSWORD, "reviewer")
    users.disable(bela.user_id)
    told = set()
    for name, password in (("Ada", OTHER), ("Eve", PASSWORD), ("Béla", PASSWORD), ("Béla", OTHER)):
        with pytest.raises(LoginRefused) as refused:
            users.verify(name, password, address=HERE)
        told.add(str(refused.value))
    assert len(told) == 1


def test_an_unknown_name_is_compared_with_a_hash_of_the_same_cost(users, ada, monkeypatch):
    asked = []

    class Noting:
        def verify(self, kept, password):
            asked.append(kept.rsplit("$", 2)[0])
            return hasher.verify(kept, password)

    hasher = credentials._hasher
    credentials._nobody()
    monkeypatch.setattr(credentials, "_hasher", Noting())
    fail(users, "Ada")
    fail(users, "Eve")
    assert len(asked) == 2 and len(set(asked)) == 1


def test_logins_at_once_fill_no_memory(monkeypatch):
    running, most = [], []

    class Slow:
        def verify(self, kept, password):
            running.append(1)
            most.append(len(running))
            time.sleep(0.02)
            running.pop()
            return True

    credentials._nobody()
    monkeypatch.setattr(credentials, "_hasher", Slow())
    threads = [threading.Thread(target=credentials.matches, args=("hash", PASSWORD)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 12 and max(most) <= 4


# Throttling


def test_a_name_is_throttled_until_its_failures_are_old(users, ada, clock):
    fail(users, times=4)
    clock.pass_(minutes=5)
    fail(users, "ADA")
    for password in (PASSWORD, OTHER):
        with pytest.raises(Throttled, match="600 seconds") as throttled:
            users.verify("Ada", password, address="198.51.100.7")
        assert throttled.value.retry_after == 600
    users.add("Béla", PASSWORD, "viewer")
    users.verify("Béla", PASSWORD, address=HERE)
    clock.pass_(seconds=599)
    with pytest.raises(Throttled) as throttled:
        users.verify("Ada", PASSWORD, address=HERE)
    assert throttled.value.retry_after == 1
    clock.pass_(seconds=1)
    assert users.verify("Ada", PASSWORD, address=HERE) == ada


def test_an_unknown_name_is_throttled_like_a_known_one(users, ada):
    for name in ("Ada", "Eve", "\x00"):
        fail(users, name, address=f"192.0.2.{ord(name[0])}", times=5)
        with pytest.raises(Throttled):
            users.verify(name, PASSWORD, address="192.0.2.200")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),  # one network of 64 bits
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("testclient", "testclient", True),
        ("a\x00" * 400, "a\x00" * 400, True),
    ],
)
def test_an_address_is_throttled_over_all_names(users, ada, first, second, same):
    for number in range(20):
        fail(users, f"user {number}", address=first)
    if same:
        with pytest.raises(Throttled):
            users.verify("Ada", PASSWORD, address=second)
    else:
        assert users.verify("Ada", PASSWORD, address=second) == ada


def test_a_success_clears_what_failed_for_the_name_and_not_for_others(users, ada):
    for number in range(15):
        fail(users, f"user {number}")
    fail(users, times=4)
    users.verify("Ada", PASSWORD, address=HERE)
    fail(users, times=4)
    fail(users)  # the twentieth from this address
    with pytest.raises(Throttled):
        users.verify("Ada", PASSWORD, address=HERE)


def test_a_throttled_attempt_does_not_count_as_another(users, ada, clock):
    fail(users, times=5)
    for _ in range(10):
        clock.pass_(minutes=1)
        with pytest.raises(Throttled):
            users.verify("Ada", PASSWORD, address=HERE)
    clock.pass_(minutes=5)
    users.verify("Ada", PASSWORD, address=HERE)


@pytest.mark.parametrize("remedy", ["set_password", "enable"])
def test_an_admin_lets_a_throttled_user_in_again(users, ada, remedy):
    fail(users, times=5)
    getattr(users, remedy)(ada.user_id, *([OTHER] if remedy == "set_password" else []))
    users.verify("Ada", OTHER if remedy == "set_password" else PASSWORD, address=HERE)


def test_old_failures_are_deleted(users, ada, store, clock):
    fail(users, times=3)
    clock.pass_(minutes=16)
    fail(users, "Eve")
    with store._database.reading() as connection:
        assert len(connection.execute(select(schema.login_failures)).all()) == 1


def test_attempts_at_once_are_no_more_than_one_after_the_other(url):
    with open_store(url) as store:
        store.users.add("Ada", PASSWORD, "viewer")
    told = []
    together = threading.Barrier(12)

    def attempt():
        with open_store(url) as mine:
            together.wait()
            try:
                mine.users.verify("Ada", OTHER, address=HERE)
            except (LoginRefused, Throttled) as refused:
                told.append(type(refused))

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(LoginRefused) == 5 and told.count(Throttled) == 7


# What ends sessions


def test_sessions_end_with_password_disabling_and_logging_out_everywhere(users, ada):
    bela = users.add("Béla", PASSWORD, "reviewer")
    under = [bela.sessions_from]
    for change in (
        lambda: users.set_password(bela.user_id, OTHER),
        lambda: users.disable(bela.user_id),
        lambda: users.end_sessions(bela.user_id),
    ):
        under.append(change().sessions_from)
    assert under == sorted(set(under))
    assert users.enable(bela.user_id).sessions_from == users.set_role(bela.user_id, "viewer").sessions_from == under[-1]
    assert users.get(ada.user_id) == ada
    assert users.verify("Béla", OTHER, address=HERE).user_id == bela.user_id
    with pytest.raises(LoginRefused):
        users.verify("Béla", PASSWORD, address=HERE)


def test_a_user_disabled_during_the_comparison_is_refused(users, ada, monkeypatch):
    bela = users.add("Béla", PASSWORD, "reviewer")
    compare = credentials.matches

    def slowly(kept, password):
        users.disable(bela.user_id)
        return compare(kept, password)

    monkeypatch.setattr(credentials, "matches", slowly)
    with pytest.raises(LoginRefused):
        users.verify("Béla", PASSWORD, address=HERE)


# Roles


def test_roles_rise_from_viewer_to_admin():
    assert sorted(["admin", "reviewer", "viewer", "adjudicator"], key=Role) == [role.value for role in Role]
    for lower, higher in zip(Role, list(Role)[1:], strict=False):
        assert lower < higher <= higher and higher > lower >= lower and not lower >= higher
        assert lower.scopes <= higher.scopes
    assert Role.VIEWER < "reviewer"  # by rank also where a text stands for a role
    assert "reviewer" > Role.VIEWER  # noqa: SIM300
    with pytest.raises(ValueError, match="superuser"):
        assert Role.VIEWER < "superuser"


def test_the_last_admin_can_be_neither_disabled_nor_demoted(users, ada):
    bela = users.add("Béla", PASSWORD, "reviewer")
    for change in (lambda: users.disable(ada.user_id), lambda: users.set_role(ada.user_id, "adjudicator")):
        with pytest.raises(StoreError, match="'Ada' is the only admin"):
            change()
    users.set_role(ada.user_id, "admin")
    assert users.set_role(bela.user_id, "admin").role is Role.ADMIN
    users.disable(ada.user_id)
    with pytest.raises(StoreError, match="'Béla' is the only admin"):
        users.set_role(bela.user_id, "viewer")
    users.set_role(ada.user_id, "viewer")  # is disabled, so no admin is lost
    users.disable(ada.user_id)


def test_what_does_not_exist_is_named(users):
    for change in (users.disable, users.enable, users.end_sessions):
        with pytest.raises(NotFound, match="no user 7"):
            change(7)
    with pytest.raises(NotFound):
        users.set_password(7, PASSWORD)
    with pytest.raises(NotFound):
        users.set_role(7, "viewer")
    with pytest.raises(NotFound):
        users.issue_token(7, "script", ["read"], 1)
    with pytest.raises(NotFound, match="no token 7"):
        users.revoke_token(7)
    with pytest.raises(StoreError, match="'root' is no role; there are viewer, reviewer, adjudicator, admin"):
        users.add("Ada", PASSWORD, "root")


# Tokens


def test_a_token_leads_to_its_user_until_it_expires(users, ada, clock):
    secret, token = users.issue_token(ada.user_id, "nightly export", ["read", Scope.INGEST], 30)
    assert secret.startswith("evd_") and len(secret) >= 4 + 43
    assert (token.name, token.scopes) == ("nightly export", {Scope.READ, Scope.INGEST})
    assert token.expires_at - token.created_at == dt.timedelta(days=30)
    assert users.tokens(ada.user_id) == (token,)
    assert users.by_token(secret) == (ada, token)
    clock.pass_(days=30, seconds=-1)
    assert users.by_token(secret) == (ada, token)
    clock.pass_(seconds=1)
    assert users.by_token(secret) is None


@pytest.mark.parametrize("secret", ["", "evd_", "evd_" + "A" * 43, "\ud800", "\x00", "é"])
def test_a_secret_that_was_never_issued_leads_nowhere(users, ada, secret):
    known, _ = users.issue_token(ada.user_id, "script", ["read"], 1)
    assert users.by_token(secret) is None
    assert users.by_token(known.swapcase()) is None
    assert users.by_token(known + " ") is None


def test_a_token_ends_with_revocation_and_sleeps_while_its_user_is_disabled(users, ada, clock):
    bela = users.add("Béla", PASSWORD, "reviewer")
    secret, token = users.issue_token(bela.user_id, "script", ["read"], 365)
    users.disable(bela.user_id)
    assert users.by_token(secret) is None
    with pytest.raises(StoreError, match="'Béla' is disabled"):
        users.issue_token(bela.user_id, "script", ["read"], 1)
    users.enable(bela.user_id)
    assert users.by_token(secret) is not None
    revoked = users.revoke_token(token.token_id)
    assert revoked.revoked_at == clock.now and users.tokens(bela.user_id) == (revoked,)
    assert users.by_token(secret) is None
    clock.pass_(days=1)
    assert users.revoke_token(token.token_id) == revoked


def test_a_token_may_no_more_than_its_user(users, ada):
    bela = users.add("Béla", PASSWORD, "reviewer")
    with pytest.raises(Forbidden, match="The role reviewer of 'Béla' does not go as far as admin"):
        users.issue_token(bela.user_id, "script", ["read", "admin"], 1)
    secret, _ = users.issue_token(bela.user_id, "script", ["read", "decide"], 1)
    users.set_role(bela.user_id, "viewer")
    _, token = users.by_token(secret)
    assert token.scopes == {Scope.READ}
    assert users.tokens(bela.user_id) == (token,)


@pytest.mark.parametrize(
    ("name", "scopes", "days", "said"),
    [
        ("script", ["read"], 0, "1 to 365 days, not for 0"),
        ("script", ["read"], 366, "1 to 365 days"),
        ("script", [], 1, "one or more of read, decide, ingest, admin.$"),
        ("script", ["write"], 1, "one or more of read, decide, ingest, admin, not 'write'"),
        ("", ["read"], 1, "A token's name"),
    ],
)
def test_a_token_that_may_not_be_is_refused(users, ada, name, scopes, days, said):
    with pytest.raises(StoreError, match=said):
        users.issue_token(ada.user_id, name, scopes, days)
    assert users.tokens(ada.user_id) == ()


# Secrets


def test_a_secret_is_made_once_for_every_process(url):
    found = []

    def ask():
        with open_store(url) as mine:
            found.append(mine.users.secret("sessions"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(found[0]) == 32
    with open_store(url) as store:
        assert store.users.secret("sessions") == found[0] != store.users.secret("forms")


def test_an_exception_of_the_database_says_nothing_secret(users, ada, store):
    with pytest.raises(IntegrityError) as fault, store._database.writing() as connection:
        row = connection.execute(select(schema.users)).one()
        connection.execute(insert(schema.users).values(row._asdict()))
    assert row.password_hash not in "".join(traceback.format_exception(fault.value))


def test_nothing_secret_stands_in_the_database_as_it_is(users, ada, store, url):
    secret, _ = users.issue_token(ada.user_id, "script", ["read"], 1)
    users.set_password(ada.user_id, OTHER)
    users.verify("Ada", OTHER, address=HERE)
    typed = "a password typed as the name"
    fail(users, typed)
    with store._database.reading() as connection:
        kept = "".join(
            repr(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in schema.metadata.tables
        )
    if url.startswith("sqlite"):
        from pathlib import Path

        file = Path(url.removeprefix("sqlite:///"))
        kept += "".join(each.read_bytes().decode("latin-1") for each in file.parent.glob(f"{file.name}*"))
    assert "script" in kept
    for clear in (secret, secret.removeprefix("evd_"), PASSWORD, OTHER, "not the password", typed):
        assert clear not in kept
    assert all(finding.holds for finding in store.examine())
