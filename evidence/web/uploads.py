"""Files that people send: kept under the id of their bytes, and given to the workers."""

from collections.abc import Sequence

from starlette.datastructures import UploadFile

from evidence.errors import StoreError
from evidence.model.jobs import Job
from evidence.web.service import Service
from evidence.workers import Upload, submit_ingest

#: Files of one upload.
MOST_FILES = 200


def take_uploads(service: Service, files: Sequence[UploadFile], *, by: str, ocr: bool = False) -> Job:
    """Keep the files, on the disk when this returns, and ask for them to be read; the job that does it.

    Raises
    ------
    StoreError
        If there are none or too many, or the folder of uploads cannot be used.
    FolderFull
        If the folder of uploads has no room for them.
    QueueFull
        If too many jobs wait already.
    """
    if service.files is None:
        raise StoreError("This service takes no uploads, because it was started without a folder for them (--files).")
    named = [file for file in files if file.filename]
    if not named:
        raise StoreError("No file was sent; choose one or several papers.")
    if len(named) > MOST_FILES:
        raise StoreError(f"{len(named)} files were sent and at most {MOST_FILES} are taken at once; send fewer.")
    service.store.jobs.check_room(by=by)
    kept = []
    for file in named:
        file.file.seek(0)
        kept.append(Upload(service.files.keep(file.file), file.filename or ""))
    return submit_ingest(service.store, kept, by=by, ocr=ocr)
