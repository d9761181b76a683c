"""Papers ingested into PostgreSQL are the records that SQLite keeps."""

from pathlib import Path

import pytest

from evidence.pipeline import checked_records, ingest
from evidence.store import open_store

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


@pytest.mark.program
def test_the_small_papers_of_the_corpus_are_the_same_in_either_database(postgresql, tmp_path):
    url = postgresql.new_database()
    with open_store(url) as team, open_store(f"sqlite:///{tmp_path / 'evidence.db'}") as alone:
        for store in (team, alone):
            assert ingest([CORPUS / "text", CORPUS / "jats"], store).complete
        assert len(list(team.records().results())) > 100
        assert checked_records(team) == checked_records(alone)
        assert team.snapshot_id() == alone.snapshot_id()
        assert all(finding.holds for finding in team.examine())
    postgresql.drop(url)
