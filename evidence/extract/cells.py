"""Numbers in the tables of the document's own study.

Each cell is read by its form (`cell_numbers`), under what its row, column, headings and caption say (`meanings`,
`layouts`). A number whose group or outcome the table does not tell gives no row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from evidence.extract.cell_numbers import CellNumber, p_with_estimate, read_cell, read_p
from evidence.extract.contexts import Context
from evidence.extract.grids import Grid, Line, Spot, grids, is_numeric
from evidence.extract.layouts import Layout, Sense, factor_of, is_result_table, understand
from evidence.extract.link import Pair
from evidence.extract.meanings import WHOLE, Groups, Said, Who, compares_within, hear, says_nothing
from evidence.extract.nlp import Reading
from evidence.extract.numbers import Kind, PValue, Quantity, Spread
from evidence.extract.rows import Rows
from evidence.extract.table_outcomes import Named, name_outcome, outcome_of_caption
from evidence.extract.times import to_months
from evidence.model.codes import Adjustment, Design, Measure, Outcome, Role
from evidence.model.records import Source

#: Measures that are never zero or negative.
_RATIOS = (Measure.HR, Measure.SHR, Measure.OR, Measure.RR, Measure.IRR)

#: Further from events / total than this, in percentage points, a bracket is no percentage of that total.
_SHARE_TOLERANCE = Decimal("1.01")


def tabulate(reading: Reading, found: Sequence[Context], rows: Rows) -> None:
    """Rows from the result tables of the document's own study, which is the first of `found`."""
    if not found or found[0].study.design in (Design.REVIEW, Design.PRECLINICAL):
        return
    for grid in grids(reading):
        if is_result_table(grid):
            _Sheet(reading, found[0], grid, rows).write()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What a line says by itself."""

    line: Line
    said: tuple[Said, ...]  # labels, then headings from the innermost
    who: Who | None
    pair: tuple[Who, Who] | None
    rest: str  # its own words
    when: str  # a time point in words, where the label column holds visits
    headings: tuple[str, ...]  # words of its headings, outermost first
    subgroup: str | None
    measure: Measure | None
    unit: str | None
    spread: str | None
    months: Decimal | None
    baseline: bool


#: A label column that holds time points.
_VISITS = re.compile(r"\bvisits?\b|\btime\b|\btimepoints?\b|\bassessment\b|^weeks?$|^months?$", re.IGNORECASE)
_TIME_TO = re.compile(r"\btime[ -]to\b|\bsurvival\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"(?:total |during |first |within )?(?:the )?\d+\s?(?:-|to)\s?\d+ ?(?:days|weeks|months|years|hours|h)",
    re.IGNORECASE,
)
_SIZES_HEAD = re.compile(
    r"[(]?[nN][)]?|[Nn]o\.?(?: of)? (?:patients|participants|subjects)|[Nn]umber of (?:patients|participants|subjects)|[Pp]atients,? ?\(?[nN]\)?|[Tt]otal [nN]"
)
_TWO_WORDS = re.compile(r"[A-Za-z]{3,}\s?/\s?[A-Za-z]{3,}")


class _Sheet:
    """One table being read."""

    def __init__(self, reading: Reading, context: Context, grid: Grid, rows: Rows) -> None:
        self.reading, self.context, self.grid, self.rows = reading, context, grid, rows
        self.groups = Groups(reading, context.arms, grid.notes)
        self.layout: Layout = understand(grid, self.groups)
        self.caption = hear(grid.caption)
        self.general = self._general_units()

    def write(self) -> None:
        """All rows of the table."""
        for line in self.grid.lines:
            row = self._row(line)
            if row.baseline:
                continue
            taken: set[int] = set()
            if self.layout.rows == "factors":
                self._write_factor(row, taken)
                continue
            self._write_estimates(row, taken)
            self._write_numbers(row, taken)
            self._write_p_values(row, taken)

    # ------------------------------------------------------------------------------------------------------------ rows

    def _row(self, line: Line) -> _Row:
        labels = [hear(label) for label in line.labels]
        headings = [hear(heading) for heading in reversed(line.headings)]
        said = (*reversed(labels), *headings)
        pair = next(
            (pair for label in reversed(line.labels) if (pair := self.groups.pair(label, self.layout.groups))), None
        )
        who, spoken = None, ""
        if pair is None and self.layout.rows != "factors":
            loose = not self.layout.groups and not any(sense.role == "estimate" for sense in self.layout.senses)
            for label in (*reversed(line.labels), *reversed(line.headings)):
                who = self.groups.who(label, loose=loose, share=0.5)
                if who is not None:
                    spoken = label
                    break
            if who == WHOLE and self.layout.groups:
                who, spoken = None, ""
        own = [label for label in labels if label.text != spoken and not says_nothing(label.rest)]
        subgroup, when = None, ""
        if own and own[-1] is labels[-1] and len(line.labels) == len(self.grid.label_heads) and pair is None:
            head = self.grid.label_heads[-1]
            if _VISITS.search(head) or _PERIOD.fullmatch(own[-1].name):
                when = own.pop().name
            elif len(own) > 1 and head and self.layout.rows == "outcomes":
                subgroup = f"{hear(head).rest} {own.pop().rest}".strip()
        rest = ": ".join(label.name for label in own) if pair is None else ""
        return _Row(
            line=line,
            said=said,
            who=who,
            pair=pair,
            rest=rest,
            when=when,
            headings=tuple(
                heading.rest
                for heading in reversed(headings)
                if heading.text != spoken and not says_nothing(heading.rest)
            ),
            subgroup=subgroup,
            measure=next((one.measure for one in said if one.measure is not None), None),
            unit=next((one.unit for one in labels[::-1] if one.unit not in (None, "sd", "se")), None),
            spread=next((one.spread for one in said if one.spread), None),
            months=next((one.months for one in said if one.months is not None), None),
            baseline=bool(said) and (said[0].baseline or any(one.baseline and says_nothing(one.rest) for one in said)),
        )

    def _general_units(self) -> set[str]:
        """Units that caption or footnotes give for all cells ("Data are n (%) or mean (SD)")."""
        found = set()
        text = self.grid.caption + ". " + self.grid.notes
        for piece in re.split(r"(?<=[a-z)\]])[.;,] | or | and | as ", text):
            if re.search(
                r"\b(?:data|values?|results|figures|numbers?|means?|medians?|presented|expressed|reported|shown|are)\b|±|%",
                piece,
                re.IGNORECASE,
            ):
                unit = hear(piece).unit
                if unit in ("mean_sd", "mean_se", "count_percent", "median", "fraction", "percent"):
                    found.add(unit)
        return found

    def _named(self, row: _Row, sense: Sense | None) -> Named | None:
        named = name_outcome(
            self.groups.outcome_words,
            row=row.rest,
            headings=row.headings,
            column=sense.rest if sense is not None else "",
            caption=self.grid.caption,
        )
        return replace(named, text=f"{named.text}, {row.when}") if named is not None and row.when else named

    def _subgroup(self, row: _Row, sense: Sense | None, named: Named) -> str | None:
        """In whom: what the row says beside its outcome, and what stands beside the column's group."""
        found = [text for text in (named.subgroup, row.subgroup) if text]
        if (
            sense is not None
            and sense.beside
            and not named.from_column
            and not re.search(r"\bgrade", sense.beside, re.IGNORECASE)
        ):
            found.append(sense.beside)
        return "; ".join(dict.fromkeys(found)) or None

    def _months(self, row: _Row, sense: Sense | None) -> Decimal | None:
        if row.months is not None:
            return row.months
        if sense is not None and sense.months is not None:
            return sense.months
        return self.caption.months

    def _cell(self, line: Line, index: int) -> CellNumber | None:
        spot = line.spots[index] if index < len(line.spots) else None
        return read_cell(spot.text) if spot is not None else None

    def _source(self, line: Line, first: Spot, last: Spot, head: str) -> Source:
        """The cell, or the stretch from the first to the last of neighbouring cells."""
        document = self.reading.document
        start, end = first.cell.char_start, last.cell.char_end
        if not start < end or end - start > 200:
            start, end = first.cell.char_start, first.cell.char_end
        return Source(
            char_start=start,
            char_end=end,
            quote=document.text[start:end],
            page=document.page_at(start),
            section=document.section_at(start),
            table=self.grid.label or None,
            row=line.head or None,
            column=head or None,
        )

    # --------------------------------------------------------------------------------------------------- one group's numbers

    def _write_numbers(self, row: _Row, taken: set[int]) -> None:
        line = row.line
        size = self._size_of_row(row, taken)
        for position, sense in enumerate(self.layout.senses):
            if sense.index in taken or sense.baseline or sense.role not in ("group", "other"):
                continue
            who = sense.who if sense.role == "group" else row.who
            if row.who is not None and row.who != WHOLE and sense.role == "group" and sense.who == WHOLE:
                who = row.who
            if who is None or (
                row.who not in (None, WHOLE)
                and sense.role == "group"
                and row.who.arm != (sense.who.arm if sense.who else None)
                and sense.who != WHOLE
            ):
                continue
            if who == WHOLE and sense.role == "other":
                continue
            spot = line.spots[sense.index]
            cell = self._cell(line, sense.index)
            if spot is None or cell is None:
                continue
            self._write_number(row, sense, self._following(position), who, spot, cell, taken, size=size)

    def _size_of_row(self, row: _Row, taken: set[int]) -> int | None:
        """People in the group of a row, from a column of group sizes."""
        if row.who is None:
            return None
        for sense in self.layout.senses:
            cell = (
                self._cell(row.line, sense.index)
                if sense.role == "other" and _SIZES_HEAD.fullmatch(sense.column.head.strip())
                else None
            )
            if cell is not None and cell.whole and cell.value is not None and cell.bracket is None:
                taken.add(sense.index)
                return int(cell.value)
        return None

    def _following(self, position: int) -> Sense | None:
        """The next column of the same group, which may hold the second half of a number (SD, percentage)."""
        senses = self.layout.senses
        if position + 1 >= len(senses):
            return None
        this, after = senses[position], senses[position + 1]
        same = after.column.parts[:-1] == this.column.parts[:-1] or (this.role == after.role == "other")
        return after if same else None

    def _write_number(
        self,
        row: _Row,
        sense: Sense,
        after: Sense | None,
        who: Who,
        spot: Spot,
        cell: CellNumber,
        taken: set[int],
        size: int | None = None,
    ) -> None:
        line = row.line
        named = self._named(row, sense)
        if named is None:
            return
        unit, said_by = self._unit(row, sense)
        if unit == "median" and any(_TIME_TO.search(said.text) for said in (*sense.parts, *row.said)):
            named = replace(named, kind="time_to_event")
        last = spot
        if (
            after is not None
            and (second := line.spots[after.index]) is not None
            and (more := read_cell(second.text)) is not None
        ):
            if (
                unit in ("mean", None)
                and after.unit in ("sd", "se")
                and cell.bracket is None
                and more.value is not None
            ):
                cell = CellNumber(value=cell.value, bracket=more.value, plus_minus=True, total=cell.total)
                unit, last = f"mean_{after.unit}", second
                taken.add(after.index)
            elif (
                unit == "count"
                and after.unit in ("percent",)
                and cell.whole
                and cell.bracket is None
                and more.value is not None
            ):
                cell = CellNumber(
                    value=cell.value, bracket=more.value, bracket_percent=True, total=cell.total, whole=True
                )
                unit, last = "count_percent", second
                taken.add(after.index)
        size = size or line.sizes.get(sense.index) or sense.size or self._size_of_heading(row, who)
        if (
            cell.fraction
            and cell.bracket is None
            and (not self.layout.fractions or (unit != "fraction" and _TWO_WORDS.search(row.rest)))
        ):
            return  # "male/female 27/25" counts two things
        read = _arm_number(
            cell,
            unit,
            row.spread or sense.spread or self.caption.spread,
            size,
            named,
            self._time_unit(row, sense),
            self._months(row, sense),
            self.general,
        )
        if read is None:
            return
        code = named.code
        if (
            code is Outcome.OS
            and read.measure in (Measure.PROPORTION, Measure.COUNT)
            and re.search(r"death|mortality|died", named.text, re.IGNORECASE)
        ):
            code = Outcome.DEATH
        sure = 0.9 * named.sure * said_by * read.sure * (1.0 if who.arm is not None or who == WHOLE else 0.8)
        whole = next((index for index, arm in enumerate(self.context.arms) if arm.role is Role.SINGLE), None)
        self.rows.add_arm_result(
            self.context,
            who.arm if who.arm is not None else whole if who == WHOLE else None,
            read.quantity,
            measure=read.measure,
            outcome=code,
            outcome_text=named.text,
            value=read.value,
            ci_low=read.low,
            ci_high=read.high,
            months=None if read.measure is Measure.MEDIAN_TIME else self._months(row, sense),
            subgroup=self._subgroup(row, sense, named),
            source=self._source(line, spot, last, sense.column.head),
            sure=sure,
            arm_label=who.label if who != WHOLE else None,
        )

    def _unit(self, row: _Row, sense: Sense) -> tuple[str | None, float]:
        """The unit of a cell and how plainly it is said: by the row, the column, the headings, or the whole table."""
        if row.unit == "count" and sense.unit == "percent":
            return "percent", 0.9
        plain = row.unit in (
            "count",
            "percent",
        )  # "HbA1c, %" under "mean (SD)": the sign is the unit of what was measured
        if plain and sense.unit in ("count_percent", "mean_sd", "mean_se", "mean", "median", "fraction"):
            return sense.unit, 1.0
        if row.unit == "percent" and self.general <= {"mean_sd", "mean_se"} and len(self.general) == 1:
            return next(iter(self.general)), 0.95
        if row.unit:
            return row.unit, 1.0
        if sense.unit:
            return sense.unit, 1.0
        for said in row.said:
            if said.unit:
                return said.unit, 0.95
        if len(self.general) == 1:
            return next(iter(self.general)), 0.95
        return None, 0.85

    def _time_unit(self, row: _Row, sense: Sense) -> str | None:
        for said in (*row.said, *reversed(sense.parts), self.caption):
            if said.time_unit:
                return said.time_unit
        return None

    def _size_of_heading(self, row: _Row, who: Who) -> int | None:
        """ "(n=266 in the twice-daily group; n=263 in the once-daily group)" in a heading above the row."""
        for said in row.said[len(row.line.labels) :]:
            for match in re.finditer(r"[nN]\s?=\s?(?P<n>\d[\d, ]*\d|\d)\s(?:in |for )?(?P<who>[^;,()=]+)", said.text):
                named = self.groups.who(match["who"], loose=False, share=0.2)
                if named is not None and named != WHOLE and named.arm is not None and named.arm == who.arm:
                    return int(re.sub(r"\D", "", match["n"]))
        return None

    # ---------------------------------------------------------------------------------------------------------- comparisons

    def _write_estimates(self, row: _Row, taken: set[int]) -> None:
        """Estimates in columns of their own, in rows that name two groups, or in rows of a measure over columns of groups."""
        for position, sense in enumerate(self.layout.senses):
            if sense.role == "estimate":
                self._write_estimate(
                    row, position, sense, sense.pair or row.pair or self._usual_pair(sense), sense.measure, taken
                )
        if row.measure is None:
            return
        if row.pair is not None:
            for position, sense in enumerate(self.layout.senses):
                if sense.role in ("other", "group") and sense.index not in taken:
                    self._write_estimate(row, position, sense, row.pair, row.measure, taken)
            return
        columns = [sense for sense in self.layout.senses if sense.role in ("group", "other") and not sense.baseline]
        cells = {sense.index: self._cell(row.line, sense.index) for sense in columns}
        filled = [sense for sense in columns if (cell := cells[sense.index]) is not None and not cell.reference]
        references = [sense for sense in columns if (cell := cells[sense.index]) is not None and cell.reference]
        taken_here = {sense.index for sense in columns}
        if len(filled) == 1 and len(self.layout.groups) == 2 and not references:
            self._write_estimate(
                row, self.layout.senses.index(filled[0]), filled[0], self._usual_pair(filled[0]), row.measure, taken
            )
        elif len(references) == 1:
            base = references[0]
            for sense in filled:
                pair = (_column_group(sense), _column_group(base))
                self._write_estimate(
                    row, self.layout.senses.index(sense), sense, pair, row.measure, taken, by_column=True
                )
        taken |= taken_here

    def _usual_pair(self, sense: Sense) -> tuple[Who, Who] | None:
        """The two groups of the table, the experimental one first."""
        groups = self.layout.groups
        if sense.pair is None and len(groups) != 2 and len(self.context.arms) == 2 and not groups:
            groups = tuple(Who(arm=index, label=arm.label) for index, arm in enumerate(self.context.arms))
        if len(groups) != 2:
            return None
        first, second = groups
        arms = self.context.arms
        roles = [arms[who.arm].role if who.arm is not None else None for who in groups]
        if roles[0] is Role.CONTROL and roles[1] is not Role.CONTROL:
            return second, first
        if roles[1] is Role.EXPERIMENTAL and roles[0] is not Role.EXPERIMENTAL:
            return second, first
        return first, second

    def _write_estimate(
        self,
        row: _Row,
        position: int,
        sense: Sense,
        pair: tuple[Who, Who] | None,
        measure: Measure | None,
        taken: set[int],
        *,
        by_column: bool = False,
        named: Named | None = None,
        sure: float = 0.9,
    ) -> None:
        spot = row.line.spots[sense.index]
        found = self._estimate(row, position, sense)
        if spot is None or found is None or measure is None:
            return
        quantity, last, used = found
        if measure in _RATIOS and quantity.value is not None and quantity.value <= 0:
            if row.unit not in ("mean", "mean_sd", "mean_se"):
                return
            measure = Measure.MD  # a row of means in a table of ratios
        if measure is Measure.MD and "%" in spot.text and row.unit in ("percent", "count_percent", None):
            measure = Measure.RD
        named = named or self._named(row, None if by_column else sense)
        if named is None or (pair is None and named.sure < 0.85):
            return
        taken |= {sense.index, *used}
        p_sense = self._p_of(position, sense, row, used)
        p = None
        if p_sense is not None and (p_spot := row.line.spots[p_sense.index]) is not None:
            p = read_p(p_spot.text, named=p_sense.role == "p")
            taken.add(p_sense.index)
        quantity = _with_p(quantity, p)
        first, second = pair or (Who(arm=None, label=""), Who(arm=None, label=""))
        if quantity.spread is None:
            sure *= 0.85
        if pair is None:
            sure *= 0.5
        elif first.arm is None or second.arm is None:
            sure *= 0.9
        if (
            quantity.spread is not None
            and quantity.value is not None
            and not quantity.spread.low <= quantity.value <= quantity.spread.high
        ):
            sure *= 0.4
        code = Outcome.OS if named.code is Outcome.DEATH and measure in (Measure.HR, Measure.SHR) else named.code
        self.rows.add_contrast(
            self.context,
            Pair(arm=first.arm, comparator=second.arm, sure=1.0),
            quantity,
            measure=measure,
            outcome=code,
            outcome_text=named.text,
            months=None if measure in (Measure.HR, Measure.SHR) else self._months(row, sense),
            subgroup=self._subgroup(row, None if by_column else sense, named),
            adjustment=self._adjustment(row, sense),
            source=self._source(row.line, spot, last, sense.column.head),
            sure=sure * named.sure,
            labels=(first.label or "", second.label or ""),
        )

    def _estimate(self, row: _Row, position: int, sense: Sense) -> tuple[Quantity, Spot, set[int]] | None:
        """Estimate with its limits: in one cell, the limits in the next cell, or one limit in each of the next two."""
        line, senses = row.line, self.layout.senses
        spot, cell = line.spots[sense.index], self._cell(line, sense.index)
        if spot is None or cell is None or cell.value is None or cell.not_reached or cell.fraction:
            return None
        low, high, last, used = cell.low, cell.high, spot, set[int]()
        following = [one for one in senses[position + 1 : position + 3]]
        if low is None and following:
            after, after_spot = self._cell(line, following[0].index), line.spots[following[0].index]
            limits = (
                following[0].role in ("limits", "p")
                and following[0].parts[-1].limits
                or following[0].role == "limits"
                or following[0].column.parts == sense.column.parts
            )
            if after is not None and after_spot is not None and limits:
                if after.low is not None and after.value is None:
                    low, high, last, used = after.low, after.high, after_spot, {following[0].index}
                elif len(following) > 1 and after.value is not None and after.bracket is None:
                    upper, upper_spot = self._cell(line, following[1].index), line.spots[following[1].index]
                    if (
                        upper is not None
                        and upper_spot is not None
                        and upper.value is not None
                        and after.value <= cell.value <= upper.value
                    ):
                        low, high, last = after.value, upper.value, upper_spot
                        used = {following[0].index, following[1].index}
        if low is None and cell.reference:
            return None
        spread = None
        if low is not None and high is not None:
            level = re.search(
                r"\b(\d{2}(?:\.\d)?)\s?%\s?(?:CI|confidence)",
                " ".join((*sense.column.parts, *row.line.labels, *row.line.headings)),
            )
            spread = Spread(low=low, high=high, kind="ci", level=Decimal(level[1]) if level else None, start=0, end=0)
        quantity = Quantity(kind=Kind.ESTIMATE, start=0, end=0, at=0, value=cell.value, spread=spread)
        return quantity, last, used

    def _p_of(self, position: int, sense: Sense, row: _Row, used: set[int]) -> Sense | None:
        """The column with the p-value of an estimate: of the same two groups, else the next one before another estimate."""
        senses = self.layout.senses
        if sense.pair is not None:
            same = [
                one
                for one in senses
                if one.role == "p"
                and one.pair is not None
                and _same_pair(one.pair, sense.pair)
                and (one.rest == sense.rest or not one.rest)
            ]
            if len(same) == 1:
                return same[0]
        for one in senses[position + 1 :]:
            if one.index in used:
                continue
            spot = row.line.spots[one.index]
            if one.role == "p" and one.pair is None and not compares_within(" ".join(one.column.parts)):
                return one if spot is None or read_p(spot.text, named=True) else None
            if spot is not None and one.role == "other" and read_p(spot.text, named=False):
                return one
            if spot is not None and one.role == "limits" and "P" in " ".join(one.column.parts):
                return one
            if one.role in ("estimate", "group"):
                return None
        return None

    def _adjustment(self, row: _Row, sense: Sense) -> Adjustment | None:
        for said in (*reversed(sense.parts), *row.said):
            if said.adjustment is not None:
                return said.adjustment
        if self.caption.adjustment is not None:
            both = re.search(
                r"uni\w+[^.]*multi|unadjusted[^.]*adjusted|crude[^.]*adjusted", self.grid.caption, re.IGNORECASE
            )
            return None if both else self.caption.adjustment
        if re.search(r"\badjust(?:ed|ing) for\b", self.grid.notes, re.IGNORECASE):
            return Adjustment.ADJUSTED
        return None

    def _write_p_values(self, row: _Row, taken: set[int]) -> None:
        """p-values that stand behind no estimate, where it is plain which two groups they compare."""
        for sense in self.layout.senses:
            if sense.role != "p" or sense.index in taken or compares_within(" ".join(sense.column.parts)):
                continue
            before = [one for one in self.layout.senses if one.role == "group" and one.index < sense.index]
            if before and before[-1].baseline and sense.months is None:
                continue
            spot = row.line.spots[sense.index]
            p = read_p(spot.text, named=True) if spot is not None else None
            pair = sense.pair or row.pair or (self._usual_pair(sense) if self.layout.groups else None)
            named = self._named(row, sense)
            if spot is None or p is None or pair is None or named is None or row.who is not None:
                continue
            code = named.code
            self.rows.add_contrast(
                self.context,
                Pair(arm=pair[0].arm, comparator=pair[1].arm, sure=1.0),
                Quantity(kind=Kind.P_VALUE, start=0, end=0, at=0, value=p.value, p=p),
                measure=Measure.P,
                outcome=code,
                outcome_text=named.text,
                months=self._months(row, sense),
                subgroup=self._subgroup(row, sense, named),
                adjustment=self._adjustment(row, sense),
                source=self._source(row.line, spot, spot, sense.column.head),
                sure=0.85 * named.sure,
                labels=(pair[0].label or "", pair[1].label or ""),
            )

    # -------------------------------------------------------------------------------------------------------------- factors

    def _write_factor(self, row: _Row, taken: set[int]) -> None:
        """A line of a regression table: a level of a factor against its reference, or a factor by itself."""
        line = row.line
        factor, level = factor_of(line)
        reference = self.layout.references.get(factor)
        name = factor[-1] if factor and not self._heads_outcome(factor[-1]) else ""
        full = hear(f"{name} {level}").rest or f"{name} {level}".strip()
        pair = self._levels(name, level, reference, full)
        caption = outcome_of_caption(self.groups.outcome_words, self.grid.caption)
        bare = _bare_row(row)
        for position, sense in enumerate(self.layout.senses):
            named = (
                name_outcome(self.groups.outcome_words, row="", headings=row.headings, column=sense.rest, caption="")
                if sense.rest or row.headings
                else None
            )
            if named is None or named.code is Outcome.OTHER and named.kind == "other":
                named = caption or (named if sense.rest and self._is_outcome(sense) else None)
            if named is None:
                continue
            if sense.role in ("estimate", "other"):
                self._write_factor_p(row, sense, named, pair)
            if sense.role == "estimate":
                self._write_estimate(bare, position, sense, pair, sense.measure, taken, named=named, sure=0.85)
            elif (
                sense.role in ("other", "group") and name and sense.index not in taken and (sense.unit or sense.months)
            ):
                spot, cell = line.spots[sense.index], self._cell(line, sense.index)
                who = pair[0] if reference is None or level != reference else self._level(name, level)
                if spot is not None and cell is not None:
                    self._write_number(bare, sense, None, who, spot, cell, taken)

    def _write_factor_p(self, row: _Row, sense: Sense, named: Named, pair: tuple[Who, Who]) -> None:
        """A cell that prints its p-value with the letter ("P = 0.014") beside a factor of two levels."""
        spot = row.line.spots[sense.index]
        p = read_p(spot.text, named=False) if spot is not None else None
        if spot is None or p is None or not pair[1].label and pair[1].arm is None:
            return
        self.rows.add_contrast(
            self.context,
            Pair(arm=pair[0].arm, comparator=pair[1].arm, sure=1.0),
            Quantity(kind=Kind.P_VALUE, start=0, end=0, at=0, value=p.value, p=p),
            measure=Measure.P,
            outcome=named.code,
            outcome_text=named.text,
            months=None,
            subgroup=None,
            adjustment=self._adjustment(row, sense),
            source=self._source(row.line, spot, spot, sense.column.head),
            sure=0.7 * named.sure,
            labels=(pair[0].label or "", pair[1].label or ""),
        )

    def _is_outcome(self, sense: Sense) -> bool:
        return not says_nothing(sense.rest)

    def _heads_outcome(self, heading: str) -> bool:
        """Whether a heading names an outcome or a model instead of a factor."""
        named = name_outcome(self.groups.outcome_words, row="", headings=(hear(heading).rest,), column="", caption="")
        return bool(re.search(r"\b(?:model|analysis|univaria\w+|multivaria\w+)\b", heading, re.IGNORECASE)) or (
            named is not None and named.kind == "time_to_event"
        )

    def _level(self, name: str, level: str) -> Who:
        known = self.groups.who(level, loose=False, share=0.8)
        if known is not None and known.arm is not None:
            return known
        return Who(arm=None, label=(hear(f"{name} {level}").rest or f"{name} {level}").strip())

    def _levels(self, name: str, level: str, reference: str | None, full: str) -> tuple[Who, Who]:
        inside = self.groups.pair(f"{level}", self.layout.groups)
        if inside is not None:
            return inside
        match = _AGAINST.search(level)
        if match:
            factor = f"{name} {level[: match.start('a')]}".strip(" ,:(")
            return self._level(factor, match["a"].strip()), self._level(factor, match["b"].strip(" )"))
        if reference is not None and reference != level:
            return self._level(name, level), self._level(name, reference)
        if two := _EITHER.fullmatch(level):
            factor = f"{name} {two['factor'] or ''}".strip()
            return self._level(factor, two["a"]), self._level(factor, two["b"])
        return self._level(name, level), Who(arm=None, label="")


_AGAINST = re.compile(
    r"(?:^|[:(,]\s*|(?<=\w)\s(?=\S+\s(?:vs|versus)))(?P<a>[^:(),]+?)\s(?:vs?\.?|versus|compared (?:with|to))\s(?P<b>[^:(),]+)\)?",
    re.IGNORECASE,
)


#: "HLA typing matched/mismatched", "Age <=30/>30 years": a factor with its two levels.
_EITHER = re.compile(r"(?P<factor>.*\s)?(?P<a>[^\s/]+)\s?/\s?(?P<b>[^/]+)")


def _bare_row(row: _Row) -> _Row:
    """The line of a factor: its words are a group, not an outcome."""
    return _Row(
        line=row.line,
        said=row.said,
        who=None,
        pair=None,
        rest="",
        when="",
        headings=row.headings,
        subgroup=None,
        measure=None,
        unit=row.unit if row.unit not in ("count", "percent") else None,
        spread=row.spread,
        months=None,
        baseline=False,
    )


def _column_group(sense: Sense) -> Who:
    if sense.who is not None:
        return sense.who
    return Who(arm=None, label=" ".join(sense.column.parts))


def _same_pair(one: tuple[Who, Who], other: tuple[Who, Who]) -> bool:
    return [(who.arm, (who.label or "").lower() if who.arm is None else "") for who in one] == [
        (who.arm, (who.label or "").lower() if who.arm is None else "") for who in other
    ]


def _with_p(quantity: Quantity, p: PValue | None) -> Quantity:
    return Quantity(kind=quantity.kind, start=0, end=0, at=0, value=quantity.value, spread=quantity.spread, p=p)


# ----------------------------------------------------------------------------------------------- what a cell's number is


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    measure: Measure
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    quantity: Quantity
    sure: float


def _arm_number(
    cell: CellNumber,
    unit: str | None,
    spread: str | None,
    size: int | None,
    named: Named,
    time_unit: str | None,
    months: Decimal | None,
    general: set[str],
) -> _Reading | None:
    """What the number of one group is; None where the table does not tell."""
    if unit == "rate" or unit in ("sd", "se"):
        return None
    if cell.not_reached:
        timed = unit == "median" or named.kind == "time_to_event" or "time" in named.text.lower()
        return _made(Measure.MEDIAN_TIME, None, kind=Kind.NOT_REACHED) if timed else None
    if cell.fraction:
        return _share(
            cell,
            cell.total,
            named,
            months,
            explicit=cell.bracket_percent or unit in ("count_percent", "fraction", "percent"),
        )
    value = cell.value
    if value is None:
        return None
    if cell.plus_minus:
        if unit == "median":
            return None
        if named.kind in ("time_to_event", "incidence", "response") and (cell.percent or unit == "percent"):
            return _percent(cell, value, named, months, spread)
        sd = (
            cell.bracket
            if unit == "mean_sd" or (unit != "mean_se" and "mean_sd" in general and "mean_se" not in general)
            else None
        )
        sure = 1.0 if unit in ("mean_sd", "mean_se") else 0.85
        return _made(Measure.MEAN, value, sd=sd, total=cell.total or size, sure=sure)
    if cell.low is not None and cell.high is not None:
        return _limited(cell, unit, spread, named, time_unit, months, size)
    if cell.bracket is not None or (cell.bracket_percent and cell.whole):
        if unit in ("mean_sd", "mean_se", "mean") and not cell.bracket_percent:
            return _made(Measure.MEAN, value, sd=cell.bracket if unit == "mean_sd" else None, total=cell.total or size)
        if unit == "median" and not cell.bracket_percent:
            return None
        fits = _fits(cell, size)
        if cell.whole and (
            cell.bracket_percent or unit in ("count_percent", "count") or (unit in (None, "percent") and fits)
        ):
            if unit in (None, "count") and not cell.bracket_percent and not fits:
                return None
            return _share(
                cell, size if fits else None, named, months, explicit=True, sure=1.0 if fits or size is None else 0.7
            )
        if unit is None and general == {"mean_sd", "count_percent"} and not cell.whole:
            return _made(Measure.MEAN, value, sd=cell.bracket, total=cell.total or size, sure=0.9)
        return None
    if unit == "percent" or cell.percent:
        return _percent(cell, value, named, months, spread)
    if unit in ("count", "count_percent", "fraction") and cell.whole:
        if unit == "count_percent" and value != 0:
            return _made(Measure.COUNT, value, events=int(value), total=size, sure=0.8)
        return _made(Measure.COUNT, value, events=int(value), total=size, sure=0.95)
    if unit in ("mean", "mean_sd", "mean_se"):
        return _made(Measure.MEAN, value, total=cell.total or size, sure=0.9)
    if unit == "median":
        return _median(value, None, None, named, time_unit)
    return None


def _fits(cell: CellNumber, size: int | None) -> bool:
    """Whether the bracket is the percentage of events in the group's size."""
    if size is None or cell.value is None or cell.value > size:
        return False
    return cell.bracket is None or abs(100 * cell.value / size - cell.bracket) < _SHARE_TOLERANCE


def _share(
    cell: CellNumber, total: int | None, named: Named, months: Decimal | None, *, explicit: bool, sure: float = 1.0
) -> _Reading | None:
    """Events with their percentage, or of their total."""
    if cell.value is None:
        return None
    events = int(cell.value)
    if cell.bracket is None:
        return _made(Measure.COUNT, cell.value, events=events, total=total, sure=sure)
    if not explicit and not _fits(cell, total):
        return _made(Measure.COUNT, cell.value, events=events, total=total, sure=sure * 0.8)
    if cell.bracket is not None and cell.bracket > 100:
        return None
    return _made(Measure.PROPORTION, cell.bracket, events=events, total=total, sure=sure)


def _percent(
    cell: CellNumber, value: Decimal, named: Named, months: Decimal | None, spread: str | None
) -> _Reading | None:
    if not 0 <= value <= 100 or re.search(r"\bchange\b", named.text, re.IGNORECASE):
        return None
    measure = Measure.PROPORTION
    if named.kind == "time_to_event" and not re.search(r"death|mortality", named.text, re.IGNORECASE):
        measure = Measure.SURVIVAL_PROBABILITY
    elif re.search(r"surviv|freedom|\bfree\b", named.text, re.IGNORECASE) and months is not None:
        measure = Measure.SURVIVAL_PROBABILITY
    elif (named.kind == "incidence" and months is not None) or re.search(
        r"cumulative incidence", named.text, re.IGNORECASE
    ):
        measure = Measure.CUMULATIVE_INCIDENCE
    ci = spread == "ci"
    return _made(measure, value, low=cell.low if ci else None, high=cell.high if ci else None)


def _limited(
    cell: CellNumber,
    unit: str | None,
    spread: str | None,
    named: Named,
    time_unit: str | None,
    months: Decimal | None,
    size: int | None,
) -> _Reading | None:
    value = cell.value
    if value is None:
        return None
    if unit == "percent" or cell.percent:
        return _percent(cell, value, named, months, spread)
    if unit in ("mean", "mean_sd", "mean_se"):
        ci = spread == "ci"
        return _made(
            Measure.MEAN, value, low=cell.low if ci else None, high=cell.high if ci else None, total=cell.total or size
        )
    timed = named.kind == "time_to_event" and time_unit is not None and spread == "ci"
    if unit == "median" or timed:
        return _median(
            value, cell.low if spread == "ci" else None, cell.high if spread == "ci" else None, named, time_unit
        )
    if re.search(r"\bchange\b", named.text, re.IGNORECASE) and spread == "ci":
        return _made(Measure.MEAN, value, low=cell.low, high=cell.high, total=cell.total or size, sure=0.8)
    return None


def _median(
    value: Decimal, low: Decimal | None, high: Decimal | None, named: Named, time_unit: str | None
) -> _Reading | None:
    timed = named.kind == "time_to_event" or re.search(r"\btime[ -]to\b|surviv", named.text, re.IGNORECASE)
    if not timed:
        return _made(Measure.MEDIAN, value, low=low, high=high)
    if time_unit is None:
        return None
    convert = [to_months(number, time_unit) if number is not None else None for number in (value, low, high)]
    return _made(Measure.MEDIAN_TIME, convert[0], low=convert[1], high=convert[2])


def _made(
    measure: Measure,
    value: Decimal | None,
    *,
    low: Decimal | None = None,
    high: Decimal | None = None,
    sd: Decimal | None = None,
    events: int | None = None,
    total: int | None = None,
    kind: Kind = Kind.COUNT,
    sure: float = 1.0,
) -> _Reading:
    quantity = Quantity(kind=kind, start=0, end=0, at=0, value=value, events=events, total=total, sd=sd)
    return _Reading(measure=measure, value=value, low=low, high=high, quantity=quantity, sure=sure)
