"""The results of a registry record as text and tables: participant flow, outcome measures, adverse events.

Every row of a table shows the values of one class or category, one column per group; every analysis is one line.
"""

from collections.abc import Iterator
from typing import Any

from evidence.read.ctgov_text import Page, sentence_case

_BASE = "resultsSection"
Row = tuple[list[str], list[str]]


def write_flow(page: Page, flow: dict[str, Any]) -> None:
    """How many started and completed, by group."""
    groups = flow.get("groups", [])
    if not groups:
        return
    base = f"{_BASE}.participantFlowModule"
    page.out.heading("Participant flow", 2)
    _write_groups(page, groups, base)
    rows: list[Row] = []
    for p, period in enumerate(flow.get("periods", [])):
        for kind, entries in (("milestones", "achievements"), ("dropWithdraws", "reasons")):
            for m, milestone in enumerate(period.get(kind, [])):
                path = f"{base}.periods[{p}].{kind}[{m}]"
                counts = {
                    entry.get("groupId"): str(entry.get("numSubjects", "")) for entry in milestone.get(entries, [])
                }
                name = sentence_case(str(milestone.get("type", "")))
                title = f"{period.get('title', '')}: {name}" if len(flow["periods"]) > 1 else name
                rows.append(
                    (
                        [title, *(counts.get(group.get("id"), "") for group in groups)],
                        [path, f"{base}.periods[{p}].title"],
                    )
                )
    page.table("Participant flow", "", ["", *_titles(groups)], rows)


def write_outcomes(page: Page, module: dict[str, Any]) -> None:
    """Each outcome measure with its table and its analyses."""
    for m, measure in enumerate(module.get("outcomeMeasures", [])):
        base = f"{_BASE}.outcomeMeasuresModule.outcomeMeasures[{m}]"
        page.out.heading(str(measure.get("title", "Outcome measure")), 2)
        start = page.out.at
        for name, key in (("Type", "type"), ("Time frame", "timeFrame"), ("Population", "populationDescription")):
            if measure.get(key):
                value = sentence_case(measure[key]) if key == "type" else str(measure[key])
                page.line(f"{name}: {value.rstrip('.')}.", f"{base}.{key}")
        if measure.get("description"):
            page.line(str(measure["description"]), f"{base}.description")
        _write_groups(page, measure.get("groups", []), base)
        what = ", ".join(
            part
            for part in (
                sentence_case(str(measure.get("paramType", ""))),
                str(measure.get("dispersionType", "")),
                str(measure.get("unitOfMeasure", "")),
            )
            if part
        )
        rows = list(_outcome_rows(measure, base))
        if rows:
            page.table(f"Outcome measure {m + 1}", what, ["", *_titles(measure.get("groups", []))], rows)
        keys = ("title", "paramType", "dispersionType", "unitOfMeasure", "denomUnitsSelected")
        page.facts_of(base, start, page.out.at, skip=tuple(key for key in measure if key not in keys))
        for a, analysis in enumerate(measure.get("analyses", [])):
            page.line(_analysis(analysis, measure), f"{base}.analyses[{a}]")


def write_adverse_events(page: Page, module: dict[str, Any]) -> None:
    """Totals by group, then each serious and each other event."""
    groups = module.get("eventGroups", [])
    if not groups:
        return
    base = f"{_BASE}.adverseEventsModule"
    page.out.heading("Adverse events", 2)
    for name, key in (("Time frame", "timeFrame"), ("Threshold for other events, percent", "frequencyThreshold")):
        if module.get(key):
            page.line(f"{name}: {str(module[key]).rstrip('.')}.", f"{base}.{key}")
    if module.get("description"):
        page.line(str(module["description"]), f"{base}.description")
    _write_groups(page, groups, base, key="eventGroups")
    rows: list[Row] = []
    for name, affected, at_risk in (
        ("All-cause mortality", "deathsNumAffected", "deathsNumAtRisk"),
        ("Serious adverse events", "seriousNumAffected", "seriousNumAtRisk"),
        ("Other (not including serious) adverse events", "otherNumAffected", "otherNumAtRisk"),
    ):
        cells = [_fraction(group, affected, at_risk) for group in groups]
        paths = [f"{base}.eventGroups[{g}].{key}" for g in range(len(groups)) for key in (affected, at_risk)]
        if any(cells):
            rows.append(([name, *cells], paths))
    page.table("Adverse events", "Participants affected / at risk", ["", *_titles(groups)], rows)
    for key, label in (("seriousEvents", "Serious adverse events"), ("otherEvents", "Other adverse events")):
        rows = []
        for e, event in enumerate(module.get(key, [])):
            stats = {stat.get("groupId"): stat for stat in event.get("stats", [])}
            cells = [_fraction(stats.get(group.get("id"), {}), "numAffected", "numAtRisk") for group in groups]
            rows.append(([str(event.get("term", "")), *cells], [f"{base}.{key}[{e}]"]))
        if rows:
            page.table(label, "Participants affected / at risk", ["", *_titles(groups)], rows)


def _outcome_rows(measure: dict[str, Any], base: str) -> Iterator[Row]:
    groups = measure.get("groups", [])
    for d, denominator in enumerate(measure.get("denoms", [])):
        yield _counts(
            f"{denominator.get('units', 'Participants')} analyzed", denominator, groups, f"{base}.denoms[{d}]"
        )
    for c, one in enumerate(measure.get("classes", [])):
        path = f"{base}.classes[{c}]"
        for d, denominator in enumerate(one.get("denoms", [])):
            name = f"{one.get('title', '')}: {denominator.get('units', 'Participants')} analyzed"
            yield _counts(name.lstrip(": "), denominator, groups, f"{path}.denoms[{d}]")
        for k, category in enumerate(one.get("categories", [])):
            found = {entry.get("groupId"): entry for entry in category.get("measurements", [])}
            title = ": ".join(part for part in (str(one.get("title", "")), str(category.get("title", ""))) if part)
            cells = [_measurement(found.get(group.get("id"), {}), measure) for group in groups]
            yield [title or str(measure.get("title", "")), *cells], [f"{path}.categories[{k}]", f"{path}.title"]


def _counts(name: str, denominator: dict[str, Any], groups: list[dict[str, Any]], path: str) -> Row:
    counts = {entry.get("groupId"): str(entry.get("value", "")) for entry in denominator.get("counts", [])}
    return [name, *(counts.get(group.get("id"), "") for group in groups)], [path]


def _measurement(entry: dict[str, Any], measure: dict[str, Any]) -> str:
    """A value as a person would print it: "9.3 (7.7 to 10.7)", "25.1 (SD 3.2)"."""
    value = str(entry.get("value", ""))
    low, high = entry.get("lowerLimit"), entry.get("upperLimit")
    if low is not None or high is not None:
        value += f" ({'NA' if low is None else low} to {'NA' if high is None else high})"
    if entry.get("spread") is not None:
        kind = {"Standard Deviation": "SD ", "Standard Error": "SE "}.get(str(measure.get("dispersionType", "")), "± ")
        value += f" ({kind}{entry['spread']})"
    return f"{value} [{entry['comment']}]" if entry.get("comment") else value


def _analysis(analysis: dict[str, Any], measure: dict[str, Any]) -> str:
    """One analysis in one line: who, what, limits, p, method and whatever was remarked."""
    titles = {group.get("id"): str(group.get("title", "")) for group in measure.get("groups", [])}
    parts = ["Groups: " + " / ".join(titles.get(group, str(group)) for group in analysis.get("groupIds", []))]
    if analysis.get("paramValue") is not None:
        estimate = f"{analysis.get('paramType', 'Estimate')} {analysis['paramValue']}"
        low, high = analysis.get("ciLowerLimit"), analysis.get("ciUpperLimit")
        if low is not None or high is not None:
            sides = sentence_case(str(analysis.get("ciNumSides", ""))).lower()
            level = f"{analysis['ciPctValue']}% " if analysis.get("ciPctValue") else ""
            limits = f"{'NA' if low is None else low} to {'NA' if high is None else high}"
            estimate += f" ({sides + ' ' if sides else ''}{level}CI {limits})"
        parts.append(estimate)
    if analysis.get("pValue") is not None:
        p = str(analysis["pValue"]).strip()
        parts.append(f"P {p}" if p[:1] in "<>=" else f"P = {p}")
    parts += [
        str(analysis[key])
        for key in ("statisticalMethod", "groupDescription", "statisticalComment", "estimateComment", "pValueComment")
        if analysis.get(key)
    ]
    return "; ".join(part.rstrip(".; ") for part in parts) + "."


def _write_groups(page: Page, groups: list[dict[str, Any]], base: str, *, key: str = "groups") -> None:
    for g, group in enumerate(groups):
        parts = (str(group.get("title", "")), str(group.get("description", "")))
        text = ": ".join(part.rstrip(".") for part in parts if part) + "."
        page.line(text)
        path = f"{base}.{key}[{g}]"
        for name in ("id", "title", "description"):
            page.facts_of(f"{path}.{name}", *page.last)


def _titles(groups: list[dict[str, Any]]) -> list[str]:
    return [str(group.get("title", group.get("id", ""))) for group in groups]


def _fraction(entry: dict[str, Any], affected: str, at_risk: str) -> str:
    if entry.get(affected) is None:
        return ""
    return f"{entry[affected]}/{entry[at_risk]}" if entry.get(at_risk) is not None else str(entry[affected])
