"""The arms of a study: names, sizes, roles, and the words each is called by.

Arms are resolved before any result is read. Candidates come from the words papers name groups by ("the X group",
"assigned to X or Y", "X (n = 43)", "with X versus Y"); candidates with the same words are one arm. Which candidates are
arms is decided by how they are supported: a size, an allocation, repeated mention as a group.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evidence.extract import lexicon
from evidence.extract.arm_allocations import collect_allocations, name_those_without
from evidence.extract.arm_candidates import Candidate, Candidates, Place
from evidence.extract.arm_choice import choose, join_abbreviations
from evidence.extract.arm_divisions import collect_divisions, divides
from evidence.extract.arm_groups import collect_groups
from evidence.extract.arm_lists import collect_lists
from evidence.extract.arm_names import LETTERED, denies, key_of
from evidence.extract.arm_roles import roles_of, treatments_of
from evidence.extract.arm_sizes import size_each, size_the_rest, sizes_beside_names
from evidence.extract.dose_cohorts import dose_cohorts
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.numbers import is_design_assumption
from evidence.model.codes import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmGuess:
    """One arm with the words it is mentioned by. `label` is verbatim, without "group" or "arm"."""

    label: str
    role: Role
    treatment: tuple[str, ...]
    n: int | None
    variants: tuple[str, ...]  # further names, as plain words
    sizes: tuple[int, ...] = ()  # every size that sentences give it, other than denominators of events


def find_arms(reading: Reading, *, sentences: Iterable[Sentence], few: bool = False) -> tuple[ArmGuess, ...]:
    """The arms of the study that these sentences report, in the order first named; empty where none is named.

    `few` takes names with little support: where a document spends two sentences on a cited study, once is enough.
    """
    chosen = list(sentences)
    candidates = Candidates()
    for sentence in chosen:
        if sentence.zone in ("references", "introduction") and not few:
            continue
        weight = 1 if sentence.zone == "discussion" else 2
        place = Place(text=reading.text, start=sentence.start, end=sentence.end, weight=weight)
        if not is_design_assumption(place.words) or "random" in place.words:
            sized = collect_divisions(place, candidates)
            collect_groups(place, candidates, sized=sized)
            collect_allocations(place, candidates)
            collect_lists(place, candidates)
            candidates.close(dividing=divides(place))
    name_those_without(candidates)
    told = [reading.words(sentence) for sentence in chosen]
    _leave_out_background(told, candidates)
    _count_mentions(told, candidates)
    sizes_beside_names(told, candidates)
    join_abbreviations(candidates.by_key, reading.abbreviations)
    arms = choose(candidates.by_key, few=few, long_forms=reading.abbreviations)
    if len(arms) < 2:
        arms = dose_cohorts(told) if not few else []
    if len(arms) < 2:
        return ()
    _call_by_letters(arms)
    size_the_rest(arms)
    size_each(arms, told, reading.text)
    return (*_described(reading, arms, told), *_others(arms, told), *_together(arms, told))


def _call_by_letters(arms: Sequence[Candidate]) -> None:
    """Call all arms by their letters where one is called by those of the others: "group A" beside "group A+I"."""
    if not any(LETTERED.fullmatch(arm.label) and "+" in arm.label for arm in arms):
        return
    letters = [[name for name in sorted(arm.nicknames | {arm.label}) if LETTERED.fullmatch(name)] for arm in arms]
    called = [
        next((name for name in names if name.startswith("group")), *names[:1]) if names else "" for names in letters
    ]
    if all(called) and len(set(called)) == len(arms):
        for arm, name in zip(arms, called, strict=True):
            arm.aliases.add(arm.label)
            arm.label = name


#: What was given besides the treatments compared, before and behind its name.
_AT_START = re.compile(r"\b(?:baseline|background|entry|enrol\w+|randomi[sz]ation)\b", re.IGNORECASE)
_BACKGROUND = (
    r"\b(?:baseline|background)(?: use of| treatment with| therapy with| intake of)? {}\b"
    r"|\b{}(?: use| treatment| therapy| intake)? at (?:study |trial )?(?:baseline|entry|enrol\w+|randomi[sz]ation)\b"
)
_ASSIGNED_TO = (
    r"(?:randomi[sz]ed|randomly|assigned|allocated)\b(?:[^.;()]|\([^()]*\)){{0,100}}\b(?:to|receive)\b"
    r"(?:[^.;()]|\([^()]*\)){{0,80}}\b{}\b"
)


def _leave_out_background(told: Sequence[str], candidates: Candidates) -> None:
    """Take out drugs that patients of a trial took at its start and were not assigned to: they part its subgroups."""
    body = " ".join(told)
    if "random" not in body:
        return
    around = (body[max(0, at.start() - 80) : at.end() + 80] for at in _AT_START.finditer(body))
    taken = "\n".join(around)
    named = taken.lower()
    for key, candidate in list(candidates.by_key.items()):
        if candidate.label.lower() not in named:
            continue
        name = re.escape(candidate.label)
        if re.search(_BACKGROUND.format(name, name), taken, re.IGNORECASE) and not any(
            re.search(_ASSIGNED_TO.format(name), words, re.IGNORECASE) for words in told
        ):
            del candidates.by_key[key]
            for other in candidates.by_key.values():
                other.partners.discard(key)


_THE_OTHERS = re.compile(r"\b(?:the|all) other (?:two|three|four|five) (?:groups|arms|regimens|cohorts)\b")


def _others(arms: Sequence[Candidate], told: Sequence[str]) -> Iterator[ArmGuess]:
    """The arms that are compared together with one of them ("the other three groups")."""
    if len(arms) > 2:
        for label in dict.fromkeys(match.group() for words in told for match in _THE_OTHERS.finditer(words)):
            yield ArmGuess(label=label, role=Role.OTHER, treatment=(), n=None, variants=(label,))


#: What joins the names of two treatments that were given together.
COMBINED = ("plus", "+", "with", "combined with", "in combination with")


def _together(arms: Sequence[Candidate], told: Sequence[str]) -> Iterator[ArmGuess]:
    """The patients who got what each of two arms got, listed beside them ("X, Y, and X plus Y")."""
    if len(arms) != 2:
        return
    labels = [arm.label.lower() for arm in arms]
    told = [words for words in told if all(words.lower().count(label) > 1 for label in labels)]
    one, other = (re.escape(arm.label) for arm in arms)
    joint = "|".join(map(re.escape, ("and", *COMBINED)))
    found: list[str] = []
    for first, last in ((one, other), (other, one)):
        listed = (
            rf"\b{first},? (?:(?:and|or) )?{last},? (?:and|or|vs\.?|versus) "
            rf"(?P<both>(?:{first} (?:{joint}) {last}|{last} (?:{joint}) {first}))\b"
        )
        found += [match["both"] for words in told for match in re.finditer(listed, words, re.IGNORECASE)]
    if found:
        treatment = tuple(dict.fromkeys(name for arm in arms for name in treatments_of(arm.label)))
        yield ArmGuess(
            label=found[0], role=Role.OTHER, treatment=treatment, n=None, variants=tuple(dict.fromkeys(found))
        )


def _count_mentions(told: Sequence[str], candidates: Candidates) -> None:
    """Support by how often each name stands in the text at all, which breaks ties between rare candidates."""
    body = " ".join(told).lower()
    for candidate in candidates.by_key.values():
        candidate.support += min(body.count(candidate.label.lower()), 6) // 2


# ---------------------------------------------------------------------------------------------------------------- roles


def _described(reading: Reading, arms: Sequence[Candidate], told: Sequence[str]) -> tuple[ArmGuess, ...]:
    """Roles, sizes, treatments and further names of the arms."""
    # "sorafenib (maintenance group)": what an arm is called besides may tell what it got
    treatments = [treatments_of(arm.label) or treatments_of(" ".join(sorted(arm.nicknames))) for arm in arms]
    title = reading.document.bibliography.title or ""
    kinds = _kinds(arms, " ".join(told))
    guesses = []
    for index, (arm, role) in enumerate(zip(arms, roles_of(arms, title, told, reading.abbreviations), strict=True)):
        # the best supported size, the first of equals: what was randomized is told before what was analysed
        n = max(arm.sizes, key=lambda size: arm.sizes[size]) if arm.sizes else None
        elsewhere = {
            name for other in arms if other is not arm for label in other.aliases for name in treatments_of(label)
        }
        parts = [name for name in treatments[index] if name not in elsewhere]
        # one drug of a combination names it where the other arm goes without, not where several groups overlap
        own = parts if len(arms) == 2 or len(treatments[index]) == 1 else []
        guesses.append(
            ArmGuess(
                label=_known_label(arm.label, told) if role is Role.CONTROL else arm.label,
                role=role,
                treatment=treatments[index],
                n=n,
                variants=(*_variants(reading, arm, own), *kinds[index]),
                sizes=tuple(size for size, support in arm.sizes.items() if support > 1),
            )
        )
    return tuple(guesses)


def _kinds(arms: Sequence[Candidate], body: str) -> list[list[str]]:
    """For each arm the kinds of treatment by which it goes: those in or behind its names that no other arm has."""
    found: list[list[str]] = [[] for _ in arms]
    given = [[name for name in (arm.label, *arm.aliases) if not denies(key_of(name).split())] for arm in arms]
    opposite_none = len(arms) == 2 and any(map(_got_none, arms))
    for kind in (
        *lexicon.arm_words("heads", "words"),
        *(lexicon.arm_words("heads", "or_none") if opposite_none else ()),
    ):
        if kind not in body.lower():
            continue
        owners = [
            index
            for index, names in enumerate(given)
            for name in names
            if re.search(rf"\b{kind}\b", name, re.IGNORECASE)
            or re.search(rf"\b{re.escape(name)}[\s-]{kind}\b", body, re.IGNORECASE)
        ]
        if len(set(owners)) == 1:
            found[owners[0]].append(kind)
    return found


def _got_none(arm: Candidate) -> bool:
    """Whether an arm is named by what it did not get, or as the control alone."""
    return all(denies(key_of(name).split()) or _BARE.fullmatch(name) is not None for name in (arm.label, *arm.aliases))


_BARE = re.compile(r"(?:the )?(?:controls?|observation|untreated)(?: (?:group|arm|patients))?", re.IGNORECASE)
_CONTROL_GROUP = re.compile(r"\bcontrol (?:group|arm)s?\b|\bcontrols\b")


def _known_label(label: str, told: Sequence[str]) -> str:
    """The label of a control, with the word that it is called by more often than by its name."""
    body = " ".join(told)
    by_role = len(_CONTROL_GROUP.findall(body))
    if "control" in label.lower() or by_role <= len(re.findall(re.escape(label), body, re.IGNORECASE)):
        return label
    return f"{label} (control)"


def _variants(reading: Reading, arm: Candidate, own: Iterable[str]) -> tuple[str, ...]:
    """Further names of an arm: its aliases, its abbreviation or long form, and the treatments that no other arm has."""
    label = arm.label
    found = [label, *sorted(arm.aliases)]
    for short, long in reading.abbreviations.items():
        if long.lower() == label.lower():
            found.append(short)
        elif short == label:
            found.append(long)
    for name in own:
        found.append(name)
        found += [word for word, normal in lexicon.treatments().entries.items() if normal == name and len(word) > 2]
    denied = re.fullmatch(r"(?:without |no |non[- ])(?P<what>.+)", label, re.IGNORECASE)
    if denied:
        found += [f"{prefix}{denied['what']}" for prefix in ("non-", "no ", "without ")]
    return tuple(dict.fromkeys(found))
