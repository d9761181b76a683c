"""The arms of a registered study, and which of them a group of its results is.

Results name groups of their own. A group is an arm where their names are the same words, or where the words of one are
among those of the other and of no second arm; a group with words of its own may be a part of an arm, and is none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.extract import lexicon
from evidence.extract.registry_record import Node
from evidence.model.codes import Role
from evidence.model.records import Arm

_WORD = re.compile(r"[a-z0-9]+(?:\.\d+)?")
#: Words that do not tell one group from another.
_IDLE = frozenset(
    "a an and arm arms group groups cohort of the in for with plus participants patients subjects treatment therapy "
    "tablet tablets capsule capsules oral orally".split()
)
_DOSE = re.compile(r"\d[\d.]*|mg|g|kg|m2|ug|mcg|iu|ml|once|twice|daily|weekly|day|days|qd|bid|dose|per")
_EVERYBODY = re.compile(
    r"(?i)\s*(?:all|total|overall)(?: (?:study )?(?:participants|patients|subjects|groups|population))?\s*"
)
#: The registry's kinds of arms.
_ROLES = {
    "EXPERIMENTAL": Role.EXPERIMENTAL,
    "ACTIVE_COMPARATOR": Role.CONTROL,
    "PLACEBO_COMPARATOR": Role.CONTROL,
    "SHAM_COMPARATOR": Role.CONTROL,
    "NO_INTERVENTION": Role.CONTROL,
}


@dataclass(frozen=True, slots=True)
class Group:
    """A group of results: its title, and the arm it is; `overall` where it is everybody."""

    title: str
    arm: Arm | None
    overall: bool = False

    @property
    def label(self) -> str:
        """What to call it in a row."""
        return "overall" if self.overall else self.arm.label if self.arm else self.title


def arms_of(record: Node, document_id: str) -> tuple[Arm, ...]:
    """The arms as registered; how many started each stands in the participant flow."""
    entries = list(record.items("protocolSection", "armsInterventionsModule", "armGroups"))
    arms = []
    for number, entry in enumerate(entries, 1):
        label = entry.text("label")
        named = " ; ".join([label, *(name.text() for name in entry.items("interventionNames"))])
        words = [name for _, _, name in lexicon.treatments().find(named)]
        arms.append(
            Arm(
                arm_id=f"{document_id}-s1-a{number}",
                study_id=f"{document_id}-s1",
                document_id=document_id,
                label=label,
                role=Role.SINGLE if len(entries) == 1 else _ROLES.get(entry.text("type"), Role.OTHER),
                treatment=tuple(dict.fromkeys(words)),
            )
        )
    return _sized(record, arms)


def groups_of(node: Node, arms: Sequence[Arm], *, key: str = "groups") -> dict[str, Group]:
    """The groups of a measure by their ids."""
    titles = {group.text("id"): group.text("title") for group in node.items(key)}
    return {
        name: Group(title, arm_named(title, arms, alone=len(titles) == 1), overall=bool(_EVERYBODY.fullmatch(title)))
        for name, title in titles.items()
    }


def arm_named(title: str, arms: Sequence[Arm], *, alone: bool = False) -> Arm | None:
    """The arm that a group is, if that is sure; the only group of a study with one arm is that arm."""
    if alone and len(arms) == 1 and not _EVERYBODY.fullmatch(title):
        own, its = _words(title), _words(arms[0].label)
        if own <= its or its <= own:
            return arms[0]
    for told in (_words, _without_dose):
        wanted = told(title)
        same = [arm for arm in arms if wanted and told(arm.label) == wanted]
        if len(same) == 1:
            return same[0]
        holding = [arm for arm in arms if wanted and wanted < told(arm.label)]
        if len(holding) == 1 and not same:
            return holding[0]
    return None


def _words(title: str) -> frozenset[str]:
    return frozenset(_WORD.findall(title.lower())) - _IDLE


def _without_dose(title: str) -> frozenset[str]:
    return frozenset(word for word in _words(title) if not _DOSE.fullmatch(word))


def _sized(record: Node, arms: Sequence[Arm]) -> tuple[Arm, ...]:
    flow = record.at("resultsSection", "participantFlowModule")
    started: dict[str, int] = {}
    groups = groups_of(flow, arms)
    for milestone in flow.items("periods", 0, "milestones"):
        if milestone.text("type") != "STARTED":
            continue
        for entry in milestone.items("achievements"):
            group, n = groups.get(entry.text("groupId")), entry.whole("numSubjects")
            if group and group.arm and n is not None:
                # Several groups of one arm: nobody says here which of them is the arm.
                started[group.arm.arm_id] = -1 if group.arm.arm_id in started else n
    return tuple(
        Arm(
            arm_id=arm.arm_id,
            study_id=arm.study_id,
            document_id=arm.document_id,
            label=arm.label,
            role=arm.role,
            treatment=arm.treatment,
            n=n if (n := started.get(arm.arm_id, -1)) >= 0 else None,
        )
        for arm in arms
    )
