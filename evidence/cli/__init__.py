"""The program `evidence`: one file per command, with its options and its wording and nothing else.

Commands import what they need when they run, so that `evidence --help` is quick. A fault the user can act on becomes
one line on standard error and exit code 1; wrong usage is exit code 2; a bug stays a traceback.
"""

import sys
from collections.abc import Sequence

import typer

from evidence.cli.accept import accept
from evidence.cli.agreement import agreement
from evidence.cli.assign import assign
from evidence.cli.backup import backup
from evidence.cli.compare import compare
from evidence.cli.correct import correct
from evidence.cli.curve import curve
from evidence.cli.doctor import doctor
from evidence.cli.enter import enter
from evidence.cli.export import export
from evidence.cli.flags import flags
from evidence.cli.ingest import ingest
from evidence.cli.list import list_studies
from evidence.cli.merge import merge
from evidence.cli.network import network
from evidence.cli.plot import app as plot
from evidence.cli.pool import pool
from evidence.cli.reject import reject
from evidence.cli.restore import restore
from evidence.cli.run import run
from evidence.cli.serve import serve
from evidence.cli.show import show
from evidence.cli.split import split
from evidence.cli.undo import undo
from evidence.cli.user import app as user
from evidence.errors import EvidenceError

app = typer.Typer(
    name="evidence",
    help="Clinical-trial papers into a checked evidence table, and the table into pooled estimates and forest plots.",
    epilog="First steps: evidence ingest papers/ · evidence flags · evidence pool --outcome OS --measure HR",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from evidence import __version__

        typer.echo(f"evidence {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


app.command("ingest")(ingest)
app.command("list")(list_studies)
app.command("show")(show)
app.command("flags")(flags)
app.command("pool")(pool)
app.command("compare")(compare)
app.command("curve")(curve)
app.command("network")(network)
app.add_typer(plot)
app.command("run")(run)
app.command("export")(export)
app.command("accept")(accept)
app.command("correct")(correct)
app.command("reject")(reject)
app.command("enter")(enter)
app.command("undo")(undo)
app.command("merge")(merge)
app.command("split")(split)
app.command("assign")(assign)
app.command("agreement")(agreement)
app.command("serve")(serve)
app.command("doctor")(doctor)
app.command("backup")(backup)
app.command("restore")(restore)
app.add_typer(user)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program with these arguments, by default those of the process, and end it with its exit code."""
    try:
        app(arguments)
    except EvidenceError as error:
        typer.echo(f"evidence: {error}", err=True)
        sys.exit(1)
