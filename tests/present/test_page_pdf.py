"""A page printed to PDF by a browser beside the program, which may be absent or fail."""

import stat

import pytest

from evidence.present import page_pdf


@pytest.fixture
def browser(tmp_path, monkeypatch):
    """`browser("exit 3")` installs a browser that does this, as the only one."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(page_pdf, "BROWSERS", ("a-browser",))

    def install(script):
        program = tmp_path / "a-browser"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    return install


@pytest.fixture
def page(tmp_path):
    found = tmp_path / "report.html"
    found.write_text("<p>A page</p>")
    return found


def test_without_a_browser_a_sentence_says_what_to_do(browser, page, tmp_path):
    said = page_pdf.print_page(page, tmp_path / "report.pdf")
    assert said == "report.pdf was not made, as no Chromium is installed; any browser prints report.html to PDF."


def test_a_browser_writes_the_pdf_of_the_page_with_a_profile_of_its_own(browser, page, tmp_path):
    browser('for word in "$@"; do case "$word" in --print-to-pdf=*) echo "$@" > "${word#--print-to-pdf=}";; esac; done')
    assert page_pdf.print_page(page, tmp_path / "report.pdf") is None
    arguments = (tmp_path / "report.pdf").read_text()
    assert page.as_uri() in arguments and "--user-data-dir=" in arguments and "--headless" in arguments


def test_an_old_pdf_does_not_stand_beside_a_new_page(browser, page, tmp_path):
    browser("exit 3")
    (tmp_path / "report.pdf").write_bytes(b"%PDF of yesterday")
    assert "a-browser ended with 3. Any browser prints" in (page_pdf.print_page(page, tmp_path / "report.pdf") or "")
    assert not (tmp_path / "report.pdf").exists()


def test_a_browser_that_takes_too_long_is_stopped_and_half_a_pdf_removed(browser, page, tmp_path, monkeypatch):
    browser(
        'for word in "$@"; do case "$word" in --print-to-pdf=*) echo half > "${word#--print-to-pdf=}";; esac; done\n'
        "exec sleep 60"
    )
    monkeypatch.setattr(page_pdf, "_SECONDS", 0.5)
    assert "took more than 0.5 seconds" in (page_pdf.print_page(page, tmp_path / "report.pdf") or "")
    assert not (tmp_path / "report.pdf").exists()
