"""CSV and JSON lines: what is written is what is read back."""

import csv
import json
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from evidence.errors import ExportError
from evidence.model.records import Records
from evidence.model.tables import TABLES, from_row, records_of
from evidence.present.export import write_all, write_csv, write_jsonl, write_parquet
from evidence.present.frames import to_frames
from tests.present.rows import QUOTE, contrast, records, source


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_one_file_per_table_with_the_columns_of_the_tables(tmp_path):
    paths = write_csv(records(), tmp_path / "new" / "folder")
    assert [path.name for path in paths] == [f"{table}.csv" for table in TABLES]
    for path, columns in zip(paths, TABLES.values(), strict=True):
        assert path.read_text(encoding="utf-8").splitlines()[0].split(",") == [column.name for column in columns]


def test_records_come_back_from_csv_as_they_were(tmp_path):
    written = records()
    back = {path.stem: tuple(from_row(path.stem, row) for row in read(path)) for path in write_csv(written, tmp_path)}
    assert Records(**back) == written


@pytest.mark.parametrize(
    "quote", [QUOTE, "=1+1", "-0.5 (P = 0.2)", "+x", "@x", "\tx", "a\r\nb", "a\rb", 'say ""', "µ–·"]
)
def test_a_quote_stands_verbatim_in_csv(tmp_path, quote):
    write_csv(Records(contrasts=(contrast(source=source(quote)),)), tmp_path)
    (row,) = read(tmp_path / "contrasts.csv")
    assert row["quote"] == quote
    assert int(row["char_end"]) - int(row["char_start"]) == len(quote)


def test_numbers_keep_the_digits_of_the_document_in_csv_and_json(tmp_path):
    written = Records(contrasts=(contrast(estimate=Decimal("0.60"), ci_low=Decimal("-1.0")),))
    write_csv(written, tmp_path)
    (row,) = read(tmp_path / "contrasts.csv")
    assert (row["estimate"], row["ci_low"]) == ("0.60", "-1.0")
    line = write_jsonl(written, tmp_path / "rows.jsonl").read_text(encoding="utf-8")
    assert '"estimate": 0.60,' in line


def test_no_event_is_told_from_an_event_nobody_knows_of(tmp_path):
    write_csv(records(), tmp_path)
    assert [row["event"] for row in read(tmp_path / "patients.csv")] == ["true", "false", ""]
    lines = write_jsonl(records(), tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    assert [row["event"] for row in map(json.loads, lines) if row["record"] == "patients"] == [True, False, None]
    assert to_frames(records())["patients"]["event"].isna().tolist() == [False, False, True]


def test_json_lines_are_one_object_per_row_with_its_table(tmp_path):
    rows = [json.loads(line) for line in write_jsonl(records(), tmp_path / "r.jsonl").read_text().splitlines()]
    assert [row["record"] for row in rows] == [table for table in TABLES for _ in records_of(records(), table)]
    (cohort,) = [row for row in rows if row.get("result_id") == "cohort-crc"]
    assert cohort["value"] == 65.8 and cohort["events"] == 25 and cohort["sd"] is None
    assert cohort["reviewed_at"] == "2026-03-01T12:00:00Z" and cohort["quote"] == QUOTE
    assert next(row for row in rows if row["record"] == "studies")["registry_ids"] == ["NCT01", "EudraCT-2"]


def test_empty_tables_are_written_with_their_heads(tmp_path):
    assert all(len(path.read_text().splitlines()) == 1 for path in write_csv(Records(), tmp_path))


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx", "parquet", "ris", "revman", "robvis"])
def test_a_place_that_cannot_be_written_is_named(tmp_path, kind):
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="file"):
        write_all(records(), tmp_path / "file" / "below", kind)


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ExportError, match="csv, jsonl, xlsx, docx"):
        write_all(records(), tmp_path, "xls")


def test_parquet_gives_back_the_frames(tmp_path):
    paths = write_parquet(records(), tmp_path / "tables")
    assert [path.name for path in paths] == [f"{table}.parquet" for table in TABLES]
    for path, frame in zip(paths, to_frames(records()).values(), strict=True):
        pd.testing.assert_frame_equal(pd.read_parquet(path, engine="pyarrow"), frame, check_dtype=False)


def test_a_failed_export_leaves_the_earlier_file_whole(tmp_path):
    write_csv(records(), tmp_path)
    before = (tmp_path / "contrasts.csv").read_bytes()
    broken = replace(records(), contrasts=(contrast(outcome_text="\ud800"),))
    with pytest.raises(UnicodeEncodeError):
        write_csv(broken, tmp_path)
    assert (tmp_path / "contrasts.csv").read_bytes() == before
    assert {path.stem for path in tmp_path.iterdir()} == set(TABLES)


def test_frames_are_typed_and_know_what_is_not_reported():
    frames = to_frames(records())
    assert list(frames) == list(TABLES)
    for table, columns in TABLES.items():
        assert list(frames[table].columns) == [column.name for column in columns]
    results = frames["arm_results"]
    assert results["value"].dtype == "float64" and results["events"].dtype == "Int64"
    assert results["not_reached"].dtype == "boolean" and results["not_reached"].sum() == 1
    assert results["events"].isna().sum() == 3 and results["subgroup"].isna().all()
    assert str(results["reviewed_at"].dtype) == "datetime64[ns, UTC]"
    assert frames["studies"]["registry_ids"][0] == "NCT01;EudraCT-2"


def test_frames_of_nothing_have_the_same_columns_and_types():
    full, empty = to_frames(records()), to_frames(Records())
    for table in TABLES:
        assert (full[table].dtypes == empty[table].dtypes).all()
