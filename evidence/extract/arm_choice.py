"""Which candidates are arms: names of one arm are merged, and what is left must be supported as a group."""

from collections.abc import Mapping

from evidence.extract import lexicon
from evidence.extract.arm_candidates import Candidate
from evidence.extract.arm_names import LETTERED, denies, key_of, treatment_phrases

#: What a name must be supported by: with a size or a partner, and as a group without either.
_ENOUGH, _ENOUGH_AS_GROUP = 4, 5
#: More arms than this no trial has; the best supported are kept.
_MOST_ARMS = 8


def choose(candidates: dict[str, Candidate], *, few: bool, long_forms: Mapping[str, str]) -> list[Candidate]:
    """The candidates that are arms, in the order first named; none where fewer than two are.

    `few` takes treatments that were once named as a group or set against another.
    """
    _give_nicknames_to_owners(candidates)
    merged = _merged(candidates)
    strong = [c for c in merged if not c.by_role and (_is_strong(c) or (few and _is_named_treatment(c)))]
    for key, candidate in candidates.items():
        whole = candidates.get(" ".join(word for word in key.split() if not denies([word])))
        if denies(key.split()) and whole is not None and candidate.groups and (whole.groups or whole.sizes):
            # "the sorafenib group" and "the non-sorafenib group" divide the patients, however seldom they are named
            strong += [c for c in (whole, candidate) if c not in strong and c in merged]
    # a control that an arm is set against is the other arm, however seldom it is named
    facing = {key for c in strong for key in c.partners}
    strong += [c for c in merged if c not in strong and facing & {key_of(c.label)} and _is_control_group(c)]
    if len(strong) == 1:
        strong += _counterpart(strong[0], merged)
    if len(strong) < 2:
        return []
    divided = [c for c in strong if c.divides]
    most = max([c.groups for c in divided], default=0)
    if len(divided) >= 2 and all(c.divides or c.groups <= max(most, 4) for c in strong):
        # the sentence that parts the patients names the arms; other groups with sizes are parts of the population
        strong = [c for c in strong if c.divides or (not c.sizes and c.groups >= 4 and not _is_role(c))]
    elif sum(not _is_role(c) for c in strong) >= 2:
        strong = [c for c in strong if not _is_role(c) or c.sizes or c.partners]
    if sum(bool(c.groups or c.sizes) for c in strong) >= 2:
        strong = [c for c in strong if c.groups or c.sizes]
    if sum(bool(c.groups) for c in strong) >= 2:
        strong = [c for c in strong if c.groups or c.partners or c.support >= 8]
    if sum(bool(c.sizes) for c in strong) >= 2:
        # with two or more sized arms, an unsized one must be well supported as a group of its own
        strong = [c for c in strong if c.sizes or c.groups >= 4]
    best = sorted(_one_control(strong, long_forms), key=lambda c: -c.support)[:_MOST_ARMS]
    return sorted(best, key=lambda c: c.first)


def join_abbreviations(candidates: dict[str, Candidate], long_forms: Mapping[str, str]) -> None:
    """Merge "STD" and "standard dose", where the document says that one stands for the other."""
    for short, long in long_forms.items():
        one, other = candidates.get(key_of(short)), candidates.get(key_of(long))
        if one is None or other is None or one is other:
            continue
        kept, gone = (one, other) if one.groups >= other.groups else (other, one)
        _absorb(kept, key_of(kept.label), gone)
        del candidates[key_of(long) if gone is other else key_of(short)]


def _is_strong(candidate: Candidate) -> bool:
    """Whether a size, repeated mention as a group, or a comparison speaks for an arm."""
    if candidate.support >= _ENOUGH and (candidate.sizes or candidate.partners):
        return True
    return candidate.support >= _ENOUGH_AS_GROUP and candidate.groups >= 2


_ROLES = frozenset((*lexicon.arm_words("generic", "experimental"), *lexicon.arm_words("generic", "control")))


def _is_role(candidate: Candidate) -> bool:
    """Whether a name says what a group is in the comparison, and not what it gets ("the standard arm")."""
    return candidate.label.lower() in _ROLES


def _is_control_group(candidate: Candidate) -> bool:
    """Whether a candidate was named as a group, and as the control."""
    return bool(candidate.groups and lexicon.control_words().search(candidate.label))


def _counterpart(arm: Candidate, merged: list[Candidate]) -> list[Candidate]:
    """What the only arm so far stands against: a control, or "the treatment group" where the arm is a control.

    A control group means that others got something, so one mention is enough for either.
    """
    if _is_control_group(arm):
        found = [c for c in merged if c.by_role]
    elif arm.groups or arm.partners:
        found = [c for c in merged if _is_control_group(c)]
    else:
        found = []
    return sorted(found, key=lambda c: (not c.sizes, -c.support))[:1]


def _one_control(arms: list[Candidate], long_forms: Mapping[str, str]) -> list[Candidate]:
    """The arms with "the control group" joined to the one arm whose name makes it a control ("treatment as usual")."""
    bare = [arm for arm in arms if arm.label.lower() in lexicon.arm_words("generic", "control")]
    named = [
        arm
        for arm in arms
        if arm not in bare and lexicon.control_words().fullmatch(long_forms.get(arm.label, arm.label))
    ]
    if len(arms) < 3 or len(bare) != 1 or len(named) != 1:
        return arms
    own, control = named[0], bare[0]
    if key_of(control.label) in own.partners or _rivals(own, control):
        return arms
    _absorb(own, key_of(own.label), control)
    return [arm for arm in arms if arm is not control]


def _is_named_treatment(candidate: Candidate) -> bool:
    """Whether a treatment was named as a group or set against another at all."""
    named = bool(candidate.partners or candidate.groups) and candidate.support >= 1
    return named and bool(treatment_phrases(candidate.label, 0, len(candidate.label)))


def _give_nicknames_to_owners(candidates: dict[str, Candidate]) -> None:
    """Merge "group B" into the arm that "chemotherapy (group B)" says it is, and "STAN" likewise."""
    for key in list(candidates):
        named = candidates[key]
        owner = next((c for other, c in candidates.items() if other != key and _is_nickname(named, c)), None)
        if owner is None or len({key_of(alias) for alias in named.aliases}) > 1:
            continue
        if named.groups > max(owner.groups, 1) and not named.by_role and not LETTERED.fullmatch(named.label):
            owner.label = named.label  # what the document calls it from then on
        _absorb(owner, key_of(owner.label), named)
        del candidates[key]


def _is_nickname(named: Candidate, owner: Candidate) -> bool:
    """Whether one candidate is known by the label of the other; "control" is the control group."""
    return named.label in owner.nicknames or key_of(named.label) in {key_of(name) for name in owner.nicknames}


def _merged(candidates: dict[str, Candidate]) -> list[Candidate]:
    """One candidate for names whose words contain each other, unless both are arms in their own right."""
    items = dict(candidates)
    for key in sorted(items, key=lambda k: len(k.split())):
        candidate = items.get(key)
        if candidate is None:
            continue
        wider = [
            other
            for other in items
            if _contains(other, key)
            and other not in candidate.partners
            and not any(_contains(other, partner) for partner in candidate.partners)  # it is rather the partner's
        ]
        # "A + B" and "B + C" that are set against each other are two arms, not both B
        wider = [other for other in wider if not items[other].partners.intersection(wider)]
        if candidate.sizes and any(_rivals(items[other], candidate) for other in wider):
            wider = [other for other in wider if not items[other].sizes]
        for other in wider:
            absorbed = items[other]
            if absorbed.sizes and not candidate.sizes and len(wider) > 1:
                continue
            if absorbed.groups >= 3 and candidate.groups >= 3:
                continue
            _absorb(candidate, key, absorbed)
            for third in items.values():
                if other in third.partners:
                    third.partners = (third.partners - {other}) | {key}
            del items[other]
    return list(items.values())


def _contains(wider: str, key: str) -> bool:
    """Whether a name has the words of another and more, and does not deny them."""
    return set(key.split()) < set(wider.split()) and not denies(wider.split())


def _rivals(one: Candidate, other: Candidate) -> bool:
    """Whether two names have sizes of their own: no size in common, or not the same treatments and sizes."""
    if not one.sizes or not other.sizes or set(one.sizes) == set(other.sizes):
        return False
    return not set(one.sizes) & set(other.sizes) or _treatments(one) != _treatments(other)


def _treatments(candidate: Candidate) -> set[str]:
    """Normal names of the treatments in a name."""
    return {name for phrase in treatment_phrases(candidate.label, 0, len(candidate.label)) for name in phrase.names}


def _absorb(candidate: Candidate, key: str, absorbed: Candidate) -> None:
    """What spoke for a wider name now speaks for this one."""
    candidate.support += absorbed.support
    candidate.groups += absorbed.groups
    candidate.first = min(candidate.first, absorbed.first)
    candidate.partners |= absorbed.partners - {key}
    candidate.aliases |= absorbed.aliases
    candidate.nicknames |= absorbed.nicknames
    candidate.divides += absorbed.divides
    for n, support in absorbed.sizes.items():
        candidate.sizes[n] += support
