"""One table being read: its layout, what a line says by itself, and what is known of any of its cells."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from evidence.extract.captions import people_of_caption
from evidence.extract.cell_numbers import CellNumber, read_cell
from evidence.extract.contexts import Context
from evidence.extract.grids import Grid, Line, Spot, clean_words
from evidence.extract.group_names import WHOLE, Groups, Who
from evidence.extract.layouts import Layout, Sense, understand
from evidence.extract.meanings import Said, hear, says_nothing
from evidence.extract.nlp import Reading
from evidence.extract.rows import Rows
from evidence.extract.table_notes import says_adjusted, says_unreported
from evidence.extract.table_outcomes import Named, name_outcome
from evidence.model.codes import Adjustment, Measure, Outcome, Role
from evidence.model.records import Source

#: A label column that holds time points.
_VISITS = re.compile(r"\bvisits?\b|\btime\b|\btimepoints?\b|\bassessment\b|^weeks?$|^months?$", re.IGNORECASE)
#: Head of a label column whose rows are outcomes.
_NAMED_ROWS = re.compile(
    r"\boutcomes?\b|\bend ?points?\b|\bevents?\b|\bcauses?\b|\bresponses?\b|\bmeasures?\b|\bvariables?\b"
    r"|\bparameters?\b",
    re.IGNORECASE,
)
#: Heads that number visits.
_VISIT = re.compile(
    r"T ?\d{1,2}|(?:visit|time(?: ?point)?|assessment|session) ?\d{1,2}|post-?(?:test|intervention|treatment|op\w*)",
    re.IGNORECASE,
)
#: Head of a label column whose rows are groups.
_GROUPS_HEAD = re.compile(
    r"\b(?:groups?|arms?|treatments?|drugs?|regimens?|therapy|cohorts?|stud(?:y|ies)|trials?|interventions?|agents?"
    r"|variables?|parameters?|characteristics?|items?|outcomes?|events?|dose|class\w*|names?|type|category)\b",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"(?:total |during |first |within )?(?:the )?\d+\s?(?:-|to)\s?\d+ ?(?:days|weeks|months|years|hours|h)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
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


class Sheet:
    """A table with everything its cells share."""

    def __init__(self, reading: Reading, context: Context, grid: Grid, rows: Rows) -> None:
        self.reading, self.context, self.grid, self.rows = reading, context, grid, rows
        self.groups = Groups(reading, context.arms, grid.notes)
        long = reading.abbreviations.get("NR")
        self.notes = f"{grid.notes}\nNR, {long}" if long else grid.notes
        self.layout: Layout = understand(grid, self.groups)
        self.caption = hear(grid.caption)
        self.general = self._general_units()
        self.directions: dict[int, tuple[Who, Who] | None] = {}  # groups compared, by columns already looked at
        self.people = people_of_caption(grid.caption, (clean_words(t.caption) for t in reading.document.tables))

    def row(self, line: Line) -> Row:
        """What a line says by itself."""
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
        return Row(
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
                r"\b(?:data|values?|results|figures|numbers?|means?|medians?|presented|expressed|reported|shown"
                r"|are)\b|±|%",
                piece,
                re.IGNORECASE,
            ):
                unit = hear(piece).unit
                if unit in ("mean_sd", "mean_se", "count_percent", "median", "fraction", "percent"):
                    found.add(unit)
        return found

    def named(self, row: Row, sense: Sense | None) -> Named | None:
        """The outcome of a cell."""
        of_groups = "" if row.who is None or row.rest else self._over_groups()
        column = sense.rest if sense is not None else ""
        named = name_outcome(
            self.groups.outcome_words,
            row=row.rest,
            headings=(*row.headings, of_groups) if of_groups and says_nothing(column) else row.headings,
            column=column,
            caption=self.grid.caption,
            rows_named=bool(_NAMED_ROWS.search(self.grid.label_heads[0])),
        )
        if named is not None and named.from_column and of_groups and named.code is Outcome.OTHER:
            named = replace(named, text=f"{of_groups}: {named.text}")
        if named is None:
            return None
        when = row.when or self._period(sense)
        text = self.groups.with_long_form(named.text) if named.code is Outcome.OTHER else named.text
        return replace(named, text=f"{text}, {when}" if when else text)

    def _over_groups(self) -> str:
        """The head of labels that name groups, where it names an outcome instead ("CGI-S | n | mean change")."""
        head = hear(self.grid.label_heads[0]).rest
        return "" if says_nothing(head) or _GROUPS_HEAD.search(head) or len(self.grid.label_heads) > 1 else head

    def subgroup(self, row: Row, sense: Sense | None, named: Named) -> str | None:
        """In whom: what the row says beside its outcome, and what stands beside the column's group."""
        found = [text for text in (named.subgroup, row.subgroup) if text]
        if (
            sense is not None
            and sense.beside
            and not named.from_column
            and not re.search(r"\bgrade", sense.beside, re.IGNORECASE)
            and not _VISIT.fullmatch(sense.beside)
        ):
            found.append(sense.beside)
        if self.people:
            found.append(self.people)
        return "; ".join(dict.fromkeys(found)) or None

    def months(self, row: Row, sense: Sense | None) -> Decimal | None:
        """The time point of a cell: its row's, its column's, or the caption's."""
        if row.months is not None:
            return row.months
        if sense is not None and sense.months is not None:
            return sense.months
        return None if self._period(sense) else self.caption.months

    def _period(self, sense: Sense | None) -> str:
        """The stretch of time ("X, 0-3 months") or visit ("T1") in the head of a group; a p-value shares it."""
        if sense is None or sense.role not in ("group", "p"):
            return ""
        groups = [one for one in self.layout.senses if one.role == "group" and one.index <= sense.index]
        if not groups:
            return ""
        spoken = [match.group() for part in groups[-1].parts if (match := _PERIOD.search(part.text))]
        visits = [part.text.strip() for part in groups[-1].parts if _VISIT.fullmatch(part.text.strip())]
        return (spoken or visits or [""])[-1]

    def cell(self, line: Line, index: int) -> CellNumber | None:
        """The numbers of one cell, with the limits that stand below it."""
        spot = line.spots[index] if index < len(line.spots) else None
        cell = read_cell(spot.text) if spot is not None else None
        if cell is not None and spot is not None and cell.not_reached:
            return None if says_unreported(spot.cell.text, self.notes) else cell
        below = read_cell(line.limits[index].text) if index in line.limits else None
        if cell is None or below is None or cell.value is None or cell.bracket is not None or cell.low is not None:
            return cell
        return replace(cell, low=below.low, high=below.high)

    def source(self, line: Line, first: Spot, last: Spot, head: str) -> Source:
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

    def unit(self, row: Row, sense: Sense) -> tuple[str | None, float]:
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

    def time_unit(self, row: Row, sense: Sense) -> str | None:
        """The unit of a duration, where any part of the table says it."""
        for said in (*row.said, *reversed(sense.parts), self.caption):
            if said.time_unit:
                return said.time_unit
        return None

    def size_of_heading(self, row: Row, who: Who) -> int | None:
        """Size of a group from a heading above: "(n=266 in the twice-daily group; n=263 in the once-daily group)"."""
        for said in row.said[len(row.line.labels) :]:
            for match in re.finditer(r"[nN]\s?=\s?(?P<n>\d[\d, ]*\d|\d)\s(?:in |for )?(?P<who>[^;,()=]+)", said.text):
                named = self.groups.who(match["who"], loose=False, share=0.2)
                if named is not None and named != WHOLE and named.arm is not None and named.arm == who.arm:
                    return int(re.sub(r"\D", "", match["n"]))
        return None

    def usual_pair(self, sense: Sense) -> tuple[Who, Who] | None:
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

    def adjustment(self, row: Row, sense: Sense) -> Adjustment | None:
        """Whether an estimate is adjusted, by its column, row, caption or the footnotes."""
        for said in (*reversed(sense.parts), *row.said):
            if said.adjustment is not None:
                return said.adjustment
        if self.caption.adjustment is not None:
            both = re.search(
                r"uni\w+[^.]*multi|unadjusted[^.]*adjusted|crude[^.]*adjusted", self.grid.caption, re.IGNORECASE
            )
            return None if both else self.caption.adjustment
        return Adjustment.ADJUSTED if says_adjusted(self.grid.notes) else None
