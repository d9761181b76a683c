"""What the codes of outcomes stand for, as a reader of a table needs it who does not know the codes."""

from evidence.model.codes import Outcome

#: Codes in words; what has no entry (OTHER) is named by the words of its document.
OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.OS: "overall survival",
    Outcome.RFS: "relapse-free survival",
    Outcome.LFS: "leukaemia-free survival",
    Outcome.EFS: "event-free survival",
    Outcome.PFS: "progression-free survival",
    Outcome.DFS: "disease-free survival",
    Outcome.DOR: "duration of response or remission",
    Outcome.TTP: "time to progression",
    Outcome.GRFS: "GVHD-free, relapse-free survival",
    Outcome.RELAPSE: "relapse",
    Outcome.NRM: "non-relapse mortality",
    Outcome.TRM: "treatment-related mortality",
    Outcome.DEATH: "death of any cause",
    Outcome.AGVHD: "acute graft-versus-host disease",
    Outcome.CGVHD: "chronic graft-versus-host disease",
    Outcome.CR: "complete remission",
    Outcome.CRI: "complete remission with incomplete haematological recovery",
    Outcome.CRH: "complete remission with partial haematological recovery",
    Outcome.CRP: "complete remission with incomplete platelet recovery",
    Outcome.CRC: "composite complete remission",
    Outcome.PR: "partial remission",
    Outcome.ORR: "overall response",
    Outcome.MRD_NEG: "negative measurable residual disease",
    Outcome.AE: "adverse events",
    Outcome.SAE: "serious adverse events",
    Outcome.AE_G3: "adverse events of grade 3 or higher",
    Outcome.DISCONTINUATION: "discontinuation",
}

#: Patients without the event, and with it, of outcomes whose names do not say which of them a number counts.
COUNTED: dict[Outcome, tuple[str, str]] = {
    Outcome.OS: ("alive", "died"),
    Outcome.RFS: ("alive without relapse", "relapsed or died"),
    Outcome.LFS: ("alive without leukaemia", "relapsed or died"),
    Outcome.DFS: ("alive without disease", "relapsed or died"),
    Outcome.EFS: ("alive without event", "had an event or died"),
    Outcome.PFS: ("alive without progression", "progressed or died"),
    Outcome.GRFS: ("alive without GVHD and relapse", "had GVHD, relapsed or died"),
    Outcome.DOR: ("still in response", "lost the response"),
    Outcome.TTP: ("without progression", "progressed"),
}


def outcome_words(code: str) -> str:
    """A code with its meaning, "composite complete remission (CRc)"; what has none stays as it is."""
    words = OUTCOME_WORDS.get(Outcome(code)) if code in {known.value for known in Outcome} else None
    return f"{words[0].upper()}{words[1:]} ({code})" if words else code
