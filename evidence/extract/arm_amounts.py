"""Arms that get the same in different amounts: "randomly assigned to 3 or 6 months of X", "X 10 mg (n = 43) or 5 mg".

An amount names an arm only where a sentence divides the patients by it; where arms have names of their own they are
called by these (`arms.py`).
"""

import re
from collections.abc import Sequence

from evidence.extract.arm_names import whole_number
from evidence.extract.arms import ArmGuess
from evidence.extract.numbers import is_design_assumption
from evidence.model.codes import Role

_TIME = r"days|weeks|months|years|cycles|courses"
_DOSE = r"mg/day|mg/d|mg/kg|mg/m2|mg/m²|mg|µg/kg|μg/kg|µg|μg|mcg|g|Gy|IU"
_NUMBER = r"\d+(?:\.\d+)?"
_BRACKET = r"(?:\s?\((?P<{}>[^()]*)\))?"
_OR = r",?\s(?:or|vs?\.?|versus)\s"
#: "to 3 or 6 months of", "to receive 3 v 6 months of".
_TIMES = re.compile(
    rf"\bto (?:receive )?(?:either )?(?P<one>{_NUMBER})(?: (?:{_TIME}))?{_OR}(?P<other>{_NUMBER}) (?P<unit>{_TIME})\b"
)
#: "X 10 mg (standard; n = 104) or 5 mg (n = 107)".
_DOSES = re.compile(
    rf"(?P<drug>\b[A-Za-z][\w-]+)\s(?P<one>{_NUMBER})\s?(?P<unit>{_DOSE}){_BRACKET.format('first')}{_OR}"
    rf"(?:to )?(?:(?P=drug)\s)?(?P<other>{_NUMBER})\s?(?P=unit)(?![\w/]){_BRACKET.format('second')}"
)
_DIVIDES = re.compile(r"random|assign|allocat", re.IGNORECASE)
_SIZE = re.compile(r"\b[nN]\s?=\s?(\d[\d,]*)")
_STANDARD = re.compile(r"\b(?:standard|control|conventional|usual)\b", re.IGNORECASE)
#: The amount said to be no worse, and the one it is set against.
_AGAINST = (
    r"\b{}[^.;]{{0,30}}?\b(?:versus|vs\.?|v|compared with|over|(?:was|were|is) non-?inferior to)\s[^.;]{{0,20}}?{}\b"
)


def arms_by_amount(told: Sequence[str], title: str) -> tuple[ArmGuess, ...]:
    """Two arms named by their amounts; none where no sentence divides the patients so, or several do so differently."""
    found: dict[tuple[str, str, str], re.Match[str]] = {}
    for words in told:
        if is_design_assumption(words) and "random" not in words:
            continue
        for form in (_TIMES, _DOSES):
            for match in form.finditer(words) if _DIVIDES.search(words) else ():
                if match["one"] != match["other"]:
                    found.setdefault((match["one"], match["other"], match["unit"]), match)
    if len(found) != 1:
        return ()
    (((one, other, unit), match),) = found.items()
    labels = (f"{one} {unit}", f"{other} {unit}")
    sizes = _sizes(match, labels, told)
    roles = _roles(match, labels, (title, *told))
    return tuple(
        ArmGuess(label=label, role=role, treatment=(), n=n, variants=_variants(amount, unit), sizes=())
        for label, role, n, amount in zip(labels, roles, sizes, (one, other), strict=True)
    )


def _variants(amount: str, unit: str) -> tuple[str, ...]:
    """What an arm is called: a dose by itself; a time, which may be a time point, only before "group" or "arm"."""
    if re.fullmatch(_TIME, unit):
        single = unit.removesuffix("s")
        return tuple(f"{amount} {word} {what}" for word in (single, unit) for what in ("group", "arm", "regimen"))
    return tuple(dict.fromkeys((f"{amount} {unit}", f"{amount} {unit.split('/d')[0]}")))


def _sizes(match: re.Match[str], labels: tuple[str, str], told: Sequence[str]) -> tuple[int | None, int | None]:
    """Sizes in the brackets behind the amounts, or told as "657 were assigned to 3 months and 656 to 6 months"."""
    brackets = match.groupdict()
    sized = [_SIZE.search(brackets.get(name) or "") for name in ("first", "second")]
    if sized[0] and sized[1]:
        return whole_number(sized[0][1]), whole_number(sized[1][1])
    first, second = map(re.escape, labels)
    given = r"(?P<{}>\d[\d,]*) (?:(?:patients|were|was|randomly|assigned|allocated|randomi[sz]ed|received?|to) )*?"
    both = re.compile(given.format("one") + first + r"[^.;]{0,40}?\band " + given.format("other") + second + r"\b")
    for words in told:
        if numbers := both.search(words):
            return whole_number(numbers["one"]), whole_number(numbers["other"])
    return None, None


def _roles(match: re.Match[str], labels: tuple[str, str], told: Sequence[str]) -> tuple[Role, Role]:
    """The standard amount is the control, else the one that the other is set against; other where nothing tells."""
    brackets = match.groupdict()
    standard = [bool(_STANDARD.search(brackets.get(name) or "")) for name in ("first", "second")]
    turned = standard[0] and not standard[1]
    if not any(standard):
        one, other = (rf"{re.escape(label.split()[0])}(?:[ -]{re.escape(label.split()[1])})?" for label in labels)
        forward = sum(len(re.findall(_AGAINST.format(one, other), words)) for words in told)
        backward = sum(len(re.findall(_AGAINST.format(other, one), words)) for words in told)
        if forward == backward == 0:
            return Role.OTHER, Role.OTHER
        turned = backward > forward
    return (Role.CONTROL, Role.EXPERIMENTAL) if turned else (Role.EXPERIMENTAL, Role.CONTROL)
