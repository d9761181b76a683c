"""What a user's name and password may be, and how a password is kept.

Two names are the same where people could not tell them apart by case or by the form of a letter (NFKC and case folding
as in Unicode Standard Annex 31). Passwords follow NIST SP 800-63B: long enough, not the name, no rule of composition;
no list of known passwords is compared. They are kept as Argon2id hashes (RFC 9106) with the parameters that argon2-cffi
recommends.
"""

import functools
import re
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from evidence.errors import StoreError
from evidence.model.users import name_key

LONGEST_NAME = 64
#: Not seen though not of the categories C: Default_Ignorable_Code_Point of Unicode 15, and the empty Braille pattern.
_UNSEEN = re.compile(
    "[\u2800\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
SHORTEST_PASSWORD = 12
#: Hashing takes time with length; nobody's pass phrase is longer.
LONGEST_PASSWORD_BYTES = 1024

_hasher = PasswordHasher()
#: A comparison takes 64 MiB: many logins at once wait for each other rather than fill the memory.
_room = threading.BoundedSemaphore(4)


def proper_name(name: str, what: str = "A user's name") -> str:
    """The name as it is kept and shown.

    Raises
    ------
    StoreError
        If it is empty, too long, or has characters that are not seen.
    """
    kept = " ".join(unicodedata.normalize("NFKC", name).split())
    if not kept or len(kept) > LONGEST_NAME:
        raise StoreError(f"{what} has 1 to {LONGEST_NAME} characters; this one has {len(kept)}.")
    unseen = next((letter for letter in kept if not letter.isprintable() or _UNSEEN.match(letter)), None)
    if unseen is not None:
        raise StoreError(f"{what} cannot have characters that are not seen, such as U+{ord(unseen):04X}.")
    return kept


def hashed(password: str, name: str) -> str:
    """The hash of a new password for the user of this name.

    Raises
    ------
    StoreError
        If the password is too short, too long, the name, or no text.
    """
    try:
        length = len(password.encode())
    except UnicodeEncodeError as error:
        raise StoreError("The password is no text in UTF-8; type it again.") from error
    if length > LONGEST_PASSWORD_BYTES:
        raise StoreError(f"The password has more than {LONGEST_PASSWORD_BYTES} bytes; take a shorter one.")
    if len(_plain(password)) < SHORTEST_PASSWORD:
        raise StoreError(f"The password has fewer than {SHORTEST_PASSWORD} characters; take several words.")
    if name_key(password) == name_key(name):
        raise StoreError("The password is the name of the user; take another.")
    return _hasher.hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password of that hash; without a hash never, after as long a time."""
    standing_in = _nobody()  # made before the first answer, whomever it is about
    if len(password.encode(errors="surrogatepass")) > LONGEST_PASSWORD_BYTES:
        return False
    typed = _plain(password).encode(errors="surrogatepass")
    try:
        with _room:
            return _hasher.verify(kept or standing_in, typed) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than are recommended now."""
    return _hasher.check_needs_rehash(kept)


def _plain(password: str) -> str:
    """The same characters whatever keyboard they come from, as SP 800-63B asks."""
    return unicodedata.normalize("NFKC", password)


@functools.cache
def _nobody() -> str:
    """A hash that is nobody's."""
    return _hasher.hash(unicodedata.name("\N{EMPTY SET}"))
