"""A page printed to PDF by Chromium, where it is installed; the browser runs apart, with a time limit."""

import shutil
import subprocess
import tempfile
from pathlib import Path

#: Names under which Chromium or a browser made of it is installed; the first that is there prints.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Seconds that printing may take.
_SECONDS = 120
#: The page is written by this program, and forbids itself scripts and outside resources; inside a container, or for
#: root, Chromium cannot open its own sandbox and would not start with it.
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--no-pdf-header-footer",
)


def print_page(page: Path, pdf: Path) -> str | None:
    """Write the page as PDF; None when it was written, else one sentence that says why it was not.

    A PDF of an earlier page is removed first, so that none stands beside a page it does not show.
    """
    pdf.unlink(missing_ok=True)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return f"{pdf.name} was not made, as no Chromium is installed; any browser prints {page.name} to PDF."
    with tempfile.TemporaryDirectory(prefix="evidence-print-", ignore_cleanup_errors=True) as profile:
        command = [
            browser,
            *_OPTIONS,
            f"--user-data-dir={profile}",
            f"--print-to-pdf={pdf.resolve()}",
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(  # noqa: S603 - a browser found on the path, with a page of our own
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=_SECONDS, check=False
            )
            fault = f"{browser} ended with {done.returncode}"
        except subprocess.TimeoutExpired:
            pdf.unlink(missing_ok=True)
            fault = f"{browser} took more than {_SECONDS} seconds"
        except OSError as error:
            fault = f"{browser} could not be started: {error.strerror or error}"
    if pdf.exists() and pdf.stat().st_size:
        return None
    return f"{pdf.name} was not made: {fault}. Any browser prints {page.name} to PDF."
