"""`evidence serve`: the review page and the JSON API."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evidence.cli.shared import StoreOption, opened
from evidence.errors import StoreError

if TYPE_CHECKING:
    from evidence.store import Store

#: Names by which a computer reaches itself; what is bound to them, nobody else can ask.
_THIS_COMPUTER = ("127.0.0.1", "localhost", "::1")


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 8080,
    store: StoreOption = None,
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

    from evidence.model.question import load_questions
    from evidence.web import Service, create_app

    asked = load_questions(questions) if questions else None
    with opened(store, new=True) as known:
        if host not in _THIS_COMPUTER:
            _require_users(known, host)
        hosts = ("127.0.0.1", "localhost", "[::1]", *(name or ()), *((host,) if host != "0.0.0.0" else ()))  # noqa: S104
        service = Service(store=known, questions=asked, local_name=by, hosts=hosts, secure=https)
        typer.echo(
            f"evidence listens on http://{'localhost' if host in _THIS_COMPUTER else host}:{port} (Ctrl-C stops it)"
        )
        uvicorn.run(create_app(service), host=host, port=port, log_level="warning", server_header=False)


def _require_users(store: "Store", host: str) -> None:
    if not store.users.any():
        raise StoreError(
            f"Whoever reaches {host} could change every number, because the store has no users. Make one with "
            "`evidence user add NAME --role admin`, or leave out --host."
        )
