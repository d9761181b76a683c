"""A study record of the registry, made up, in the layout of its interface (version 2)."""

import copy
import json


def group(number: str, title: str, description: str = "") -> dict:
    return {"id": number, "title": title, "description": description or f"Participants who got {title.lower()}."}


def counts(*values: str, units: str = "Participants", prefix: str = "OG") -> dict:
    return {
        "units": units,
        "counts": [{"groupId": f"{prefix}00{g}", "value": value} for g, value in enumerate(values)],
    }


def measurements(*values: object) -> list[dict]:
    """One per group: a value, or (value, lower, upper), or a whole entry."""
    found = []
    for g, value in enumerate(values):
        entry: dict = {"groupId": f"OG00{g}"}
        if isinstance(value, dict):
            entry |= value
        elif isinstance(value, tuple):
            entry |= dict(zip(("value", "lowerLimit", "upperLimit"), value, strict=True))
        else:
            entry["value"] = value
        found.append(entry)
    return found


def one_class(*values: object, title: str = "") -> dict:
    return {"title": title, "categories": [{"measurements": measurements(*values)}]}


def measure(title: str, param: str, unit: str, classes: list[dict], **more: object) -> dict:
    return {
        "type": "PRIMARY",
        "title": title,
        "paramType": param,
        "unitOfMeasure": unit,
        "timeFrame": "Up to 3 years",
        "groups": [group("OG000", "Examplinib"), group("OG001", "Placebo")],
        "denoms": [counts("247", "124")],
        "classes": classes,
        **more,
    }


def analysis(param: str, value: str, **more: object) -> dict:
    return {
        "groupIds": ["OG000", "OG001"],
        "paramType": param,
        "paramValue": value,
        "statisticalMethod": "Regression, Cox",
        **more,
    }


OS = measure(
    "Overall Survival (OS)", "MEDIAN", "months", [one_class(("9.3", "7.7", "10.7"), ("5.6", "4.7", "7.3"))],
    dispersionType="95% Confidence Interval",
    analyses=[
        analysis("Hazard Ratio (HR)", "0.64", ciPctValue="95", ciNumSides="TWO_SIDED", ciLowerLimit="0.49",
                 ciUpperLimit="0.83", pValue="<0.001", statisticalMethod="Stratified log rank"),
    ],
)  # fmt: skip
REMISSION = measure(
    "Complete Remission (CR) Rate", "NUMBER", "percentage of participants",
    [one_class(("21.1", "16.1", "26.7"), ("10.5", "5.7", "17.3"))], dispersionType="95% Confidence Interval",
)  # fmt: skip

STUDY = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT01234567",
            "briefTitle": "A Study of Examplinib in Relapsed Leukaemia",
            "officialTitle": "A Randomized Trial of Examplinib Against Placebo (EXAMPLE)",
            "acronym": "EXAMPLE",
            "secondaryIdInfos": [{"id": "2015-000140-42", "type": "EUDRACT_NUMBER"}],
        },
        "statusModule": {"overallStatus": "COMPLETED", "resultsFirstPostDateStruct": {"date": "2019-10-03"}},
        "descriptionModule": {"briefSummary": "The study compares examplinib with placebo."},
        "conditionsModule": {"conditions": ["Relapsed leukaemia"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2", "PHASE3"],
            "designInfo": {"allocation": "RANDOMIZED", "interventionModel": "PARALLEL"},
            "enrollmentInfo": {"count": 371, "type": "ACTUAL"},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {"label": "Placebo", "type": "PLACEBO_COMPARATOR", "interventionNames": ["Drug: Placebo"]},
                {"label": "Examplinib", "type": "EXPERIMENTAL", "description": "120 mg once daily.",
                 "interventionNames": ["Drug: Examplinib"]},
            ]
        },
        "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n\n* Adults\n* HR 0.99 in another trial"},
        "outcomesModule": {"primaryOutcomes": [{"measure": "Overall Survival (OS)", "timeFrame": "Up to 3 years"}]},
    },
    "resultsSection": {
        "participantFlowModule": {
            "groups": [group("FG000", "Examplinib"), group("FG001", "Placebo")],
            "periods": [
                {
                    "title": "Overall Study",
                    "milestones": [
                        {"type": "STARTED", "achievements": [{"groupId": "FG000", "numSubjects": "247"},
                                                             {"groupId": "FG001", "numSubjects": "124"}]},
                        {"type": "COMPLETED", "achievements": [{"groupId": "FG000", "numSubjects": "60"},
                                                               {"groupId": "FG001", "numSubjects": "20"}]},
                    ],
                }
            ],
        },
        "outcomeMeasuresModule": {"outcomeMeasures": [OS, REMISSION]},
        "adverseEventsModule": {
            "frequencyThreshold": "5",
            "timeFrame": "Up to 3 years",
            "eventGroups": [
                group("EG000", "Examplinib") | {"deathsNumAffected": 170, "deathsNumAtRisk": 247,
                                                "seriousNumAffected": 205, "seriousNumAtRisk": 246},
                group("EG001", "Placebo") | {"deathsNumAffected": 90, "deathsNumAtRisk": 124,
                                             "seriousNumAffected": 34, "seriousNumAtRisk": 109},
            ],
            "seriousEvents": [
                {"term": "Febrile neutropenia", "organSystem": "Blood", "stats": [
                    {"groupId": "EG000", "numEvents": 90, "numAffected": 76, "numAtRisk": 246},
                    {"groupId": "EG001", "numEvents": 9, "numAffected": 9, "numAtRisk": 109}]},
            ],
            "otherEvents": [
                {"term": "Nausea", "stats": [
                    {"groupId": "EG000", "numAffected": 79, "numAtRisk": 246},
                    {"groupId": "EG001", "numAffected": 36, "numAtRisk": 109}]},
            ],
        },
    },
}  # fmt: skip


def study(*measures: dict, **protocol: dict) -> dict:
    """The study with other outcome measures, and with other modules in its protocol."""
    made = copy.deepcopy(STUDY)
    if measures:
        made["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"] = list(measures)
    for name, module in protocol.items():
        made["protocolSection"][name] |= module
    return made


def as_bytes(made: object) -> bytes:
    return json.dumps(made, indent=1).encode()
