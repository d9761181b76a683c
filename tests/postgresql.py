"""A PostgreSQL server of the tests' own, in a temporary directory, reached by a socket alone."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

#: Who owns every database of the server, and who needs a password.
OWNER, GUARDED, PASSWORD = "evidence", "guarded", "not:told@anyone"


class Server:
    """One server; what it holds goes with it."""

    def __init__(self) -> None:
        # A path of a socket has at most 107 bytes, which a temporary directory of a test may exceed.
        self.folder = Path(tempfile.mkdtemp(prefix="evidence-pg-", dir="/tmp"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._make()
            self.start()
            self.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
        except BaseException:
            self.close()
            raise

    def url(self, name: str, **more: str) -> str:
        known = {"username": OWNER, "database": name, "query": {"host": str(self.folder)}, **more}
        return URL.create("postgresql+psycopg", **known).render_as_string(hide_password=False)

    def new_database(self) -> str:
        """URL of a new, empty database."""
        name = f"evidence_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.execute(f"DROP DATABASE {url.split('/')[3].split('?')[0]} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))

    def start(self) -> None:
        # It ends with the tests even where these are killed, by the signal for which it does not wait for its clients.
        command = ["setpriv", "--pdeathsig", "INT", *self._as_nobody(), _binary("postgres"), "-D", str(self._data)]
        options = {"listen_addresses": "", "unix_socket_directories": str(self.folder), "fsync": "off"}
        options |= {"full_page_writes": "off", "synchronous_commit": "off", "max_connections": "60"}
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        ready = [_binary("pg_isready"), "-q", "-h", str(self.folder), "-d", "postgres"]
        deadline = time.monotonic() + 60
        while subprocess.run(ready).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once, with every connection to it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(2)
            self._process.wait(60)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _as_nobody(self) -> list[str]:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return []
        nobody = pwd.getpwnam("nobody")
        return [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]

    def _make(self) -> None:
        if os.geteuid() == 0:
            os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, -1)
        making = [_binary("initdb"), "-D", str(self._data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(
            ["setpriv", *self._as_nobody(), *making, "--locale=C.UTF-8"],
            check=True,
            cwd=self.folder,
            capture_output=True,
        )
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all {GUARDED} scram-sha-256\n" + rules.read_text())


def _binary(name: str) -> str:
    """Debian keeps the programs of a server beside its version, not on the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda folder: float(folder.name))
    for folder in (*(version / "bin" for version in reversed(versions)), *map(Path, os.get_exec_path())):
        if (folder / name).is_file():
            return str(folder / name)
    raise FileNotFoundError(f"{name} of PostgreSQL is not installed (Debian: postgresql); .ci/run installs it")
