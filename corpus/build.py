"""Build the PDF and JATS documents of the corpus from `sources/`: `python corpus/build.py [--out FOLDER]`.

The same sources give the same bytes; `tests/test_corpus.py` holds the shipped files to that.
"""

import argparse
from pathlib import Path

import markup
import pages
from manuscript import load

HERE = Path(__file__).resolve().parent
#: Format of a source: folder of its document, suffix, who writes it.
WRITERS = {"pdf": ("pdf", ".pdf", pages.write), "jats": ("jats", ".xml", markup.write)}


def build(out: Path) -> list[Path]:
    """Write every document under `out`; returns their paths."""
    written = []
    for source in sorted((HERE / "sources").glob("*.toml")):
        manuscript = load(source)
        folder, suffix, write = WRITERS[manuscript.format]
        path = out / folder / f"{manuscript.name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(manuscript, path)
        written.append(path)
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder that gets pdf/ and jats/ (default: the corpus)")
    for path in build(parser.parse_args().out):
        print(path)
