"""A store that is open: what can be asked of it, and what is written into it."""

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from evidence.model.codes import DocumentStatus
from evidence.model.document import Document
from evidence.model.records import DocumentRecord, Records
from evidence.store import backup, bibliography, links, queries, reading, review, writing
from evidence.store.asked import Asked
from evidence.store.backup import Keep, Manifest
from evidence.store.bibliography import Described
from evidence.store.dual import DualReview
from evidence.store.jobs import Jobs
from evidence.store.review import Action, ResultTable
from evidence.store.users import Users


class Store(Asked):
    """An open store. One object may be used by several threads; every process opens its own."""

    def __init__(self, url: str) -> None:
        """Open the store; see `open_store`."""
        super().__init__(url)
        self.users = Users(self._database)
        self.jobs = Jobs(self._database)
        self.dual = DualReview(self._database)
        self._run_id: int | None = None

    def start_run(self, version: str, options: Mapping[str, Any] | None = None) -> int:
        """Note that this version of the program starts with these options; the id of the run."""
        with self._database.writing() as connection:
            return writing.start_run(connection, version, options or {})

    def add(
        self,
        document: Document,
        records: Records,
        *,
        run_id: int | None = None,
        extractor_version: str | None = None,
        fuller: bool = False,
    ) -> bool:
        """Store a document with its rows, whole or not at all; False where it is stored already and nothing changed.

        A document stored as failed is replaced when it could be read now, and one read in part when it was read in
        full, or with `fuller` in part again but more of it, unless people have decided about its rows. Without `run_id`
        the rows belong to a run of this store object with the installed version; without `extractor_version` it is the
        version of the run.

        Raises
        ------
        StoreError
            If the database cannot be written, or the fuller reading would discard decisions.
        TooLarge
            If a whole number has more than 15 digits.
        NotFound
            If there is no such run.
        ValueError
            If the rows are not those of this document, or two results have one id.
        """
        writing.belong(document.document_id, records)
        return self._add(document.record(), document.text, records, run_id, extractor_version, fuller)

    def describe(self, records: Sequence[DocumentRecord]) -> list[tuple[Described, ...]]:
        """Fill what stored papers do not show of themselves from records of bibliographies, and tell what differs.

        A paper is known by DOI, PMID or PMCID, and without these by title and year. What it shows is kept. For each
        record the papers that it describes.
        """
        with self._database.writing() as connection:
            return bibliography.describe(connection, records)

    def add_failed(self, record: DocumentRecord, *, run_id: int | None = None) -> bool:
        """Note a document that could not be read and why; False where it is stored already and nothing changed."""
        if record.status is not DocumentStatus.FAILED or not record.status_reason:
            raise ValueError(f"{record.document_id} has to be failed, with a reason")
        return self._add(record, None, Records(), run_id, None, False)

    def decide(
        self,
        result_ids: str | Sequence[str],
        action: Action,
        *,
        by: str,
        reason: str | None = None,
        values: Mapping[str, str] | None = None,
        seen: int | Mapping[str, int] | None = None,
    ) -> None:
        """Record what a person decided about these results, about all of them or none.

        `action` is `accept`, `correct`, `reject` or `undo` (of the last decision in force). A correction takes
        `values`, texts by column, as the tables write them: `{"estimate": "0.60", "subgroup": ""}`; an empty text is
        "not reported".

        `seen` is the id of the newest event about the row that the person saw, 0 where there was none; for several
        results a mapping of such ids by result id, 0 for those it lacks. Without it the row may have changed meanwhile.

        Raises
        ------
        Conflict
            If a decision was recorded after the one that was seen; it has the row as it stands now.
        NotFound
            If there is no such result, or no such arm in its document; the message names ids that look alike.
        StoreError
            If nobody is named, a column may not be corrected, a text is no value of its column, or there is nothing to
            undo.
        """
        ids = [result_ids] if isinstance(result_ids, str) else result_ids
        with self._database.writing() as connection:
            if seen is not None:
                reading.unchanged_since(
                    connection, {name: seen if isinstance(seen, int) else seen.get(name, 0) for name in ids}
                )
            review.decide(connection, ids, action, by=by, reason=reason, values=values)

    def enter(self, table: ResultTable, values: Mapping[str, str], *, by: str, reason: str | None = None) -> str:
        """Add a number that a person read in a stored document; its result id.

        `values` are texts by column: `document_id`, `study_id`, what may be corrected, and where it stands: `quote`
        alone, or `char_start` and `char_end`.

        Raises
        ------
        NotFound
            If there is no such document, study or arm.
        StoreError
            If a text is no value of its column, a needed column is empty, or the quote is not in the document.
        """
        with self._database.writing() as connection:
            return review.enter(connection, table, links.under_own_id(connection, values), by=by, reason=reason)

    def merge(self, study_ids: Sequence[str], *, by: str, reason: str | None = None) -> None:
        """Record that a person takes these studies for one, whatever their rows share.

        Raises
        ------
        NotFound
            If there is no such study.
        StoreError
            If nobody is named, or there are not two studies.
        """
        with self._database.writing() as connection:
            links.merge(connection, study_ids, by=by, reason=reason)

    def split(self, study_id: str, document_id: str, *, by: str, reason: str | None = None) -> None:
        """Record that a document speaks of another study than the other documents of this one.

        Its rows then stand by themselves, whatever they share with others, until a person merges them.

        Raises
        ------
        NotFound
            If there is no such study.
        StoreError
            If nobody is named, the document does not report the study, or no other document does.
        """
        with self._database.writing() as connection:
            links.split(connection, study_id, document_id, by=by, reason=reason)

    def undo_link(self, study_id: str, *, by: str, reason: str | None = None) -> None:
        """Take back the last merge or split of this study that is still in force.

        Raises
        ------
        NotFound
            If there is no such study.
        StoreError
            If nobody is named, or there is nothing to undo.
        """
        with self._database.writing() as connection:
            links.undo(connection, study_id, by=by, reason=reason)

    def _add(
        self,
        record: DocumentRecord,
        text: str | None,
        records: Records,
        run_id: int | None,
        extractor_version: str | None,
        fuller: bool,
    ) -> bool:
        with self._database.writing() as connection:
            if not writing.make_room(connection, record, fuller=fuller):
                return False
            own = run_id is None
            if run_id is None:
                run_id = self._run_id or writing.start_run(connection, installed_version("evidence"), {})
            version = extractor_version or queries.run(connection, run_id).version
            checksum = None if text is None else hashlib.sha256(text.encode()).hexdigest()
            about = {"run_id": run_id, "extractor_version": version, "text": text, "text_sha256": checksum}
            writing.insert_document(connection, record, records, about)
        if own:
            self._run_id = run_id
        return True


def open_store(url: str) -> Store:
    """Open the store at this database URL, making it or migrating it to this program's schema where needed.

    Raises
    ------
    StoreError
        If the URL is none, the database cannot be reached or written, is no evidence store, or was written by a newer
        version of the program.
    """
    return Store(url)


def restore(
    file: Path, url: str, *, force: bool = False, originals: Path | None = None, keep: Keep | None = None
) -> Manifest:
    """Bring a backup back into the store at this URL, made where there is none; whole or not at all.

    A backup of an older version is brought to this program's schema. `originals` is a folder for the files it holds,
    and `keep` is called with the bytes of each.
    With `force` a store that is not empty is replaced, unless it has decisions that the backup has not.

    Raises
    ------
    StoreError
        If the file is no whole backup or one of a newer program, the store is not empty or would lose decisions, or
        something cannot be written.
    """
    with backup.opened(file) as (archive, manifest), Store(url) as store:
        with store._database.writing() as connection:
            backup.restore(connection, archive, manifest, force=force)
        if originals is not None:
            backup.originals(archive, manifest, originals)
        if keep is not None:
            backup.hand_over(archive, manifest, keep)
    return manifest
