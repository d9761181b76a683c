"""Where outcomes are named in a text, and how a number about them is called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from evidence.extract import lexicon
from evidence.extract.lexicon import OutcomeEntry, Vocabulary
from evidence.extract.other_events import other_event
from evidence.model.codes import Outcome

#: Kind of an outcome that no lexicon knows, named by the words of its sentence (`free_outcomes`).
FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMention:
    """One outcome where the text names it."""

    start: int
    end: int
    entry: OutcomeEntry
    words: str | None = None  # where what stands there does not say all

    @property
    def code(self) -> Outcome:
        """Its code in the evidence tables."""
        return self.entry.code

    @property
    def free(self) -> bool:
        """Whether only its sentence calls it an outcome."""
        return self.entry.kind == FREE

    @property
    def lasting(self) -> bool:
        """Whether the sentences behind it may go on with it: an outcome of the lexicon, not the words of a sentence."""
        return not self.free and self.entry.words is None


def document_outcomes(abbreviations: Mapping[str, str]) -> Vocabulary[OutcomeEntry]:
    """The lexicon's words, and the document's own abbreviations of them ("overall response (OR)")."""
    own = []
    for short, long in abbreviations.items():
        named = lexicon.outcomes().find(long)
        if short in lexicon.outcomes().entries or not named:
            continue
        toxic = named[-1][2].kind == "safety" and named[-1][1] == len(long)  # "regimen-related toxicity"
        if toxic or 2 * (named[-1][1] - named[-1][0]) > len(long):
            own.append((short, named[-1][2], True))
    return lexicon.outcomes().extended(own) if own else lexicon.outcomes()


_DISEASES = "|".join(lexicon.word_list("people", "diseases"))
_SHORT_DISEASES = "|".join(word for word in lexicon.word_list("people", "diseases") if word.isupper())

#: "relapsed" and "remission" that describe who was treated instead of what happened.
_WHO_BEFORE = re.compile(
    r"(?:\bwho(?: had| have| were)?(?: in)?"
    r"|\b(?:[Aa]fter|[Bb]efore|at(?: the time of)?|since|prior to|from|prevent\w*|first|second|with|in|following"
    rf"|treat(?:ing|ment of)|post|{_SHORT_DISEASES}|disease)"
    r"\s(?:hematologic(?:al)? |morphologic(?:al)? |overt |leukemia )?"
    r"|refractory (?:or|and) |/)\s?$"
)
_WHO_AFTER = re.compile(
    rf"\s?(?:/|or |and )?\s?refractory|\s(?:{_DISEASES}|disease\b|patients\b|post-|after allo|setting)"
)


_ESTIMATE_BEHIND = re.compile(r"\s?[=:,]?\s?\d+[.·]\d")
#: "mean (SD)", "61.2 (SD": not stable disease.
_SPREAD_BEFORE = re.compile(r"(?:±|\+/-|\+-|\bmeans?,?|\bmean (?:and|with)|\d(?= ?[(\[])) ?[(\[]?$", re.IGNORECASE)
_SURVIVALS = (Outcome.PFS, Outcome.DFS, Outcome.RFS, Outcome.EFS, Outcome.TTP)
#: "Local progression-free survival" is not progression-free survival.
_OF_A_PLACE = re.compile(
    r"\b(?:loco-?regional|local|regional|metastatic|distant|intracranial|extracranial|brain|CNS|pelvic|ipsilateral"
    r"|contralateral|biochemical)[\s-]$",
    re.IGNORECASE,
)
#: "Time to progression to AML" is not time to progression.
_TO_A_STAGE = re.compile(r"\s(?:in)?to (?:(?:an? |overt |secondary |acute )*)[A-Za-z][\w-]*")
_REMISSIONS = (Outcome.CR, Outcome.CRC, Outcome.CRI, Outcome.CRP, Outcome.CRH, Outcome.PR)
#: "patients in complete remission", "transplanted in CR1": who was treated; "patients were in remission" is one.
_IN_REMISSION = re.compile(
    r"\b(?:patients|pts|women|men|adults|children|those|transplanted|transplantation|allografted|HSCT|HCT|SCT)"
    r"\s(?:while |when )?in (?:their )?(?:first |second |third )?$"
)

#: "mortality of GVHD", "deaths due to infection": not of any cause.
_OF_A_CAUSE = re.compile(
    r"\s(?:of|from|due to|because of|caused by|related to|attributed to) (?!any\b|all\b|the (?!disease)|these|those"
    r"|which|whom|patients|pts|women|men|participants|other|unknown|whatever)(?:the )?[A-Za-z][\w-]*"
    r"(?:\s(?!(?:was|were|is|in|at|after|with|and|or|had|has|occurred|on|by|of|for|to)\b)[a-z][\w-]*){0,3}"
)
_OF_ONE_CAUSE = OutcomeEntry(code=Outcome.OTHER, name="death of one cause", kind="incidence")

#: "adverse events led 15% of them to stop treatment", "discontinued because of adverse events".
_LED_TO = re.compile(
    r"(?: that)? (?:leading|led|resulting|resulted|causing|caused|requiring|required)\b(?:[^.;]|[.](?=\d)){0,120}"
)
_BECAUSE_OF = re.compile(
    r"[^.;]{0,30}\b(?:because of|due to|owing to|for|from|on account of|as a result of)\s(?:an |any |the )?"
    r"(?:treatment-related |drug-related |related )?"
)


def _one_stop(one: Outcome, other: Outcome, between: str) -> bool:
    """Whether adverse events and stopping treatment, named in either order, are one outcome."""
    if other is Outcome.DISCONTINUATION:
        return one in _EVENTS and _LED_TO.fullmatch(between) is not None
    return one is Outcome.DISCONTINUATION and other in _EVENTS and _BECAUSE_OF.fullmatch(between) is not None


#: "time to neutrophil engraftment": how long until it happened, not how many had it.
_TIME_TO = re.compile(r"\b[Tt]imes?[ -](?:to|until) (?:(?:the|an?|first|onset of|resolution of) )*$")
_PASSES = re.compile(r" (?:resolution|recovery|onset|improvement|worsening|healing)")
_TIME_TO_EVENT = OutcomeEntry(code=Outcome.OTHER, name="time to an event", kind="time_to_event")
_HAPPENS = ("safety", "incidence", "response")
#: "total and grade III-IV mucositis", "acute and chronic GVHD": the first word is an outcome too.
_KIND_OF_EVENT = r"(?:total|overall|any|any-grade|all|all-grade|acute|early|mild|moderate|minor|major|limited)"
_OF_TWO_KINDS = re.compile(
    rf"(?<![\w-])(?P<one>{_KIND_OF_EVENT}) (?:and|or) (?P<two>(?:severe|serious|chronic|late|major|extensive) )?$",
    re.IGNORECASE,
)
_KIND_BEFORE = re.compile(r"^(?:severe|serious|chronic|late|major|extensive) ")
#: "III-IV toxicity": grades without the word.
_SEVERE_GRADES = re.compile(r"(?<![\w-])(?P<grades>(?:III|3)(?:-|/| and | or )(?:IV|4|V|5)°? )$")

#: "Differentiation syndrome of" before "grade 3 or higher".
_NEXT_OF_GRADE = re.compile(r"\s?\([^()]*\)(?:,|,? and) ")
_OF_A_GRADE = re.compile(
    r"(?:^|[.;,]\s|\b(?:and|had|developed|experienced)\s)(?:the |an? )?"
    r"(?P<event>(?!the |an? )[a-z][\w-]+(?:\s(?!of\b)[a-z][\w-]+){0,2})"
    r"(?<!rate)(?<!rates)(?<!incidence)(?<!frequency)(?<!number)(?<!proportion)(?<!percentage)(?<!risk)(?<!total) of $",
    re.IGNORECASE,
)

_EVENTS = (Outcome.AE, Outcome.AE_G3, Outcome.SAE)


#: "undetectable NPM1 MRD", "MRD turned negative", "conversion from MRD+ to MRD-".
_FREE_OF_DISEASE = re.compile(
    r"\b(?:[Uu]ndetectable|[Nn]egative) (?:(?!or\b|and\b|for\b)[\w/-]+ ){1,2}"
    r"(?:MRD|(?:measurable|minimal) residual disease)\b"
    r"|\bMRD (?:turned|became|converted to) negativ\w*"
    r"|\b[Cc]onver(?:sion|ted|ting) from MRD(?:\+|[ -]positiv\w+) to MRD(?:[-–−](?:negativ\w+)?| negativ\w+)"
)


def _with_residual_disease(
    text: str, start: int, end: int, named: list[tuple[int, int, OutcomeEntry]]
) -> list[tuple[int, int, OutcomeEntry]]:
    """The outcomes named, and MRD negativity in words that no list of names can hold."""
    free = [match.span() for match in _FREE_OF_DISEASE.finditer(text, start, end)] if "MRD" in text[start:end] else []
    if not free:
        return named
    ((_, _, entry),) = lexicon.outcomes().find("MRD negativity")
    kept = [one for one in named if not any(first < one[1] and one[0] < last for first, last in free)]
    return sorted([*kept, *((first, last, entry) for first, last in free)], key=lambda one: one[0])


def find_outcomes(
    text: str, start: int, end: int, words: Vocabulary[OutcomeEntry] | None = None
) -> list[OutcomeMention]:
    """Outcomes named between two offsets, in order; "overall survival (OS)" is one mention.

    An event listed under a grade or under "serious" takes its code ("grade 3 or higher: anemia, fever").
    """
    found: list[OutcomeMention] = []
    graded: OutcomeEntry | None = None
    severe_until = end  # where an event ends that stands behind its grade
    named = (words or lexicon.outcomes()).find(text, start, end)
    for first, last, entry in _with_residual_disease(text, start, end, named):
        if entry.code is Outcome.RELAPSE and (
            _WHO_AFTER.match(text, last)
            or (
                text[first:last].lower() in ("relapse", "relapsed", "re-relapsed")
                and _WHO_BEFORE.search(text[max(start, first - 30) : first])
            )
        ):
            continue
        if text[first:last] == "RR" and _ESTIMATE_BEHIND.match(text, last):
            continue  # the label of a relative risk
        if text[first:last] == "SD" and _SPREAD_BEFORE.search(text, max(start, first - 12), first):
            continue  # a standard deviation, not stable disease
        if entry.code in _SURVIVALS and (place := _OF_A_PLACE.search(text[max(start, first - 30) : first])):
            first, entry = first - len(place.group()), replace(entry, code=Outcome.OTHER, name=f"local {entry.name}")
        if entry.code is Outcome.TTP and (stage := _TO_A_STAGE.match(text, last)):
            last, entry = stage.end(), replace(entry, code=Outcome.OTHER, name="time to transformation")
        if entry.code in _REMISSIONS and _IN_REMISSION.search(text[max(start, first - 40) : first]):
            continue
        if other := other_event(text, start, end, first, last, entry):
            first, last, entry = other
            while found and found[-1].end > first:
                found.pop()
        if found and _one_stop(found[-1].code, entry.code, text[found[-1].end : first]):
            found[-1] = replace(found[-1], entry=entry if entry.code is Outcome.DISCONTINUATION else found[-1].entry)
            continue
        if entry.code in (Outcome.AE_G3, Outcome.SAE):
            graded = entry
        elif entry.code is Outcome.AE and graded is not None:
            entry = graded
        if (
            found
            and entry == found[-1].entry
            and text[found[-1].end : first].strip(" -") in ("(", "[", "rate (", "rates (")
        ):
            continue
        if (
            entry.kind == "safety"
            and found
            and found[-1].entry.kind == "safety"
            and text[found[-1].end : first].strip() in ("", "treatment-related")
        ):
            # "grade 3 neutropenia" is one mention; its words go into the text of the outcome
            found[-1] = OutcomeMention(start=found[-1].start, end=last, entry=found[-1].entry)
            continue
        if entry.kind in _HAPPENS and (timed := _TIME_TO.search(text, max(start, first - 40), first)):
            last = passes.end() if (passes := _PASSES.match(text, last)) else last
            found.append(OutcomeMention(start=timed.start(), end=last, entry=_TIME_TO_EVENT))
            continue
        if entry.kind == "safety" and (severe := _SEVERE_GRADES.search(text, max(start, first - 14), first)):
            first, entry = severe.start("grades"), replace(entry, code=Outcome.AE_G3)
            severe_until = last
        elif entry.code is Outcome.AE and _NEXT_OF_GRADE.fullmatch(text, severe_until, first):
            # "grade 3-4 anemia (41%) and fever (22%)"
            entry, severe_until = replace(entry, code=Outcome.AE_G3), last
        if entry.code is Outcome.AE_G3 and (event := _OF_A_GRADE.search(text[max(start, first - 60) : first])):
            first -= len(event["event"]) + len(" of ")
            found = [mention for mention in found if mention.end <= first]
        cause = _OF_A_CAUSE.match(text, last, end) if entry.code is Outcome.DEATH else None
        if cause is not None:
            full = " ".join(text[first : cause.end()].split())
            found.append(OutcomeMention(start=first, end=last, entry=_OF_ONE_CAUSE, words=full))
            continue
        found.append(OutcomeMention(start=first, end=last, entry=entry))
    return _with_kinds(text, start, found, words or lexicon.outcomes())


def _with_kinds(
    text: str, start: int, found: list[OutcomeMention], words: Vocabulary[OutcomeEntry]
) -> list[OutcomeMention]:
    """The outcomes, and the first kind of those that are named by two kinds of one event."""
    kinds: list[OutcomeMention] = []
    for mention in found:
        both = _OF_TWO_KINDS.search(text, max(start, mention.start - 30), mention.start)
        named = words.find(text, mention.start, mention.end) if both else []
        if both and named and mention.entry.kind in ("safety", "incidence"):
            event, _, entry = named[-1]
            noun = _KIND_BEFORE.sub("", " ".join(text[event : mention.end].split()))
            full = f"{both['one']} {noun}"
            entry = next((own for _, _, own in words.find(full, 0, len(full))), entry)  # acute GVHD has its own code
            kinds.append(OutcomeMention(start=both.start("one"), end=both.end("one"), entry=entry, words=full))
            mention = replace(mention, start=both.start("two")) if both["two"] else mention
        kinds.append(mention)
    return kinds
