"""`evidence serve`: the review page and the JSON API, with the workers that read what is uploaded."""

import logging
import signal
import socket
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evidence.cli.shared import StoreOption, opened
from evidence.errors import ServiceError, StoreError
from evidence.settings import files_folder, store_url

if TYPE_CHECKING:
    from evidence.store import Store

#: Names by which a computer reaches itself; what is bound to them, nobody else can ask.
_THIS_COMPUTER = ("127.0.0.1", "localhost", "::1")
#: Seconds that answers under way have to end when the service stops; progress of a job is told without end.
_GRACE_SECONDS = 3


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 for any.")] = 8080,
    store: StoreOption = None,
    files: Annotated[
        Path | None,
        typer.Option(
            "--files",
            metavar="DIR",
            help="Folder of uploaded files; else the variable EVIDENCE_FILES, else beside the file of the store.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=64, help="Processes that read uploads; 0: others on this store do.")
    ] = 1,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", metavar="QUESTIONS.toml", help="What is pooled while people decide."),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who decides, while there are no users.")
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="HOST", help="Name under which others reach the service; repeat it."),
    ] = None,
    https: Annotated[
        bool, typer.Option("--https", help="A proxy in front speaks HTTPS: cookies travel by it alone.")
    ] = False,
) -> None:
    """Serve the review page and the JSON API until stopped by Ctrl-C.

    Without users it answers this computer alone, and whoever sits there may do everything. `evidence user add` makes a
    first user; from then on everybody logs in, and other addresses may be listened on.

    Example: evidence serve --questions questions.toml --by "A. Reviewer"
    """
    import uvicorn

    from evidence.model.question import load_judgements, load_questions
    from evidence.originals import OriginalFolder
    from evidence.web import Service, create_app
    from evidence.workers import Crew

    asked = load_questions(questions) if questions else None
    judged = load_judgements(questions, asked) if questions and asked else {}
    url = store_url(store)
    folder = files_folder(url, str(files) if files else None)
    with opened(store, new=True) as known:
        if host not in _THIS_COMPUTER:
            _require_users(known, host)
        hosts = ("127.0.0.1", "localhost", "[::1]", *(name or ()), *((host,) if host != "0.0.0.0" else ()))  # noqa: S104
        uploads = OriginalFolder(folder) if folder else None
        service = Service(
            store=known, files=uploads, questions=asked, judged=judged, local_name=by, hosts=hosts, secure=https
        )
        _log_to_stderr()
        config = uvicorn.Config(
            create_app(service),
            log_level="warning",
            access_log=False,  # it would tell what follows "?"
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C: the workers are ended as well
        with _listening(host, port) as listening:
            try:
                with Crew(url, folder, size=workers) if folder and workers else nullcontext():
                    shown = "localhost" if host in _THIS_COMPUTER else host
                    typer.echo(f"evidence listens on http://{shown}:{listening.getsockname()[1]} (Ctrl-C stops it)")
                    uvicorn.Server(config).run(sockets=[listening])
            except KeyboardInterrupt:
                typer.echo("evidence has stopped.", err=True)


def _log_to_stderr() -> None:
    """Write the log of the service, with moments in UTC."""
    handler = logging.StreamHandler()
    form = logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    form.converter = time.gmtime
    handler.setFormatter(form)
    log = logging.getLogger("evidence.web")
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes requests, before anything is said or started."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ServiceError(
            f"Nothing can listen on {host}:{port} ({(error.strerror or str(error)).lower()}); name another --port, "
            "or stop the program that uses it."
        ) from error


def _require_users(store: "Store", host: str) -> None:
    if not store.users.any():
        raise StoreError(
            f"Whoever reaches {host} could change every number, because the store has no users. Make one with "
            "`evidence user add NAME --role admin`, or leave out --host."
        )
