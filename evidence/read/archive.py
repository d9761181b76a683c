"""Office documents are ZIP archives; what is in one is looked at before anything of it is opened.

Limits on entries, on the ratio of sizes and on the whole are those of services that take files from strangers. A member
is never unpacked beyond the size it declares: `zipfile` stops there.
"""

import io
import zipfile

from evidence.errors import ReadError, UnknownFormat

MOST_ENTRIES = 10_000
MOST_RATIO = 100
MOST_BYTES = 256 * 1024 * 1024
#: The text of a paper is a few megabytes; a larger part would fill the memory when it is parsed.
MOST_XML = 64 * 1024 * 1024
#: Small members may be packed very well without any harm.
_HARMLESS = 1024 * 1024


def refuse_bombs(data: bytes, source: str) -> frozenset[str]:
    """The names of the members, if unpacking them does no harm.

    Raises
    ------
    UnknownFormat
        If the bytes are no ZIP archive.
    ReadError
        If it is encrypted, or would fill the memory.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise UnknownFormat(
            f"{source}: this is a broken ZIP archive or Office document ({error}). Save it again as docx or PDF."
        ) from error
    if any(member.flag_bits & 1 for member in members):
        raise ReadError(f"{source}: the document is encrypted. Save it without a password and give it again.")
    total = sum(member.file_size for member in members)
    steep = next((m for m in members if m.file_size > max(_HARMLESS, MOST_RATIO * m.compress_size)), None)
    large = next((m for m in members if m.filename.endswith(".xml") and m.file_size > MOST_XML), None)
    if len(members) > MOST_ENTRIES:
        found = f"it holds {len(members):,} entries, more than {MOST_ENTRIES:,}"
    elif steep is not None:
        found = f"{steep.filename} would unpack to more than {MOST_RATIO} times its size"
    elif total > MOST_BYTES:
        found = f"it would unpack to {total // 2**20:,} MB, more than {MOST_BYTES // 2**20}"
    elif large is not None:
        found = f"{large.filename} would unpack to {large.file_size // 2**20:,} MB, more than {MOST_XML // 2**20}"
    else:
        return frozenset(member.filename for member in members)
    raise ReadError(f"{source}: the archive is not opened because {found}. Save the document again as docx or PDF.")
