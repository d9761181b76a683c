"""`evidence user …`: who may use the service, and the tokens by which programs act for them."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from evidence.cli.shared import JsonOption, StoreOption, opened, print_json
from evidence.model.users import Role, Scope, Token, User

app = typer.Typer(
    name="user",
    help="Add users of the service, change what they may, and issue tokens for programs.",
    epilog="First user: evidence user add Ada --role admin",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the user, in whatever case.")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]
#: More than a password may have, so that a longer one is refused rather than cut.
_LONGEST_LINE = 4096


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name to log in with; decisions carry it.")],
    role: Annotated[Role, typer.Option("--role", help="What the user may do.")],
    password_stdin: StdinOption = False,
    store: StoreOption = None,
) -> None:
    """Add a user. The password is asked for twice, and has 12 characters or more.

    Example: evidence user add Ada --role admin
    """
    password = _password(password_stdin)
    with opened(store, new=True) as known:
        user = known.users.add(name, password, role)
        admins = [user for user in known.users.list() if user.role is Role.ADMIN]
    typer.echo(f"added {user.name}, {user.role}")
    if not admins:
        typer.echo(" note: nobody is admin yet, so users can be added here alone", err=True)


@app.command("list")
def list_users(store: StoreOption = None, json: JsonOption = False) -> None:
    """List the users.

    Example: evidence user list
    """
    with opened(store) as known:
        users = known.users.list()
    _show([_user_row(user) for user in users], ("name", "role", "created_at", "created_by", "disabled_at"), json)


@app.command("password")
def password(name: NameArgument, password_stdin: StdinOption = False, store: StoreOption = None) -> None:
    """Give a user another password, asked for twice. Open sessions end, and a throttled user may try again.

    Example: evidence user password Ada
    """
    with opened(store) as known:
        user = known.users.named(name)
        known.users.set_password(user.user_id, _password(password_stdin))
    typer.echo(f"changed the password of {user.name}; open sessions have ended")


@app.command("role")
def role(
    name: NameArgument,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help=", ".join(Role), show_choices=False)],
    store: StoreOption = None,
) -> None:
    """Give a user another role: viewer, reviewer, adjudicator or admin.

    Example: evidence user role Ada adjudicator
    """
    with opened(store) as known:
        user = known.users.set_role(known.users.named(name).user_id, role)
    typer.echo(f"{user.name} is {user.role}")


@app.command("disable")
def disable(name: NameArgument, store: StoreOption = None) -> None:
    """Let a user neither log in nor use tokens; open sessions end. What the user decided stays.

    Example: evidence user disable Ada
    """
    with opened(store) as known:
        user = known.users.disable(known.users.named(name).user_id)
    typer.echo(f"disabled {user.name}")


@app.command("enable")
def enable(name: NameArgument, store: StoreOption = None) -> None:
    """Let a disabled or throttled user in again, with the tokens that are still valid.

    Example: evidence user enable Ada
    """
    with opened(store) as known:
        user = known.users.enable(known.users.named(name).user_id)
    typer.echo(f"enabled {user.name}")


@app.command("token")
def token(
    name: NameArgument,
    scope: Annotated[list[Scope], typer.Option("--scope", help="What the token may do; repeat it.")],
    days: Annotated[int, typer.Option("--days", metavar="N", help="Days it is valid, 1 to 365.")],
    purpose: Annotated[str, typer.Option("--for", metavar="TEXT", help="What it is for.")] = "command line",
    store: StoreOption = None,
) -> None:
    """Issue a token by which a program may act for a user. Its secret is printed this once, alone on standard output.

    Example: evidence user token Ada --scope read --scope ingest --days 90 --for "nightly ingest"
    """
    with opened(store) as known:
        user = known.users.named(name)
        secret, token = known.users.issue_token(user.user_id, purpose, scope, days)
    typer.echo(
        f"token {token.token_id} of {user.name}, valid until {token.expires_at:%Y-%m-%d %H:%M} UTC; "
        "keep it now, it cannot be shown again:",
        err=True,
    )
    typer.echo(secret)


@app.command("tokens")
def tokens(name: NameArgument, store: StoreOption = None, json: JsonOption = False) -> None:
    """List the tokens of a user, without their secrets.

    Example: evidence user tokens Ada
    """
    with opened(store) as known:
        found = known.users.tokens(known.users.named(name).user_id)
    columns = ("token_id", "name", "scopes", "created_at", "expires_at", "revoked_at")
    _show([_token_row(token) for token in found], columns, json)


@app.command("revoke")
def revoke(
    token_id: Annotated[int, typer.Argument(metavar="TOKEN_ID", help="Number as `evidence user tokens` prints it.")],
    store: StoreOption = None,
) -> None:
    """End a token at once.

    Example: evidence user revoke 3
    """
    with opened(store) as known:
        token = known.users.revoke_token(token_id)
    typer.echo(f"revoked token {token.token_id} ({token.name})")


def _password(from_stdin: bool) -> str:
    """The password, which is never an argument: those are seen by every user of a machine, and kept in histories."""
    if from_stdin:
        line = sys.stdin.buffer.readline(_LONGEST_LINE)
        return line.decode("utf-8", errors="surrogateescape").removesuffix("\n").removesuffix("\r")
    if not sys.stdin.isatty():
        raise typer.BadParameter("standard input is no terminal; give --password-stdin to read a line of it")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
    return password


def _user_row(user: User) -> dict[str, Any]:
    return {
        "user_id": user.user_id,
        "name": user.name,
        "role": user.role.value,
        "created_at": user.created_at,
        "created_by": user.created_by,
        "disabled_at": user.disabled_at,
    }


def _token_row(token: Token) -> dict[str, Any]:
    return {
        "token_id": token.token_id,
        "name": token.name,
        "scopes": tuple(sorted(token.scopes)),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


def _show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], json: bool) -> None:
    if json:
        print_json(rows)
        return
    from rich.console import Console

    from evidence.present.console import values_table

    Console().print(values_table(columns, rows))
