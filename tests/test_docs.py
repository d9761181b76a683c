"""The README shows what the program does: every command in it is run, and its output stands there as printed.

`python tests/test_docs.py` writes the outputs anew after a change that alters them.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
FOREST = ROOT / "docs" / "forest.svg"  # drawn by the README's own `evidence pool ... --out pooled`
_BLOCK = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
#: How many lines of a long output the README shows.
SHOWN = 40


def _session() -> tuple[list[tuple[str, str]], bytes]:
    """Every command of the README with what it prints, and its forest plot; run in order, beside the corpus."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "corpus", folder / "corpus", ignore=shutil.ignore_patterns("__pycache__"))
        environment = {key: value for key, value in os.environ.items() if not key.startswith("EVIDENCE_")}
        environment |= {"COLUMNS": "118", "NO_COLOR": "1", "PYTHONWARNINGS": "ignore", "TERM": "dumb"}
        outputs = []
        for match in _BLOCK.finditer(README.read_text(encoding="utf-8")):
            done = subprocess.run(
                [sys.executable, "-m", *shlex.split(match["command"])],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{match['command']}: {done.stderr}"
            outputs.append((match["command"], _shown(done.stdout)))
        return outputs, (folder / "pooled" / "forest.svg").read_bytes()


def _shown(output: str) -> str:
    lines = [line.rstrip() for line in output.strip("\n").splitlines()]
    if len(lines) > SHOWN:
        lines = [*lines[:SHOWN], f"... {len(lines) - SHOWN} more lines"]
    return "\n".join(lines)


def test_the_readme_shows_what_its_commands_print_and_draw():
    shown = [(m["command"], m["output"].rstrip("\n")) for m in _BLOCK.finditer(README.read_text(encoding="utf-8"))]
    printed, forest = _session()
    assert shown == printed
    assert FOREST.read_bytes() == forest


def test_every_file_a_page_links_to_is_there():
    pages = [README, *sorted((ROOT / "docs").glob("*.md"))]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    ]
    assert len(links) > len(pages)
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []


if __name__ == "__main__":
    outputs, drawn = _session()
    FOREST.write_bytes(drawn)
    printed = iter(outputs)

    def _written(match: re.Match[str]) -> str:
        command, output = next(printed)
        return f"```console\n$ {command}\n{output}\n```"

    README.write_text(_BLOCK.sub(_written, README.read_text(encoding="utf-8")), encoding="utf-8")
