"""The arms of the document's own study: names, sizes, roles, and where each is mentioned.

Arms are resolved before any result is read. Candidates come from the words papers name groups by ("the X group",
"assigned to X or Y", "X (n = 43)", "245 allocated to X", "with X versus Y"); candidates with the same words are one arm.
Which candidates are arms is decided by how they are supported: a size, an allocation, repeated mention as a group.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from evidence.extract import lexicon
from evidence.extract.nlp import Reading, Sentence
from evidence.extract.numbers import is_design_assumption
from evidence.extract.outcomes import find_outcomes
from evidence.model.codes import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmGuess:
    """One arm with the words it is mentioned by. `label` is verbatim, without "group" or "arm"."""

    label: str
    role: Role
    treatment: tuple[str, ...]
    n: int | None
    variants: tuple[str, ...]  # further names, as patterns of plain words


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMention:
    """A place that names one arm, or several at once ("the two groups")."""

    start: int
    end: int
    arms: tuple[int, ...]  # indices into the arms


@dataclass(slots=True, kw_only=True)
class _Candidate:
    label: str
    support: int = 0
    groups: int = 0  # times named as group or arm
    sizes: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    first: int = 0
    partners: set[str] = field(default_factory=set)  # keys it was set against
    rest: int | None = None  # how many did not get it
    aliases: set[str] = field(default_factory=set)  # every label it was met under


# ------------------------------------------------------------------------------------------------------------ patterns

_WORD = r"[A-Za-z0-9][\w+/.&'’-]*"
#: Words that cannot be inside the name of an arm.
_STOP = re.compile(
    r"^(?:a|an|the|in|into|to|of|for|on|at|by|from|than|were|was|is|are|had|has|have|be|been|who|that|which|this|these|those|its|their|our|we|as|"
    r"and|or|vs?|versus|v|either|both|between|among|within|per|if|while|whereas|when|after|before|during|until|respectively|compared|comparing|"
    r"receive|received|receiving|assigned|allocated|randomly|randomized|randomised|given|treated|undergoing|underwent|got|took|included|"
    r"patients?|pts|women|men|participants?|subjects?|cases|individuals|adults|children|people|all|each|every|any|only|more|most|fewer|less|"
    r"one|two|three|four|five|six|seven|eight|other|another|same|such|similar|first|second|third|one|"
    r"rate|rates|ratio|median|mean|months?|years?|days?|weeks?|results?|survival|response|higher|lower|better|worse|longer|shorter|"
    r"significantly|significant|difference|differences|no|not|but|also|then|there|followed|improved|favou?r(?:ed|ing)?|with|without|plus|"
    r"arms?|groups?|cohorts?|total|overall|using|including|group's|could|may|did|does|do|achieved|showed|reached|observed|where|"
    r"study|trial|treatment|therapy|analysis|population|subgroups?|median|age|aged|dose|daily|twice|once|oral|orally|mg|i|ii|iii|iv)$",
    re.IGNORECASE,
)
#: Names of groups that are no arms of a comparison of treatments.
_NO_ARM = re.compile(
    r"^(?:risk|high-risk|low-risk|intermediate-risk|age|older|younger|elderly|patient|study|treatment|both|working|cooperative|trial|trialists'?|research|"
    r"collaborative|european|american|national|international|italian|german|french|breast|cancer|oncology|leukemia|blood|stem|ethnic|racial|blinded|"
    r"experimental control|mutation|positive|negative|prognostic|homogeneous|heterogeneous|age-matched|support|focus|menopausal|"
    r"premenopausal|postmenopausal|retrospective|prospective|registry|data|safety|monitoring|steering|executive|writing|validation|training|"
    r"multicenter|single|large|small|whole|entire|main|primary|respective|corresponding|mixed|current|present|historical|this|our|nsabp|swog|ecog|calgb|eortc|"
    r"ncic|gbg|secondary|subset|expansion|birth|dose-escalation|age group|target|peer)(?:\s|$)",
    re.IGNORECASE,
)
#: Months, tumour classes and other words in brackets with a number are no groups.
_NO_LABEL = re.compile(
    r"^(?:\d+\s.*|(?:January|February|March|April|May|June|July|August|September|October|November|December)\b.*|[A-Z]\d[a-z]?|stage.*|grade.*|regimens?|courses?|"
    r"cycles?|males?|females?|overall|controls? group|follow-up|evaluable|eligible|baseline|randomi[sz]ation|efficacy|safety|intention-to-treat|ITT|per-protocol|"
    r"(?:dose[ -])?(?:escalation|expansion)(?: \w+)?|part|phase|disease|cancer|tumou?rs?|outcome|end ?points?|events?|deaths?|progression|toxicity)$",
    re.IGNORECASE,
)
#: A treatment behind one of these is where patients come from, not what the arm gets.
_SETTING = re.compile(
    r"\b(?:after|following|post|before|prior|prior to|pre|undergo(?:ing|es)?|underwent|since|refractory to|resistant to|failed|failing)[\s-](?:an? |the |first |prior )?$",
    re.IGNORECASE,
)
_DOSE = re.compile(
    r"\s*(?:\d[\d.,]*\s?(?:-|to)?\s?\d*\s?(?:mg|g|µg|μg|mcg|Gy|IU|mL|MU)(?:/(?:m2|kg|day|d|m\b))?\b[^,;()]*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Phrase:
    start: int
    end: int
    names: tuple[str, ...]


def treatment_phrases(text: str, start: int, end: int) -> list[_Phrase]:
    """Treatments and their combinations as written: "sorafenib plus chemotherapy", "non-sorafenib", "X alone"."""
    words = lexicon.treatments().find(text, start, end)
    phrases: list[_Phrase] = []
    for first, last, name in words:
        before = re.search(
            r"(?:\b(?:no|without|not receiving)\s|\bnon-?\s?|\banti-?)$",
            text[max(start, first - 14) : first],
            re.IGNORECASE,
        )
        if _SETTING.search(text[max(start, first - 24) : first]) or re.match(
            r"[\s-]controlled|-based|-induced|-treated mice", text[last : last + 14]
        ):
            continue
        negated = before is not None and not text[first - 1 : first].isalpha()
        begin = first - len(before.group()) if before else first
        alone = re.match(r"\s(?:alone|only|monotherapy)\b", text[last : last + 14])
        stop = last + alone.end() if alone else last
        if phrases and not negated:
            gap = text[phrases[-1].end : begin]
            if re.fullmatch(r"\s?\(", gap) and name in phrases[-1].names and text[last : last + 1] == ")":
                phrases[-1] = _Phrase(phrases[-1].start, last + 1, phrases[-1].names)
                continue
            joined = re.fullmatch(
                r"\s?(?:\+|plus|/|combined with|in combination with|followed by|together with|-|–|with(?! placebo)|added to)\s?(?:the )?"
                r"|,\s|,? and "
                if re.search(r"plus|\+|combin", text[phrases[-1].start : begin])
                else r"\s?(?:\+|plus|/|combined with|in combination with|followed by|together with|-)\s?(?:the )?",
                gap,
            )
            if joined:
                phrases[-1] = _Phrase(phrases[-1].start, stop, (*phrases[-1].names, name))
                continue
        phrases.append(_Phrase(begin, stop, () if negated else (name,)))
    return phrases


def _key(label: str) -> str:
    """What makes two names of a group the same: words without "the", "group", "alone", doses and plural s."""
    plain = _DOSE.sub("", label.lower())
    plain = re.sub(r"[\s/_-]+", " ", plain)
    plain = re.sub(
        r"\b(?:the|group|groups|arm|arms|cohort|patients|alone|only|treatment|therapy|regimen|treated|monotherapy|receiving|oral|with|combined|in|combination|plus|and|of)\b|\+",
        " ",
        plain,
    )
    return " ".join(sorted(dict.fromkeys(word.rstrip("s") if len(word) > 4 else word for word in plain.split())))


def _label_before(text: str, end: int, start: int) -> str:
    """The name that ends here: words back to the first that cannot belong to it, at most six."""
    piece = text[max(start, end - 90) : end]
    piece = re.split(r"[.;:,()\[\]]\s|[;:()\[\]]|, ", piece)[-1]
    words = piece.split()
    taken: list[str] = []
    for word in reversed(words):
        bare = word.strip(",.;:")
        joins = bare.lower() in ("plus", "with", "+", "and", "of", "followed", "by", "combined", "without", "no")
        if (
            joins
            and taken
            and re.search(r"\b(?:plus|combined|combination|followed|\+)\b|\+", piece)
            and bare.lower() != "of"
        ):
            taken.insert(0, word)
            continue
        if bare.lower() in ("no", "without", "alone") and (taken or bare.lower() == "alone"):
            taken.insert(0, word)
            continue
        if _STOP.match(bare) and not (
            bare.lower() in ("therapy", "treatment", "dose") and (taken or len(words) > 1) and bare != words[0]
        ):
            break
        taken.insert(0, word)
        if len(taken) == 6:
            break
    while taken and taken[0].lower().strip(",") in (
        "plus",
        "with",
        "and",
        "+",
        "of",
        "by",
        "combined",
        "followed",
        "therapy",
        "treatment",
    ):
        taken.pop(0)
    return " ".join(taken).strip(" ,.;:-")


# ----------------------------------------------------------------------------------------------------------- candidates

_GROUP = re.compile(
    r"(?P<label>[A-Za-z0-9][^.;:()\[\]\n]{0,70}?)[\s-](?P<word>groups?|arms?|cohorts?)\b(?!\s(?:of|A\b|B\b|study|trial|comparison|difference))"
)
_LETTERED = re.compile(r"\b(?P<word>[Gg]roup|[Aa]rm|[Cc]ohort)\s(?P<letter>[A-D]|[1-4]|I{1,3}|IV)\b(?!-|\d|\.\d)")
_GROUP_OF = re.compile(
    r"\bgroup of (?P<label>[^.;:()\[\]\n,]{4,70}?)(?=\s?(?:[.;:()\[\]\n,]|\band \d|\bwas\b|\bwere\b|$))"
)
_SIZED = re.compile(
    r"\((?:(?P<inside>[^()]{2,40}?)[,;:]?\s)?[nN]\s?=\s?(?P<n>\d[\d,]*)[^()]{0,40}\)"
    r"|\((?P<m>\d[\d,]*) (?:patients|pts|women|men|participants|subjects)\)"
)
_INLINE_SIZE = re.compile(r"(?P<label>[^()\[\],;:.]{2,50}?)\s(?:groups?|arms?)?,?\s?[nN]\s?=\s?(?P<n>\d[\d,]*)")
_ALLOCATED = re.compile(
    r"\b(?P<n>\d[\d,]*)\s?(?:\([^()]*\)\s?)?(?:(?:patients?|pts|women|men|participants?|subjects?|individuals|were|was|been|who|had|eligible|randomly|of them)\s){0,5}"
    r"(?:(?:randomly |randomi[sz]ed |allocated |assigned |received |receiving |treated |given |undergoing )+(?:to |with |by )?(?:receive )?|to |with(?=\s)|in |on |without(?=\s))"
    r"(?:the )?(?:an? )?(?=[A-Za-z])"
)
_RANDOMIZED_TO = re.compile(
    r"\b(?:randomi[sz]ed|random(?:ly)?(?: assign(?:ed|ment))?|assigned|allocated)\b[^.;]{0,120}?\b(?:to(?: receive)?|into|between|either|with|receive|for)\s(?:treatment with\s)?(?:either\s)?(?P<rest>[^.;]{5,200})"
)
_AGAINST = re.compile(
    r"\s(?:versus|vs\.?|v|(?:as )?compared (?:with|to)|in comparison (?:with|to)|superior to|inferior to|or|than|against)\s(?:to )?(?:the )?"
)


def find_arms(reading: Reading, *, sentences: Iterable[Sentence], few: bool = False) -> tuple[ArmGuess, ...]:
    """The arms of the study that these sentences report, in the order first named; empty where none is named.

    `few` takes names with little support: where a document spends two sentences on a cited study, once is enough.
    """
    candidates: dict[str, _Candidate] = {}
    chosen = list(sentences)
    for sentence in chosen:
        if sentence.zone in ("references", "introduction") and not few:
            continue
        weight = 1 if sentence.zone in ("discussion",) else 2
        _collect(reading, sentence, candidates, weight)
    _count_mentions(reading, chosen, candidates)
    _sizes_beside_names(reading, chosen, candidates)
    picked = _pick(candidates, few=few)
    _give_the_rest(picked)
    each = re.search(
        r"(?<![\w.])(\d+) (?:patients |women |participants )?(?:in|per|to) each (?:treatment |study )?(?:group|arm)",
        reading.text,
    )
    if each:
        for candidate in picked:
            candidate.sizes = candidate.sizes or {int(each[1]): 1}
    return _with_roles(reading, picked, chosen) if len(picked) >= 2 else ()


def _give_the_rest(picked: list[_Candidate]) -> None:
    """ "26 began X and 55 did not": the 55 are the other of two arms."""
    if len(picked) == 2:
        for one, other in (picked, picked[::-1]):
            if one.rest is not None and not other.sizes:
                other.sizes[one.rest] = 1


def _note(
    candidates: dict[str, _Candidate], label: str, at: int, *, support: int, n: int | None = None, group: bool = False
) -> str | None:
    label = _DOSE.sub("", label).strip(" ,.;:-(")
    label = re.sub(
        r"^(?:(?:the|an?|either|oral|intravenous)\s|\d+ (?:cycles|courses|doses|months|weeks|years) of )+", "", label
    )
    label = re.sub(r"\s(?:groups?|arms?)$", "", label)
    key = _key(label)
    if (found := lexicon.outcomes().pattern.search(label)) and len(found.group()) > 2 and found.group() != "CT":
        return None
    if (
        not key
        or len(label) > 80
        or _NO_LABEL.search(label)
        or _NO_ARM.match(label)
        or re.fullmatch(r"[\d\s.%-]+", label)
        or _STOP.match(label)
    ):
        return None
    candidate = candidates.setdefault(key, _Candidate(label=label, first=at))
    candidate.support += support
    candidate.groups += group
    candidate.aliases.add(label)
    if n is not None and n > 1:
        candidate.sizes[n] += support
    if len(label) < len(candidate.label) and not candidate.label.islower():
        candidate.label = label
    return key


def _collect(reading: Reading, sentence: Sentence, candidates: dict[str, _Candidate], weight: int) -> None:
    """Candidates of one sentence."""
    text, start, end = reading.text, sentence.start, sentence.end
    words = text[start:end]
    if is_design_assumption(words) and "random" not in words:
        return
    for match in _GROUP.finditer(words):
        at = start + match.end("label")
        plural = match["word"].endswith("s")
        if plural:
            pieces = re.split(r"\s(?:and|or|vs\.?|versus|v)\s|, (?:and )?", match["label"])[-4:]
            labels = [_label_before(piece, len(piece), 0) for piece in pieces]
            labels = [label for label in labels if label]
            if len(labels) >= 2:
                keys = [_note(candidates, label, at, support=weight, group=True) for label in labels[-2:]]
                _partner(candidates, keys)
            continue
        label = _label_before(text, at, start)
        if label:
            after = re.match(r"\s?\([nN]\s?=\s?(\d[\d,]*)", text[start + match.end() : start + match.end() + 20])
            _note(
                candidates, label, at, support=weight, group=True, n=int(after[1].replace(",", "")) if after else None
            )
    for match in _LETTERED.finditer(words):
        bracket = re.search(r"\(\s?$", words[: match.start()])
        if bracket and words[match.end() : match.end() + 1] == ")":
            key = _note(
                candidates,
                _label_before(text, start + bracket.start(), start),
                start + match.start(),
                support=weight,
                group=True,
            )
            if key:
                _alias(candidates, key, match)
                continue
        _note(
            candidates, f"{match['word'].lower()} {match['letter']}", start + match.start(), support=weight, group=True
        )
    for match in _GROUP_OF.finditer(words):
        if lexicon.treatments().find(match["label"]):
            _note(candidates, match["label"], start + match.start(), support=weight, group=True)
    for match in _SIZED.finditer(words):
        n = int((match["n"] or match["m"]).replace(",", ""))
        inside = match["inside"]
        named = list(_LETTERED.finditer(words, 0, match.start()))
        if named and not words[named[-1].end() : match.start()].strip():
            _note(
                candidates,
                f"{named[-1]['word'].lower()} {named[-1]['letter']}",
                start,
                support=2 * weight,
                n=n,
                group=True,
            )
            continue
        if "%" in match.group():
            continue  # a characteristic with its share
        label = _label_before(text, start + match.start(), start)
        if inside and not re.search(r"\d|%|grade", inside) and re.search(r"group|arm", inside, re.IGNORECASE):
            lettered = _LETTERED.search(inside)
            phrases = [
                p for p in treatment_phrases(text, start, start + match.start()) if start + match.start() - p.end <= 40
            ]
            if lettered and phrases:
                label = text[phrases[-1].start : start + match.start()].strip()
                label = re.sub(r"\s?\([^()]*\)\s?$", "", label)
                key = _note(candidates, label, start + match.start(), support=2 * weight, n=n)
                _alias(candidates, key, lettered)
                continue
            _note(candidates, inside, start + match.start(), support=2 * weight, n=n, group=True)
            continue
        phrases = [
            p for p in treatment_phrases(text, start, start + match.start()) if start + match.start() - p.end <= 2
        ]
        if phrases:
            label = text[phrases[-1].start : phrases[-1].end]
        key = _note(candidates, label, start + match.start(), support=2 * weight, n=n) if label else None
        if key is None:
            # the name stands further back, behind dose and schedule
            earlier = treatment_phrases(text, start, start + match.start())
            if earlier and not re.search(r"[nN]\s?=|[.;]\s", text[earlier[-1].end : start + match.start()]):
                _note(candidates, text[earlier[-1].start : earlier[-1].end], earlier[-1].start, support=2 * weight, n=n)
    for match in re.finditer(r"\(([^()]*?[nN]\s?=\s?\d[^()]*)\)", words):
        for piece in re.split(r";|,(?=[^,]*?(?:group|arm))| and ", match[1]):
            sized = re.match(
                r"\s*(?P<label>[A-Za-z][\w\s+/-]{1,40}?)(?P<group>\s(?:group|arm))?\s?[,:]?\s[nN]\s?=\s?(?P<n>\d+)",
                piece,
            )
            if sized and (sized["group"] or lexicon.treatments().find(sized["label"])):
                _note(
                    candidates, sized["label"], start + match.start(), support=2 * weight, n=int(sized["n"]), group=True
                )
    _collect_allocations(reading, sentence, candidates, weight)
    _collect_comparisons(reading, sentence, candidates, weight)


def _alias(candidates: dict[str, _Candidate], key: str | None, lettered: re.Match[str]) -> None:
    """The letter of "chemotherapy (group B)" is another name of the arm."""
    if key:
        candidates[key].aliases |= {f"group {lettered['letter']}", f"arm {lettered['letter']}"}
        candidates[key].groups += 1


def _collect_allocations(reading: Reading, sentence: Sentence, candidates: dict[str, _Candidate], weight: int) -> None:
    """ "245 allocated to X and 122 to Y", "randomized to X or Y", "38 with X and 24 without X"."""
    text, start, end = reading.text, sentence.start, sentence.end
    words = text[start:end]
    allocating = re.search(
        r"random|assign|allocat|received|receiving|treated|enrolled|includ|comprised|were|patients", words
    )
    if allocating is None and re.search(r"\b(?:arm|group)s?\b", words):
        # "872 in the A arm and 867 in the B arm" allocates, unless it counts what happened there
        allocating = None if lexicon.outcomes().pattern.search(words) else re.search(r"arm|group", words)
    found: list[tuple[str, int]] = []
    if allocating:
        for match in _ALLOCATED.finditer(words):
            if re.search(r"[\w.=-]$", words[: match.start()]) or re.match(r"\s?%", words[match.end("n") :]):
                continue
            counts = not re.search(r"random|alloc|assign|receiv|treat|given|undergo", match.group())
            rest = text[start + match.end() : end]
            label = _name_at(rest)
            if counts and (find_outcomes(text, start, end) or re.search(r"(?:\bof\s|/\s?)$", words[: match.start()])):
                # "24/82 (29%) in the A group" counts events; its denominator is weak evidence of the arm's size
                if label and re.search(r"(?:\bof\s|/\s?)$", words[: match.start()]):
                    key = _note(candidates, label, start, support=1)
                    if key and not candidates[key].sizes:
                        candidates[key].sizes[int(match["n"].replace(",", ""))] = 1
                continue
            preposition = re.search(r"(with|without)\s?$", match.group())
            if label and preposition and preposition[1] == "without" and not label.lower().startswith(("no ", "non")):
                label = f"without {label}"
            if label and int(match["n"].replace(",", "")) >= 5:
                found.append((label, int(match["n"].replace(",", ""))))
        if found:
            for match in re.finditer(
                r"(?:and|,|;) (?P<n>\d[\d,]*) (?P<label>[A-Z][\w+/-]*)(?=[.,;)]|\s(?:group|arm)\b)", words
            ):
                found.append((match["label"], int(match["n"].replace(",", ""))))
        for match in re.finditer(
            r"(?<![\w.=-])(?P<n>\d[\d,]*) (?P<label>[A-Za-z][\w+-]*)(?=[,;)]| and |\s(?:group|arm)s?\b)", words
        ):
            if lexicon.treatments().find(match["label"]):
                found.append((match["label"], int(match["n"].replace(",", ""))))
        left = re.search(
            r"\b(?P<n>\d+) (?:of them |patients )?(?:received|began|started|took|were given|had|were treated with)\s(?P<label>[^.;,]{3,60}?)(?:\s(?:after|at)\s[^.;,]{3,30})?,? (?:and|while|whereas) (?P<m>\d+) (?:of them |patients )?(?:did|were|had) not",
            words,
        )
        if left:
            name = _name_at(left["label"])
            if name and _note(candidates, name, start, support=2 * weight, n=int(left["n"])):
                candidates[_key(_DOSE.sub("", name))].rest = int(left["m"])
        both = re.search(
            r"(?P<a>\d+) and (?P<b>\d+) (?:patients |women |participants |were |randomly )*(?:assigned |allocated |randomi[sz]ed )?(?:to |in |received )(?:the )?(?P<rest>[^.;]+?) and (?P<rest2>[^.;,]+)",
            words,
        )
        if both:
            first, second = _label_before(both["rest"], len(both["rest"]), 0), _name_at(both["rest2"])
            if first and second:
                found += [(first, int(both["a"])), (second, int(both["b"]))]
    keys = []
    for label, n in found:
        keys.append(
            _note(
                candidates, label, start, support=2 * weight if len(found) > 1 else 1, n=n if len(found) > 1 else None
            )
        )
    _partner(candidates, keys)
    match = _RANDOMIZED_TO.search(words)
    if match and not is_design_assumption(words):
        pieces = re.split(
            r"\s(?:or|versus|vs\.?|compared with)\s(?:to )?(?:receive )?|\band (?=\d|no |observation|placebo)|;\s|, (?=or )|\sand\s(?=[^,;()]*(?:group|arm)s?\b)",
            match["rest"],
        )
        names = [_name_at(re.sub(r"^(?:or|either|one of)\s", "", piece.strip(" ,"))) for piece in pieces[:4]]
        keys = [_note(candidates, name, start, support=2 * weight) for name in names if name] if len(pieces) > 1 else []
        _partner(candidates, keys)


def _collect_comparisons(reading: Reading, sentence: Sentence, candidates: dict[str, _Candidate], weight: int) -> None:
    """Treatments set against each other: "X versus Y", "X compared with Y"."""
    text = reading.text
    phrases = treatment_phrases(text, sentence.start, sentence.end)
    for one, other in pairwise(phrases):
        gap = text[one.end : other.start]
        if len(gap) < 40 and _AGAINST.match(re.sub(r"^\s?\([^()]*\)", "", gap) + " "):
            keys = [_note(candidates, text[p.start : p.end], p.start, support=weight) for p in (one, other)]
            _partner(candidates, keys)


def _partner(candidates: dict[str, _Candidate], keys: list[str | None]) -> None:
    named = [key for key in keys if key]
    for key in named:
        candidates[key].partners |= set(named) - {key}


def _name_at(rest: str) -> str:
    """The name that begins a text: a treatment phrase if one stands there, else words up to a stop."""
    rest = re.sub(r"^(?:the|an?|oral|intravenous|either|adjuvant|receive|treatment with)\s", "", rest.lstrip())
    phrases = treatment_phrases(rest, 0, min(len(rest), 120))
    if phrases and phrases[0].start <= 12 and not re.search(r"[,;(]", rest[: phrases[0].start]):
        lead = rest[: phrases[0].start]
        return (lead if not any(_STOP.match(word) for word in lead.split()) else "") + rest[
            phrases[0].start : phrases[0].end
        ]
    taken = []
    for word in rest.split()[:6]:
        bare = word.strip(",.;:()")
        if re.match(r"(?:group|arm)s?$", bare):
            break
        if (
            _STOP.match(bare) and bare.lower() not in ("no", "without", "treatment", "therapy", "dose")
        ) or word.startswith("("):
            break
        taken.append(bare)
        if word[-1] in ",.;:)":
            break
    return " ".join(taken)


def _count_mentions(reading: Reading, sentences: list[Sentence], candidates: dict[str, _Candidate]) -> None:
    """How often each name stands in the text at all, which breaks ties between rare candidates."""
    body = " ".join(reading.words(sentence) for sentence in sentences).lower()
    for candidate in candidates.values():
        candidate.support += min(body.count(candidate.label.lower()), 6) // 2


def _sizes_beside_names(reading: Reading, sentences: list[Sentence], candidates: dict[str, _Candidate]) -> None:
    """Numbers that stand right before the names of two arms in one sentence ("26 X and 27 Y")."""
    named = [c for c in candidates.values() if not c.sizes and (c.groups or c.partners)]
    for sentence in sentences if len(named) > 1 else ():
        words = reading.words(sentence)
        if is_design_assumption(words):
            continue
        found: dict[str, int] = {}
        for candidate in named:
            match = re.search(
                rf"(?<![\w.,-])(\d[\d,]*) (?:(?:{_PEOPLE}|were|randomi[sz]ed|assigned|allocated|to|in|the|on|received|receiving|with) ){{0,5}}{re.escape(candidate.label)}(?!\w)",
                words,
                re.IGNORECASE,
            )
            if match and int(match[1].replace(",", "")) >= 5:
                found[candidate.label] = int(match[1].replace(",", ""))
        if len(found) == 2 and not lexicon.outcomes().pattern.search(words):
            for candidate in named:
                if candidate.label in found:
                    candidate.sizes[found[candidate.label]] += 2


_PEOPLE = "patients|pts|women|men|participants|subjects"


def _pick(candidates: dict[str, _Candidate], *, few: bool) -> list[_Candidate]:
    """The candidates that are arms."""
    lettered = {alias for candidate in candidates.values() for alias in candidate.aliases if _LETTERED.fullmatch(alias)}
    for key in [key for key, c in candidates.items() if c.label in lettered and c.aliases == {c.label}]:
        label = candidates[key].label
        owner = next((c for other, c in candidates.items() if other != key and label in c.aliases), None)
        if owner is None:
            continue
        owner.support += candidates[key].support
        owner.groups += candidates[key].groups
        del candidates[key]
    merged = _merge(candidates)
    strong = [
        c
        for c in merged
        if (c.sizes and c.support >= 4)
        or (c.groups >= 2 and c.support >= 5)
        or (c.partners and c.support >= 4)
        or (few and (c.partners or c.groups) and c.support >= 1 and treatment_phrases(c.label, 0, len(c.label)))
    ]
    for key, candidate in ((key, c) for key, c in candidates.items() if _denies(key.split())):
        whole = candidates.get(" ".join(word for word in key.split() if not _denies([word])))
        if whole is not None and candidate.groups and (whole.groups or whole.sizes):
            # "the sorafenib group" and "the non-sorafenib group" divide the patients, however seldom they are named
            strong += [c for c in (whole, candidate) if c not in strong and c in merged]
    if len(strong) < 2:
        return []
    if sum(bool(c.groups or c.sizes) for c in strong) >= 2:
        strong = [c for c in strong if c.groups or c.sizes]
    if sum(bool(c.groups) for c in strong) >= 2:
        strong = [c for c in strong if c.groups or c.partners or c.support >= 8]
    sized = [c for c in strong if c.sizes]
    if len(sized) >= 2:
        # with two or more sized arms, an unsized one must be well supported as a group of its own
        strong = [c for c in strong if c.sizes or c.groups >= 4]
    strong.sort(key=lambda c: -c.support)
    strong = strong[:8]
    return sorted(strong, key=lambda c: c.first)


def _merge(candidates: dict[str, _Candidate]) -> list[_Candidate]:
    """One candidate for names whose words contain each other, unless both are arms in their own right."""
    items = dict(candidates)
    for key in sorted(items, key=lambda k: len(k.split())):
        candidate = items.get(key)
        if candidate is None:
            continue
        wider = [
            other
            for other in items
            if other != key
            and set(key.split()) < set(other.split())
            and not _denies(other.split())
            and other not in candidate.partners
        ]
        if not wider:
            continue
        rivals = [
            other
            for other in wider
            if items[other].sizes and candidate.sizes and set(items[other].sizes) != set(candidate.sizes)
        ]
        if rivals:
            wider = [other for other in wider if not items[other].sizes]
        for other in wider:
            absorbed = items[other]
            if absorbed.sizes and not candidate.sizes and len(wider) > 1:
                continue
            if absorbed.groups >= 3 and candidate.groups >= 3:
                continue
            candidate.support += absorbed.support
            candidate.groups += absorbed.groups
            candidate.first = min(candidate.first, absorbed.first)
            candidate.partners |= absorbed.partners - {key}
            candidate.aliases |= absorbed.aliases
            for n, support in absorbed.sizes.items():
                candidate.sizes[n] += support
            for third in items.values():
                if other in third.partners:
                    third.partners = (third.partners - {other}) | {key}
            del items[other]
    return list(items.values())


def _denies(words: Iterable[str]) -> bool:
    """Whether a name says that something was not given ("non-sorafenib", "no maintenance")."""
    return bool({"non", "no", "without", "not"} & set(words))


# ---------------------------------------------------------------------------------------------------------------- roles


def _with_roles(reading: Reading, picked: list[_Candidate], sentences: list[Sentence]) -> tuple[ArmGuess, ...]:
    """Roles, sizes, treatments and further names of the arms."""
    keys = [set(_key(max(c.aliases | {c.label}, key=lambda alias: len(_key(alias).split()))).split()) for c in picked]
    names = [
        tuple(dict.fromkeys(name for phrase in treatment_phrases(c.label, 0, len(c.label)) for name in phrase.names))
        for c in picked
    ]
    # "sorafenib" and "non-sorafenib" divide the patients; further groups overlap with them
    main_pair = next(
        (
            {first, second}
            for first, one in enumerate(keys)
            for second, other in enumerate(keys)
            if _denies(other) and set(_key(picked[first].label).split()) == other - {"non", "no", "without", "not"}
        ),
        set(),
    )
    control = [any(lexicon.control_words().search(alias) for alias in c.aliases | {c.label}) for c in picked]
    for index, key in enumerate(keys):
        # the arm whose treatment is part of another arm's is what that arm is compared with
        others = [
            other
            for position, other in enumerate(keys)
            if position != index and (index not in main_pair or position in main_pair)
        ]
        if any(key < other and not _denies(other) for other in others):
            control[index] = True
        elif any(other < key and not _denies(key) for other in others):
            control[index] = False
        elif _denies(key):
            control[index] = True
    if not any(control) and not all(_LETTERED.fullmatch(candidate.label) for candidate in picked):
        control = _by_order(reading, picked, sentences)
    if all(control):
        control = [index != 0 for index in range(len(picked))] if len(picked) == 2 else control
    guesses = []
    for index, candidate in enumerate(picked):
        role = Role.CONTROL if control[index] else Role.EXPERIMENTAL
        if not any(control) or (main_pair and index not in main_pair):
            role = Role.OTHER
        # the best supported size, the first of equals: what was randomized is told before what was analysed
        n = max(candidate.sizes, key=lambda size: candidate.sizes[size]) if candidate.sizes else None
        variants = _variants(reading, candidate, names[index], [other for i, other in enumerate(names) if i != index])
        guesses.append(ArmGuess(label=candidate.label, role=role, treatment=names[index], n=n, variants=variants))
    return tuple(guesses)


def _by_order(reading: Reading, picked: list[_Candidate], sentences: list[Sentence]) -> list[bool]:
    """With no word that tells, the arm named second in "X versus Y" is the comparator."""
    labels = [re.escape(candidate.label) for candidate in picked]
    if len(picked) != 2:
        return [False] * len(picked)
    body = " ".join(reading.words(sentence) for sentence in sentences)
    score = 0
    for first, second, sign in ((0, 1, 1), (1, 0, -1)):
        against = re.compile(
            rf"{labels[first]}[^.;]{{0,40}}?\b(?:versus|vs\.?|compared (?:with|to)|than(?: with| in)?|over|or)\b[^.;]{{0,20}}?{labels[second]}",
            re.IGNORECASE,
        )
        score += sign * len(against.findall(body))
    return [False, True] if score >= 0 else [True, False]


def _variants(
    reading: Reading, candidate: _Candidate, names: tuple[str, ...], others: list[tuple[str, ...]]
) -> tuple[str, ...]:
    """Further names of an arm: its aliases, its abbreviation or long form, and the drug that no other arm has."""
    label = candidate.label
    found = [label, *sorted(candidate.aliases)]
    for short, long in reading.abbreviations.items():
        if long.lower() == label.lower():
            found.append(short)
        elif short == label:
            found.append(long)
    elsewhere = {name for other in others for name in other}
    for name in names:
        if name not in elsewhere:
            found.append(name)
            found += [word for word, normal in lexicon.treatments().entries.items() if normal == name and len(word) > 2]
    words = label.split()
    if len(words) > 1 and words[0].lower() in ("without", "no", "non"):
        found += [f"{prefix}{' '.join(words[1:])}" for prefix in ("non-", "no ", "without ")]
    return tuple(dict.fromkeys(found))


# ------------------------------------------------------------------------------------------------------------- mentions

_EXPERIMENTAL = r"(?:experimental|investigational|intervention|active|study treatment|treatment|treated|exposed)"
_CONTROL = r"(?:control|controls|comparator|reference|untreated)"
_ALL = r"(?:both|the two|the three|the four|these two|either|the|all|two|three|four|treatment|study)\s(?:treatment |study |patient )?(?:groups|arms|cohorts)"


def arm_pattern(arms: tuple[ArmGuess, ...]) -> re.Pattern[str]:
    """Pattern that finds every mention of these arms; group names `a0`, `a1` ... and `all`, `without`."""
    parts: list[tuple[int, str]] = []
    roles = [arm.role for arm in arms]
    for index, arm in enumerate(arms):
        words = sorted(set(arm.variants), key=len, reverse=True)
        for word in words:
            body = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", word) if part)
            case = body if word.isupper() and len(word) <= 4 else f"(?i:{body})"
            guard = (
                r"(?<![\w])(?<!non-)(?<!non )(?<!without )(?<!no )"
                if not re.match(r"(?i)no|without", word)
                else r"(?<![\w])"
            )
            suffix = r"(?:[\s-](?:groups?|arms?|cohorts?|recipients?|patients))?"
            need = suffix[:-1] if len(word) <= 2 and not word.isupper() else suffix
            parts.append((index, rf"{guard}{case}(?![\w])(?![\s-]controlled){need}"))
        if roles.count(arm.role) == 1 and arm.role in (Role.EXPERIMENTAL, Role.CONTROL):
            generic = _EXPERIMENTAL if arm.role is Role.EXPERIMENTAL else _CONTROL
            parts.append((index, rf"(?<![\w-]){generic}[\s-](?:groups?|arms?|patients)\b"))
            if arm.role is Role.CONTROL:
                parts.append((index, r"\bcontrols\b"))
    parts.sort(key=lambda part: -len(part[1]))
    alternatives = [f"(?P<a{index}_{number}>{body})" for number, (index, body) in enumerate(parts)]
    alternatives.append(rf"(?P<all>\b{_ALL}\b)")
    alternatives.append(r"(?P<this>\bthis (?:group|arm)\b)")
    if len(arms) == 2:
        alternatives.append(r"(?P<without>\b(?:without|those who did not|no treatment)(?=\s?(?:[,.;()]|$)))")
    return re.compile("|".join(alternatives))


def arm_mentions(
    pattern: re.Pattern[str], arms: tuple[ArmGuess, ...], text: str, start: int, end: int
) -> list[ArmMention]:
    """Where the arms are named between two offsets, in order."""
    found = _lettered_lists(arms, text, start, end)
    for match in pattern.finditer(text, start, end):
        name = match.lastgroup or ""
        if name == "this":
            if found and len(found[-1].arms) == 1:
                found.append(ArmMention(start=match.start(), end=match.end(), arms=found[-1].arms))
        elif name == "all":
            pair = tuple(range(len(arms)))
            found.append(ArmMention(start=match.start(), end=match.end(), arms=pair))
        elif name == "without":
            control = [index for index, arm in enumerate(arms) if arm.role is Role.CONTROL]
            if control and found:
                found.append(ArmMention(start=match.start(), end=match.end(), arms=(control[0],)))
        else:
            index = int(name[1:].split("_")[0])
            found.append(ArmMention(start=match.start(), end=match.end(), arms=(index,)))
    return sorted(found, key=lambda mention: mention.start)


_LETTER_LIST = re.compile(
    r"\b(?:[Gg]roups|[Aa]rms|[Cc]ohorts) (?P<list>(?:[A-D]|[1-4])(?:, (?:[A-D]|[1-4]))*,? (?:and|or|vs\.?|versus) (?:[A-D]|[1-4]))\b"
)


def _lettered_lists(arms: tuple[ArmGuess, ...], text: str, start: int, end: int) -> list[ArmMention]:
    """ "groups A and B": each letter names its arm."""
    found = []
    for match in _LETTER_LIST.finditer(text, start, end):
        for letter in re.finditer(r"\b[A-D1-4]\b", match["list"]):
            owner = [
                index
                for index, arm in enumerate(arms)
                if {f"group {letter.group()}", f"arm {letter.group()}"} & set(arm.variants)
            ]
            if owner:
                at = match.start("list") + letter.start()
                found.append(ArmMention(start=at, end=at + 1, arms=(owner[0],)))
    return found
