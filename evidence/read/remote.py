"""Papers by their identifiers: the open-access full text from Europe PMC, else the abstract from PubMed.

The two services are asked politely: few requests per second, again only when they are busy or out of reach, and never
twice for what was fetched lately. What comes back is bytes for `read`; nothing here looks into an article.
"""

import hashlib
import json
import os
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from evidence.errors import ReadError

_IDENTIFIER = re.compile(r"^\s*(?P<kind>pmid|pmcid|doi)\s*:\s*(?P<value>\S+)\s*$", re.IGNORECASE)
_DOI_LINK = re.compile(r"^\s*https?://(?:dx\.)?doi\.org/(?P<value>10\.\S+)\s*$", re.IGNORECASE)
_FORMS = {
    "pmid": (re.compile(r"\d{1,9}"), "a number, as in pmid:12345678"),
    "pmcid": (re.compile(r"PMC\d{1,9}"), "PMC and a number, as in pmcid:PMC1234567"),
    "doi": (re.compile(r"10\.\d{4,9}/[^\s\"<>]+"), "as in doi:10.1000/182"),
}
#: How the search of Europe PMC names each kind.
_QUERIES = {"pmid": "EXT_ID:{} AND SRC:MED", "pmcid": "PMCID:{}", "doi": 'DOI:"{}"'}
#: Answers that may be other ones a moment later.
_BUSY = frozenset((429, 500, 502, 503, 504))
#: No paper as XML is larger.
_LARGEST = 100 * 1024 * 1024
#: A record fetched longer ago is asked for again: the article may have been retracted, or its full text opened.
_FRESH_SECONDS = 30 * 24 * 3600
_ATTEMPTS = 4
_LONGEST_WAIT = 60.0
_LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class Identifier:
    """What a person calls a paper by."""

    kind: str  # pmid, pmcid, doi
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A paper as it came, and whether it is its abstract alone."""

    data: bytes
    abstract_only: bool


class _Again(Exception):
    """The service is busy; `after` is how many seconds it asks to wait."""

    def __init__(self, status: int, after: float | None) -> None:
        super().__init__(f"status {status}")
        self.after = after


def identifier_of(text: str) -> Identifier:
    """The identifier a text is: "pmid:12345678", "pmcid:PMC1234567", "doi:10.1000/182", "https://doi.org/10.1000/182".

    Raises
    ------
    ReadError
        If it is none of these.
    """
    if match := _DOI_LINK.match(text):
        return Identifier("doi", match["value"])
    if not (match := _IDENTIFIER.match(text)):
        raise ReadError(
            f"{text}: this is no identifier; write it as pmid:12345678, pmcid:PMC1234567 or doi:10.1000/182."
        )
    kind, value = match["kind"].lower(), match["value"]
    if kind == "pmcid":
        value = "PMC" + value.upper().removeprefix("PMC")
    return Identifier(kind, value)


@dataclass(slots=True, kw_only=True)
class Library:
    """The two services and the folder in which their answers are kept.

    `europepmc` and `eutils` are base URLs; `timeout` is in seconds and for each request, `backoff` the first wait in
    seconds before asking again.
    """

    europepmc: str
    eutils: str
    cache: Path
    timeout: float = 20.0
    per_second: float = 3.0
    backoff: float = 0.5
    _asked_at: float = field(default=0.0, init=False)
    _client: httpx.Client | None = field(default=None, init=False)

    def fetch(self, wanted: Identifier) -> Fetched:
        """The paper with this identifier.

        Raises
        ------
        ReadError
            If the identifier is malformed or unknown, nothing of the paper is open, or the services cannot be reached.
        """
        form, example = _FORMS[wanted.kind]
        if not form.fullmatch(wanted.value):
            raise ReadError(f"{wanted}: this is no identifier of its kind, which is {example}.")
        kept = self.cache / _file_name(wanted)
        if kept.is_file() and time.time() - kept.stat().st_mtime < _FRESH_SECONDS:
            return _fetched(kept.read_bytes())
        try:
            data = self._ask(wanted)
        except (_Again, httpx.HTTPError) as error:
            if kept.is_file():  # old, and better than nothing
                return _fetched(kept.read_bytes())
            raise ReadError(
                f"{wanted}: Europe PMC and PubMed could not be reached ({_reason(error)}). "
                "Check the connection and try again, or give the paper as a file."
            ) from error
        _keep(kept, data)
        return _fetched(data)

    def _ask(self, wanted: Identifier) -> bytes:
        """Full text where it is open, else the abstract."""
        if wanted.kind == "pmcid" and (data := self._full_text(wanted.value, wanted)):
            return data
        found = self._search(wanted)
        pmcid, pmid = found.get("pmcid"), found.get("pmid") or (wanted.value if wanted.kind == "pmid" else None)
        is_open = wanted.kind != "pmcid" and pmcid and found.get("isOpenAccess") == "Y"
        if is_open and (data := self._full_text(str(pmcid), wanted)):
            return data
        if pmid and (data := self._abstract(str(pmid), wanted)):
            return data
        if found:
            raise ReadError(
                f"{wanted}: neither is the full text open access nor does PubMed hold the abstract. "
                "Give the paper as a file."
            )
        raise ReadError(f"{wanted}: neither Europe PMC nor PubMed knows this paper. Check the identifier.")

    def _full_text(self, pmcid: str, wanted: Identifier) -> bytes | None:
        answer = self._get(f"{self.europepmc}/{quote(pmcid, safe='')}/fullTextXML", {})
        return _checked(answer, b"<article", "Europe PMC", wanted) if answer is not None else None

    def _abstract(self, pmid: str, wanted: Identifier) -> bytes | None:
        query = {"db": "pubmed", "id": pmid, "retmode": "xml", "tool": "evidence"}
        answer = self._get(f"{self.eutils}/efetch.fcgi", query)
        if answer is None or (b"<PubmedArticleSet" in answer and b"<PubmedArticle>" not in answer):
            return None
        return _checked(answer, b"<PubmedArticle>", "PubMed", wanted)

    def _search(self, wanted: Identifier) -> dict[str, Any]:
        """What Europe PMC knows of the paper; nothing if it does not know it."""
        query = {"query": _QUERIES[wanted.kind].format(wanted.value), "format": "json", "resultType": "lite"}
        answer = self._get(f"{self.europepmc}/search", query)
        try:
            found = json.loads(answer or b"{}").get("resultList", {}).get("result", [])
            same = [entry for entry in found if _is(entry, wanted)]
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            raise ReadError(
                f"{wanted}: Europe PMC answered with something that is no list of papers. Try again later."
            ) from error
        return same[0] if same else {}

    def _get(self, url: str, query: dict[str, str]) -> bytes | None:
        """The body of the answer; None where there is nothing at this address."""
        retrying = Retrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=self._wait,
            retry=retry_if_exception_type((_Again, httpx.TransportError)),
            reraise=True,
        )
        return retrying(self._get_once, url, query)

    def _get_once(self, url: str, query: dict[str, str]) -> bytes | None:
        pause = self._asked_at + 1 / self.per_second - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._asked_at = time.monotonic()
        if self._client is None:
            agent = {"User-Agent": "evidence (systematic reviews)"}
            self._client = httpx.Client(timeout=self.timeout, follow_redirects=True, headers=agent)
        with self._client.stream("GET", url, params=query) as answer:
            if answer.status_code in _BUSY:
                raise _Again(answer.status_code, _seconds(answer.headers.get("Retry-After")))
            if answer.status_code in (400, 403, 404, 410):
                return None
            answer.raise_for_status()
            body = bytearray()
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    raise httpx.DecodingError(f"more than {_LARGEST // 2**20} MB")
        return bytes(body)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, _Again) else None
        return asked if asked is not None else wait_exponential(multiplier=self.backoff, max=_LONGEST_WAIT)(state)


def _is(entry: dict[str, Any], wanted: Identifier) -> bool:
    """Whether a paper that was found is the one asked for."""
    return str(entry.get(wanted.kind, "")).lower() == wanted.value.lower()


def _checked(answer: bytes, begin: bytes, who: str, wanted: Identifier) -> bytes:
    if begin not in answer:
        raise ReadError(f"{wanted}: {who} answered with something that is no article. Try again later.")
    return answer


def _fetched(data: bytes) -> Fetched:
    return Fetched(data, abstract_only=b"<PubmedArticle" in data[:4096])


def _seconds(header: str | None) -> float | None:
    """What a service asks to wait, within reason; None for a date or nothing."""
    return min(float(header), _LONGEST_WAIT) if header and header.strip().isdecimal() else None


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, _Again):
        return f"busy, {error}"
    if isinstance(error, httpx.HTTPStatusError):
        return f"status {error.response.status_code}"
    return str(error) or type(error).__name__


def _file_name(wanted: Identifier) -> str:
    """A name without separators; long identifiers are told apart by their hash."""
    name = quote(str(wanted).lower(), safe="")
    if len(name) > _LONGEST_NAME:
        name = name[: _LONGEST_NAME - 17] + "-" + hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{name}.xml"


def _keep(path: Path, data: bytes) -> None:
    """Write whole or not at all; a cache that cannot be written only costs time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        return
