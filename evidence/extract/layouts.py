"""How a table is laid out: what each column holds, and whether its rows are outcomes, groups or factors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from evidence.extract.cell_numbers import read_cell
from evidence.extract.grids import Column, Grid, Line
from evidence.extract.group_names import WHOLE, Groups, Who, plain_group
from evidence.extract.meanings import Said, hear, is_only_baseline, says_nothing
from evidence.model.codes import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What a column holds. `role`: group (numbers of `who`), estimate, limits, p, interaction, silent, or other."""

    column: Column
    parts: tuple[Said, ...]
    role: str
    who: Who | None
    pair: tuple[Who, Who] | None
    unit: str | None
    spread: str | None
    measure: Measure | None
    months: Decimal | None
    baseline: bool
    size: int | None
    either: tuple[Measure, ...]  # the measures of a head that names several
    rest: str  # the words that are left: an outcome, a subgroup, a grade
    beside: str  # of these, what can name a subgroup

    @property
    def index(self) -> int:
        """Its place in the table."""
        return self.column.index


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table's columns and the kind of its rows: "outcomes" or "factors"."""

    senses: tuple[Sense, ...]
    rows: str
    groups: tuple[Who, ...]  # the groups of its columns, in order, each once
    fractions: bool  # whether "a/b" can be a part of a whole: nowhere in the table is a larger than b
    references: dict[tuple[str, ...], str]  # of a factor (its headings and name): the level others are compared with


_PROGNOSTIC = re.compile(
    r"\bpredict|\bprognos|\brisk factors?\b|\bunivaria|\bmultivaria|\bregression\b|\bcox\b"
    r"|\bproportional hazards?\b|\bfactors?\b|\bassociat|\bdeterminants?\b|\bcovaria",
    re.IGNORECASE,
)
_FACTOR_HEAD = re.compile(
    r"\b(?:variables?|factors?|covariates?|characteristics?|predictors?|parameters?|features?)\b", re.IGNORECASE
)


def understand(grid: Grid, groups: Groups) -> Layout:
    """What the columns hold and what the rows are."""
    over = _heads_over_groups(grid, groups)
    senses = _told_apart(_among_groups([_sense(column, groups, (), over) for column in grid.columns]))
    whos = _distinct([sense.who for sense in senses if sense.role == "group" and sense.who not in (None, WHOLE)])
    senses = _told_apart(
        [_sense(sense.column, groups, whos, over) if sense.role != "group" else sense for sense in senses]
    )
    if len(senses) == 1 and senses[0].role == "other" and _RESULT_HEAD.fullmatch(senses[0].column.head.strip()):
        senses = [replace(senses[0], role="group", who=WHOLE, rest="", beside="")]
    if not whos and len(groups.arms) < 2 and not any(sense.role == "estimate" for sense in senses):
        senses = [
            replace(sense, role="group", who=WHOLE)
            if sense.role == "other" and _GRADE_HEAD.fullmatch(sense.rest)
            else sense
            for sense in senses
        ]
    senses = [sense if sense.unit else replace(sense, unit=_unit_by_cells(grid.lines, sense.index)) for sense in senses]
    references = _references(grid, senses)
    estimates = [sense for sense in senses if sense.role == "estimate"]
    factors = bool(estimates) and len(whos) < 2 and not any(sense.pair for sense in senses)
    factors = factors and (
        bool(references) or bool(_PROGNOSTIC.search(grid.caption)) or bool(_FACTOR_HEAD.search(grid.label_heads[0]))
    )
    return Layout(
        senses=tuple(senses),
        rows="factors" if factors else "outcomes",
        groups=whos,
        fractions=not any(
            (match := re.fullmatch(r"\s*(\d+)\s?/\s?(\d+)\s*", spot.text)) and int(match[1]) > int(match[2])
            for line in grid.lines
            for spot in line.spots
            if spot is not None
        ),
        references=references,
    )


#: The only column of numbers, in a table about everybody.
_RESULT_HEAD = re.compile(r"results?|values?|n ?\(%\)|no\.? ?\(%\)|all|total|number ?\(%\)|outcomes?", re.IGNORECASE)


#: Grades in the head of a table about everybody.
_GRADE_HEAD = re.compile(
    r"(?:(?:any|all)[ -]grades?|(?:maximum |CTCAE )?grades?\s?(?:[≥>]=?\s?)?(?:[1-5]|IV|I{1,3}|V)"
    r"(?:\s?(?:-|/|to|or|and)\s?(?:[1-5]|IV|I{1,3}|V|higher|more|above|worse))*\+?)",
    re.IGNORECASE,
)


def factor_of(line: Line) -> tuple[tuple[str, ...], str]:
    """Of a line in a table of factors: the factor with its headings, and the level."""
    if len(line.labels) > 1:
        return (*line.headings, line.labels[0]), " ".join(line.labels[1:])
    return line.headings, line.labels[0] if line.labels else ""


def _distinct(whos: Sequence[Who | None]) -> tuple[Who, ...]:
    found: dict[object, Who] = {}
    for who in whos:
        if who is not None:
            found.setdefault(who.arm if who.arm is not None else (who.label or "").lower(), who)
    return tuple(found.values())


def _heads_over_groups(grid: Grid, groups: Groups) -> set[str]:
    """Heads that span columns of several groups: what they name is a subgroup or an outcome, no group."""
    under: dict[str, set[object]] = {}
    for column in grid.columns:
        for upper, lower in zip(column.parts, column.parts[1:], strict=False):
            who = groups.who(lower) if hear(lower).measure is None else None
            if who is not None and who != WHOLE:
                under.setdefault(upper, set()).add(who.arm if who.arm is not None else who.label)
    return {head for head, whos in under.items() if len(whos) > 1}


#: A head over groups that says what they are.
_KIND_OF_GROUPS = re.compile(
    r"(?:treatment|dos(?:e|es|age|ing)|(?:treatment |study |dose )?(?:arm|group|cohort|regimen|schedule|level)s?)\b",
    re.IGNORECASE,
)
#: A p-value that compares subgroups, not arms.
_INTERACTION = re.compile(r"\binteractions?\b|\bheterogeneity\b", re.IGNORECASE)
#: A dose on a line of its own under the name of a treatment.
_DOSE = re.compile(r"\d[\d.,]*\s?(?:mg|µg|μg|mcg|g|Gy|IU|U|mL)\b.*", re.IGNORECASE)


def _sense(column: Column, groups: Groups, known: Sequence[Who], over: set[str]) -> Sense:
    parts = tuple(hear(part) for part in column.parts)
    pair = next((found for part in reversed(column.parts) if (found := groups.pair(part, known))), None)
    pair = pair or groups.pair_under(column.parts, known)
    who, spoken = None, -1
    if pair is None:
        for index in range(len(parts) - 1, -1, -1):
            if parts[index].p or parts[index].measure is not None or column.parts[index] in over:
                continue
            if named := groups.who(column.parts[index]):
                who, spoken = named, index
                break
    dose = (
        spoken + 1 if who is not None and spoken + 1 < len(parts) and _DOSE.fullmatch(column.parts[spoken + 1]) else -1
    )
    if who is not None and dose > 0:
        who = Who(arm=who.arm, label=f"{who.label} {column.parts[dose]}")
    leaf = parts[-1] if parts else hear("")
    measure = next((part.measure for part in reversed(parts) if part.measure is not None), None)
    if any(part.p for part in parts) and _INTERACTION.search(" ".join(column.parts)):
        role = "interaction"
    elif any(part.silent and part.measure is None for part in parts):
        role = "silent"
    elif leaf.p or (any(part.p for part in parts) and leaf.measure is None):
        role = "p" if who is None else "silent"
    elif measure is not None and (who is None or who == WHOLE):
        role = (
            "estimate"
            if not (leaf.limits and leaf.measure is None and leaf.rest == "" and len(parts) > 1)
            else "limits"
        )
    elif measure is not None:
        role = "silent"  # a difference within one group
    elif who is not None:
        role = "group"
    elif _only_limits(leaf) or _only_limits(hear(" ".join(column.parts))):
        role = "limits"
    else:
        role = "other"
    unit = next((part.unit for part in reversed(parts) if part.unit), None)
    if leaf.unit in ("sd", "se") and len(parts) == 1 and not leaf.limits:
        unit = leaf.unit
    rest = [
        (
            part.rest,
            part.unit is None
            and (part.text in over or role in ("group", "other"))
            and not (part.text in over and _KIND_OF_GROUPS.match(part.rest)),
        )
        for index, part in enumerate(parts)
        if index not in (spoken, dose)
        and not part.p
        and part.measure is None
        and not says_nothing(part.rest)
        and not (pair and groups.pair(part.text, known))
    ]
    return Sense(
        column=column,
        parts=parts,
        role=role,
        who=who,
        pair=pair,
        unit=unit,
        spread=next((part.spread for part in reversed(parts) if part.spread), None),
        measure=measure,
        either=next((part.either for part in reversed(parts) if part.either), ()),
        months=next(
            (
                part.months
                for index, part in reversed(list(enumerate(parts)))
                if part.months is not None and not (index == spoken and groups.named_with_time(who))
            ),
            None,
        ),
        baseline=any(part.baseline and (part.text not in over or is_only_baseline(part.text)) for part in parts),
        size=next((part.size for part in reversed(parts) if part.size), None),
        rest=", ".join(dict.fromkeys(text for text, _ in rest)),
        beside=", ".join(dict.fromkeys(text for text, beside in rest if beside)),
    )


def _only_limits(said: Said) -> bool:
    """Whether a head names confidence limits and nothing else."""
    return said.limits and says_nothing(re.sub(r"\b(?:intervals?|Wald)\b", " ", said.rest))


def _among_groups(senses: list[Sense]) -> list[Sense]:
    """Columns that differ from those of known groups only in the name are groups too: "Placebo | Drug X | Drug Y"."""
    known = [
        sense for sense in senses if sense.role == "group" and sense.who not in (None, WHOLE) and len(sense.parts) == 1
    ]
    if not known:
        return senses
    first, last = known[0].index, known[-1].index
    found = []
    for sense in senses:
        near = first - 1 <= sense.index <= last + 1 or (
            first < sense.index
            and all(one.role in ("other", "group") for one in senses if first < one.index < sense.index)
        )
        part = sense.parts[0] if len(sense.parts) == 1 else None
        plain = part is not None and part.unit is None and part.months is None and not part.baseline and not part.limits
        if (
            sense.role == "other"
            and near
            and plain
            and part is not None
            and re.search(r"[A-Za-z]", part.rest)
            and not _NO_GROUP.search(part.rest)
        ):
            sense = replace(sense, role="group", who=Who(arm=None, label=plain_group(part.text)), rest="", beside="")
        found.append(sense)
    return found


#: Heads beside groups that are none.
_NO_GROUP = re.compile(
    r"\bdifferen|\bchange|\bvs?\b|\bversus\b|\bratio|\bbetween\b|\bincrease|\bdecrease|\bcomparison|\btime\b"
    r"|\bvisit|\btest\b|\bscore|\brange|\bunit|\bstatistic|\breference|\bno\.|\bsample|\bgrade|\btype\b|\breason",
    re.IGNORECASE,
)


def _told_apart(senses: list[Sense]) -> list[Sense]:
    """Columns of one arm under different names ("X 110 mg", "X 150 mg") are groups by the table's names."""
    names: dict[int, set[str]] = {}
    for sense in senses:
        if sense.role == "group" and sense.who is not None and sense.who.arm is not None:
            names.setdefault(sense.who.arm, set()).add((sense.who.label or "").lower())
    doses: dict[int, set[str]] = {}
    for who in (who for sense in senses for who in sense.pair or ()):
        if who.arm is not None and (dose := " ".join(re.findall(r"\d+", who.label or ""))):
            doses.setdefault(who.arm, set()).add(dose)
    apart = {arm for arm, said in doses.items() if len(said) > 1}
    senses = [
        replace(sense, pair=(_by_label(sense.pair[0], apart), _by_label(sense.pair[1], apart))) if sense.pair else sense
        for sense in senses
    ]
    return [
        replace(sense, who=Who(arm=None, label=sense.who.label))
        if sense.who is not None and sense.who.arm is not None and len(names.get(sense.who.arm, ())) > 1
        else sense
        for sense in senses
    ]


def _by_label(who: Who, arms: set[int]) -> Who:
    return Who(arm=None, label=who.label) if who.arm in arms else who


def _unit_by_cells(lines: Sequence[Line], index: int) -> str | None:
    """Most cells "n (p%)": then the bare numbers between them are counts."""
    cells = [read_cell(spot.text) for line in lines if (spot := line.spots[index]) is not None]
    read = [cell for cell in cells if cell is not None]
    shares = sum(cell.whole and cell.bracket_percent for cell in read)
    return "count_percent" if read and 2 * shares > len(read) else None


def _references(grid: Grid, senses: Sequence[Sense]) -> dict[tuple[str, ...], str]:
    """The reference level of each factor: the line whose estimate is 1 without limits, or says so in words."""
    found: dict[tuple[str, ...], str] = {}
    estimates = [sense.index for sense in senses if sense.role == "estimate"]
    for line in grid.lines:
        factor, level = factor_of(line)
        for index in estimates:
            spot = line.spots[index]
            cell = read_cell(spot.text) if spot is not None else None
            after = line.spots[index + 1] if index + 1 < len(line.spots) else None
            limited = (
                after is not None
                and (read := read_cell(after.text)) is not None
                and (read.low is not None or read.value is not None)
            )
            if cell is not None and cell.reference and not limited:
                found.setdefault(factor, level)
    return found
