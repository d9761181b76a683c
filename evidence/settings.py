"""Where the store and uploaded files are, where papers are fetched from and kept, and whether a person has added words.

What a person says on the command line wins over the environment, that over the default.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

#: Environment variable that names the store where no --store is given.
STORE_VARIABLE = "EVIDENCE_STORE"
#: A database file in the current folder.
DEFAULT_STORE = "sqlite:///evidence.db"
#: Environment variable that names the folder of uploaded files.
FILES_VARIABLE = "EVIDENCE_FILES"
#: Environment variable that names a folder with words a person has added; `extract` reads it.
LEXICON_VARIABLE = "EVIDENCE_LEXICON"
#: Environment variables that name the folder of fetched papers, and mirrors of the two services.
CACHE_VARIABLE = "EVIDENCE_CACHE"
EUROPEPMC_VARIABLE = "EVIDENCE_EUROPEPMC"
EUTILS_VARIABLE = "EVIDENCE_EUTILS"
EUROPEPMC = "https://www.ebi.ac.uk/europepmc/webservices/rest"
EUTILS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"


def store_url(given: str | None = None, environment: Mapping[str, str] = os.environ) -> str:
    """SQLAlchemy URL of the store to use; an empty text counts as not given."""
    return given or environment.get(STORE_VARIABLE) or DEFAULT_STORE


def files_folder(store: str, given: str | None = None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where the uploaded files of the store at this URL are: what a person says, else beside the file of the store.

    None for a database that is no file, where nobody says.
    """
    if named := given or environment.get(FILES_VARIABLE):
        return Path(named)
    kind, slashes, file = store.partition(":///")
    if not slashes or not kind.startswith("sqlite"):
        return None
    return Path(f"{file.partition('?')[0]}.files")


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where fetched papers are kept: what the environment says, else the usual place of the system."""
    if given := environment.get(CACHE_VARIABLE):
        return Path(given)
    if sys.platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "evidence"


def service_urls(environment: Mapping[str, str] = os.environ) -> tuple[str, str]:
    """Base URLs of Europe PMC and of the E-utilities of PubMed, without a slash at the end."""
    given = (environment.get(EUROPEPMC_VARIABLE) or EUROPEPMC, environment.get(EUTILS_VARIABLE) or EUTILS)
    return given[0].rstrip("/"), given[1].rstrip("/")
