"""The folder of uploaded files: each under the id of its bytes, and never under a name that somebody gave it.

A file is whole or not there: it is written under another name, brought to the disk, and renamed. Nothing in the folder
is opened through a link. What a person calls an upload is text (`shown_name`): the `source` of its document.
"""

import hashlib
import os
import re
import shutil
import stat
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from evidence.errors import FolderFull, NotFound, StoreError

#: Bytes that the folder may hold: some ten thousand papers.
QUOTA = 20 * 2**30
#: A name is cut to so many characters; its ending stays.
LONGEST_NAME = 150
_BYTES_AT_ONCE = 2**20
_ID = re.compile(r"[0-9a-f]{16}")
#: A file that is being written; one that a killed process left is removed after a day.
_COMING = ".coming-"
_LEFT_SECONDS = 86_400.0
#: Which file a document is in, where that holds several.
_PART = ".in"
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class OriginalFolder:
    """The uploaded files of a store. One object may be used by several threads, one folder by several processes."""

    def __init__(self, folder: Path, *, quota: int = QUOTA) -> None:
        """Open the folder, making it where it is not there; `quota` is in bytes.

        Raises
        ------
        StoreError
            If it is a link, no folder, or cannot be written to.
        """
        self.folder = folder
        self._quota = quota
        self._writing = threading.Lock()
        with self._faults():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.is_symlink():
                raise StoreError(f"{folder} is a link, and uploaded files are kept in no such folder; name its target.")
            self._sweep()

    def keep(self, content: bytes | BinaryIO) -> str:
        """Keep these bytes, on the disk when this returns, and give their document id. The same bytes are kept once.

        Raises
        ------
        FolderFull
            If they would be more than the folder may hold.
        StoreError
            If they cannot be written, or other bytes with the same id are there.
        """
        with self._writing, self._faults():
            room = self._quota - self.size()
            descriptor, name = tempfile.mkstemp(prefix=_COMING, dir=self.folder)
            coming = Path(name)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    digest = self._copied(BytesIO(content) if isinstance(content, bytes) else content, file, room)
                    file.flush()
                    os.fsync(file.fileno())
                document_id = digest[:16]
                if not self._stands(document_id, digest):
                    coming.replace(self.folder / document_id)
                    self._to_disk()
            finally:
                coming.unlink(missing_ok=True)
        return document_id

    def keep_parts(self, document_id: str, parts: set[str]) -> None:
        """Remember that these documents are in the file with this id, which holds several.

        Raises
        ------
        NotFound
            If there is no such file.
        StoreError
            If it cannot be written.
        """
        if self.path_of(document_id) is None:
            raise NotFound(f"There is no uploaded file {document_id}.")
        with self._writing, self._faults():
            for part in parts - {document_id}:
                descriptor, name = tempfile.mkstemp(prefix=_COMING, dir=self.folder)
                with os.fdopen(descriptor, "w") as file:
                    file.write(document_id)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self.folder / f"{_checked(part)}{_PART}")
            self._to_disk()

    def path_of(self, document_id: str) -> Path | None:
        """The file that is this document, or that holds it among others; None where it was not uploaded.

        `files.original` gives the bytes of the document itself. A link in the folder is no file of it.
        """
        path = self.folder / _checked(document_id)
        if _is_file(path):
            return path
        holder = path.with_name(path.name + _PART)
        if not _is_file(holder):
            return None
        with self._faults(), _opened(holder) as file:
            named = file.read(17).decode("ascii", errors="replace")
        path = self.folder / named
        return path if _ID.fullmatch(named) and _is_file(path) else None

    def size(self) -> int:
        """Bytes of everything in the folder."""
        with os.scandir(self.folder) as entries:
            return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)

    def _copied(self, content: BinaryIO, file: BinaryIO, room: int) -> str:
        """The SHA-256 of the bytes that were copied."""
        digest = hashlib.sha256()
        while data := content.read(_BYTES_AT_ONCE):
            room -= len(data)
            if room < 0 or shutil.disk_usage(self.folder).free < len(data):
                raise FolderFull(
                    f"The folder of uploaded files is full ({self._quota / 2**30:.1f} GB may be kept in "
                    f"{self.folder.name}), so the file was not taken. Ask who runs the service for more room."
                )
            digest.update(data)
            file.write(data)
        return digest.hexdigest()

    def _stands(self, document_id: str, digest: str) -> bool:
        """Whether these bytes are there already; a file that is damaged is replaced, another one is not."""
        path = self.folder / document_id
        if not _is_file(path):
            return False
        with _opened(path) as file:
            there = hashlib.file_digest(file, "sha256").hexdigest()
        if there != digest and there.startswith(document_id):
            raise StoreError(f"Another file with the id {document_id} was uploaded before; two such cannot be kept.")
        return there == digest

    def _to_disk(self) -> None:
        """See to it that the names in the folder outlast a power cut."""
        if os.name == "posix":
            descriptor = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _sweep(self) -> None:
        """Remove what processes that were killed left half written."""
        for path in self.folder.glob(f"{_COMING}*"):
            if path.lstat().st_mtime < time.time() - _LEFT_SECONDS:
                path.unlink(missing_ok=True)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"The folder of uploaded files {self.folder} cannot be used: {error.strerror or error}. Check its "
                "permissions and its disk."
            ) from error


def shown_name(given: str) -> str:
    """The name of an upload as it is shown: its last part, without control characters, in one line, not too long."""
    last = PureWindowsPath(PurePosixPath(given.replace("\x00", "")).name).name
    # "#" parts the name of a file from that of a document in it.
    # Cf holds marks that turn the direction of writing, so that "fdp.exe" reads as another ending.
    shown = "".join(" " if unicodedata.category(letter)[0] in "CZ" or letter == "#" else letter for letter in last)
    shown = " ".join(unicodedata.normalize("NFC", shown).split()).lstrip("-. ")
    if len(shown) > LONGEST_NAME:
        ending = Path(shown).suffix[:10]
        shown = shown[: LONGEST_NAME - len(ending)] + ending
    return shown or "upload"


def _checked(document_id: str) -> str:
    """The id, if it is one: it becomes a name in the folder."""
    if not _ID.fullmatch(document_id):
        raise NotFound(f"{document_id[:40]!r} is no id of a document.")
    return document_id


def _is_file(path: Path) -> bool:
    """Whether this is a file itself, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def _opened(path: Path) -> BufferedReader:
    return os.fdopen(os.open(path, os.O_RDONLY | _NO_LINKS), "rb")
