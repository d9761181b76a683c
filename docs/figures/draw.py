"""Draws the figures of docs/forest.md anew: `make figures`.

The corpus answers the question maintenance-os; the answer is drawn in every style, and R's metafor draws the same rows.
"""

import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from evidence.model.question import STYLES, load_questions
from evidence.pipeline import checked_records, ingest
from evidence.present.forest import write_forest
from evidence.store import open_store
from evidence.synthesise import answer

HERE = Path(__file__).parent
CORPUS = HERE.parent.parent / "corpus"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_store(f"sqlite:///{folder / 'evidence.db'}") as store:
            ingest([CORPUS], store)
            records = checked_records(store)
        asked = next(
            question for question in load_questions(CORPUS / "questions.toml") if question.id == "maintenance-os"
        )
        found = answer(replace(asked, subgroup_by=None), records)
        for style in STYLES:
            written = write_forest(replace(found, question=replace(found.question, style=style)), folder / style)
            shutil.copyfile(written[0], HERE / f"forest-{style}.svg")
        shutil.copyfile(folder / STYLES[0] / "forest.csv", HERE / "forest.csv")
    subprocess.run(["Rscript", str(HERE / "forest.R"), str(HERE)], check=True)


if __name__ == "__main__":
    main()
