"""Whatever the OpenAPI description allows, and much that it does not, is answered without a fault of the program.

Schemathesis asks a service on a port, as another program would; it is run as a program of its own.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from evidence.model.users import Scope
from evidence.originals import OriginalFolder
from evidence.web import Service, create_app
from tests.web.conftest import PASSWORD, served

#: Everything but what a description in OpenAPI cannot say: that a number is there, or what a store takes for a value.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "unsupported_method,ignored_auth"
)

#: A stream that goes on while its job waits, and here nobody works on jobs; test_uploads.py follows it.
EVENTS = "/events$"


@pytest.mark.program  # some thousand requests take minutes
def test_no_request_is_a_fault_of_the_program(store, tmp_path):
    user = store.users.add("Grace", PASSWORD, "admin")
    secret, _ = store.users.issue_token(user.user_id, "questions", list(Scope), 1)
    with served(create_app(Service(store=store, files=OriginalFolder(tmp_path / "files")))) as address:
        asked = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                *("run", f"{address}/api/v1/openapi.json", "--checks", CHECKS, "--max-examples", "20", "--seed", "1"),
                *("--exclude-path-regex", EVENTS),
                *("--header", f"Authorization: Bearer {secret}", "--request-timeout", "60", "--continue-on-failure"),
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=900,
            check=False,
        )
    assert asked.returncode == 0, asked.stdout[-20_000:] + asked.stderr[-2000:]
    assert all(finding.holds for finding in store.examine())
