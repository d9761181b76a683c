"""Names of arms from the words papers name groups by: "the X group", "group A", "X (n = 43)", "X (arm A, n = 43)"."""

import re

from evidence.extract import lexicon
from evidence.extract.arm_candidates import Candidates, Place
from evidence.extract.arm_names import BY_ROLE, LETTERED, name_before, treatment_phrases, whole_number
from evidence.extract.digits import WHOLE, WORD_NUMBER, spelled, to_whole


def collect_groups(place: Place, candidates: Candidates, *, sized: bool) -> None:
    """Note every group that a sentence names as such or gives a size for; `sized`: its sizes are read already."""
    _named_groups(place, candidates)
    _groups_by_role(place, candidates)
    _lettered_groups(place, candidates)
    _groups_of(place, candidates)
    _groups_in_brackets(place, candidates)
    if not sized:
        _sized_names(place, candidates)
        _sizes_in_one_bracket(place, candidates)


_GROUP_WORD = re.compile(r"[\s-](?:group|arm|cohort)")
#: "the X group", "X and Y arms"; not "group of", "group A", "group difference".
_GROUP = re.compile(
    r"(?P<label>[A-Za-z0-9][^.;:()\[\]\n]{0,70}?)[\s-](?P<word>groups?|arms?|cohorts?)\b"
    r"(?!\s(?:of|A\b|B\b|study|trial|comparison|difference))"
)
_LISTED = re.compile(r"\s(?:and|or|vs\.?|versus|v)\s|, (?:and )?")
_SIZE_BEHIND = re.compile(r"\s?\([nN]\s?=\s?(\d[\d,]*)")


def _named_groups(place: Place, candidates: Candidates) -> None:
    """Note X in "the X group", and X and Y in "the X and Y groups"."""
    if not _GROUP_WORD.search(place.words):
        return  # spares trying a name at every letter
    for match in _GROUP.finditer(place.words):
        at = place.start + match.end("label")
        if match["word"].endswith("s"):
            names = [name_before(piece, len(piece)) for piece in _LISTED.split(match["label"])[-4:]]
            names = [name for name in names if name]
            if len(names) >= 2:
                candidates.set_against(
                    [candidates.note(name, at, support=place.weight, group=True) for name in names[-2:]]
                )
            continue
        if name := name_before(place.text, at, place.start):
            pieces = _LISTED.split(match["label"])
            behind = place.start + match.end()
            size = _SIZE_BEHIND.match(place.text, behind, behind + 20)
            n = whole_number(size[1]) if size else None
            key = candidates.note(name, at, support=place.weight, group=True, n=n)
            if len(pieces) > 1 and lexicon.control_words().search(name):
                # "between the exercise and control group"
                before = name_before(pieces[-2], len(pieces[-2]))
                candidates.set_against([key, candidates.note(before, at, support=place.weight, group=True)])


def _groups_by_role(place: Place, candidates: Candidates) -> None:
    """Note groups that a name tells nothing of but that they are not the control."""
    for match in BY_ROLE.finditer(place.words):
        n = whole_number(match["n"]) if match["n"] else None
        candidates.note_role(match["label"], place.start + match.start(), support=place.weight, n=n)


#: "group A patients (n = 18, mean age 47)", "group I (dressing removed on day 1, n = 100)".
_SIZE_SOMEWHERE_BEHIND = re.compile(r"(?: (?:patients|women))?\s?\((?:[^()%]*?[,;:]\s?)?[nN]\s?=\s?(\d[\d,]*)")
_BRACKET_OPENS = re.compile(r"\(\s?$")


def _lettered_groups(place: Place, candidates: Candidates) -> None:
    """Note "group A"; in "chemotherapy (group A)" it is a name of the chemotherapy arm."""
    for match in LETTERED.finditer(place.words):
        at = place.start + match.start()
        bracket = _BRACKET_OPENS.search(place.words[: match.start()])
        if bracket and place.words[match.end() : match.end() + 1] == ")":
            name = name_before(place.text, place.start + bracket.start(), place.start)
            if key := candidates.note(name, at, support=place.weight, group=True):
                candidates.add_letter(key, match)
                continue
        size = _SIZE_SOMEWHERE_BEHIND.match(place.words, match.end())
        n = whole_number(size[1]) if size else None
        candidates.note(_lettered_name(match), at, support=2 * place.weight if n else place.weight, group=True, n=n)


def _lettered_name(match: re.Match[str]) -> str:
    """Name of a lettered group as it stands inside a sentence ("group A")."""
    return f"{match['word'].lower()} {match['letter']}"


_GROUP_OF = re.compile(
    r"\bgroup of (?P<label>[^.;:()\[\]\n,]{4,70}?)(?=\s?(?:[.;:()\[\]\n,]|\band \d|\bwas\b|\bwere\b|$))"
)


def _groups_of(place: Place, candidates: Candidates) -> None:
    """Note X in "the group of X", where X is a treatment."""
    for match in _GROUP_OF.finditer(place.words):
        if lexicon.treatments().find(match["label"]):
            candidates.note(match["label"], place.start + match.start(), support=place.weight, group=True)


_CALLED = r"[^()]{3,30}?)[\s-](?:group|cohort|arm)\)"
_GIVEN_AND_CALLED = re.compile(
    rf"(?P<n>{WHOLE}|[A-Z][a-z]+(?:-[a-z]+)?) (?:patients )?(?:received|were given|underwent) "
    rf"(?P<what>[^.;:()\[\]]{{3,60}}?) \((?:the )?(?P<label>{_CALLED},? (?:and|while|whereas) "
    rf"(?P<rest>{WHOLE}) (?:patients )?did not[^()]{{0,20}} \((?:the )?(?P<other>{_CALLED}"
)


def _groups_in_brackets(place: Place, candidates: Candidates) -> None:
    """Note X and Y in "71 patients received A (X group) and 117 did not (Y group)"; A is another name of X."""
    for match in _GIVEN_AND_CALLED.finditer(place.words):
        at, support = place.start + match.start("label"), 2 * place.weight
        spelled_out = WORD_NUMBER.fullmatch(match["n"])
        n = to_whole(match["n"]) if match["n"][0].isdigit() else spelled(spelled_out) if spelled_out else None
        key = candidates.note(match["label"], at, support=support, group=True, n=n)
        other = candidates.note(match["other"], at + 1, support=support, group=True, n=to_whole(match["rest"]))
        candidates.set_against([key, other])
        candidates.add_nickname(key, match["what"])


#: "(n = 43)", "(arm A, n = 43)", "(43 patients)".
_SIZED = re.compile(
    r"\((?:(?P<inside>[^()]{2,40}?)[,;:]?\s)?[nN]\s?=\s?(?P<n>\d[\d,]*)[^()]{0,40}\)"
    r"|\((?:(?P<called>[^()]{1,40}?)[,;:]\s)?(?P<m>\d[\d,]*) (?:patients|pts|women|men|participants|subjects)\b"
    r"[^()]{0,40}\)"
)
_ALL_OF_THEM = re.compile(r",? (?:were|was) (?:\w+ )?random")
_LETTERED_BEFORE = re.compile(LETTERED.pattern + r"(?: (?:patients|women))?\s?$")
_NOT_A_NAME = re.compile(r"\d|%|grade")
#: "(ECX, control group, 360 patients)", "(FCR; 263 patients)".
_SHORT_AND_ROLE = re.compile(
    r"(?P<short>[A-Z][\w+/-]{1,15})(?:[,;] (?:the )?(?:control|experimental|standard|investigational) (?:group|arm))?"
)
_SAYS_GROUP = re.compile(r"group|arm|cohort", re.IGNORECASE)
#: What was given within arms: "38 patients in the A group received X (n = 22)", "X (n = 30) and others (n = 11)".
_PARTS_OF_TREATMENT = re.compile(
    r"\b[Pp]atients in the [\w-]+ (?:group|arm) received\b[^.]*\([nN]\s?="
    r"|[nN]\s?=[^()]*[nN]\s?=[^()]*\),? (?:and|while|whereas) \d[\d,]* (?:patients )?(?:did|had|were) not\b"
    r"|\bothers?(?: regimens?| drugs?| agents?)?\s\([nN]\s?="
)
_BRACKET_BEHIND = re.compile(r"\s?\([^()]*\)\s?$")
_OTHER_SIZE_BETWEEN = re.compile(r"[nN]\s?=|[.;]\s")


def _sized_names(place: Place, candidates: Candidates) -> None:
    """Note names with a size in brackets behind them."""
    text, support = place.text, 2 * place.weight
    if _PARTS_OF_TREATMENT.search(place.words):
        return
    for match in _SIZED.finditer(place.words):
        n = whole_number(match["n"] or match["m"])
        at = place.start + match.start()
        if _LETTERED_BEFORE.search(place.words[: match.start()]):
            continue  # read with its letter
        if "%" in match.group() or _ALL_OF_THEM.match(place.words, match.end()):
            continue  # a characteristic with its share, or those who are yet to be parted
        phrases = treatment_phrases(text, place.start, at)
        inside = match["inside"] or match["called"]
        if inside and (short := _SHORT_AND_ROLE.fullmatch(inside)):
            key = candidates.note(short["short"], at, support=support, n=n, group=True)
            if key and lexicon.control_words().search(inside):
                candidates.add_nickname(key, "control")
            continue
        if inside and _SAYS_GROUP.search(inside) and not _NOT_A_NAME.search(inside):
            letter = LETTERED.search(inside)
            if letter and phrases and at - phrases[-1].end <= 40:
                name = _BRACKET_BEHIND.sub("", text[phrases[-1].start : at].strip())
                candidates.add_letter(candidates.note(name, at, support=support, n=n), letter)
            else:
                candidates.note(inside, at, support=support, n=n, group=True)
            continue
        dose = _DOSE_BEFORE.search(place.words, 0, match.start())
        name = name_before(text, place.start + dose.start() if dose else at, place.start)
        if phrases and at - phrases[-1].end <= 2:
            name = text[phrases[-1].start : phrases[-1].end]
        elif _LISTS_EVENTS.search(place.words, 0, match.start()):
            continue  # "adverse events, including rash (n = 6)"
        if name and candidates.note(name, at, support=support, n=n):
            continue
        if phrases and not _OTHER_SIZE_BETWEEN.search(text[phrases[-1].end : at]):
            # the name stands further back, behind dose and schedule
            last = phrases[-1]
            candidates.note(text[last.start : last.end], last.start, support=support, n=n)


#: "oral X, 240 mg daily (n = 1420)".
_DOSE_BEFORE = re.compile(r",\s\d[\d.]*\s?(?:mg|g|µg|μg|mcg|Gy|IU|mL)\b[^,;.()]{0,30}$")
_LISTS_EVENTS = re.compile(
    r"(?:[Aa]dverse (?:events?|reactions?)|\bS?AEs?\b|[Tt]oxicit\w+|[Ss]ide[\s-]effects|[Cc]omplications"
    r"|[Cc]auses? of death)[^.;]*?\b(?:includ\w+|were|such as)\b[^.;]*$"
)
_BRACKET_WITH_SIZES = re.compile(r"\(([^()]*?[nN]\s?=\s?\d[^()]*)\)")
_NEXT_IN_BRACKET = re.compile(r";|,(?=[^,]*?(?:group|arm))| and ")
_NAME_AND_SIZE = re.compile(
    r"\s*(?P<label>[A-Za-z][\w\s+/-]{1,40}?)(?P<group>\s(?:group|arm))?\s?[,:]?\s[nN]\s?=\s?(?P<n>\d+)"
)


def _sizes_in_one_bracket(place: Place, candidates: Candidates) -> None:
    """Note the names in "(X group, n = 43; Y group, n = 41)"."""
    if _PARTS_OF_TREATMENT.search(place.words):
        return
    for match in _BRACKET_WITH_SIZES.finditer(place.words):
        for piece in _NEXT_IN_BRACKET.split(match[1]):
            sized = _NAME_AND_SIZE.match(piece)
            if sized and (sized["group"] or lexicon.treatments().find(sized["label"])):
                at = place.start + match.start()
                candidates.note(sized["label"], at, support=2 * place.weight, n=int(sized["n"]), group=True)
