from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class LimitedUpload(FileUploadHandler):
    """Stops reading one file at `UPLOAD_LIMIT` bytes; the form then finds no file and `over_limit` says why."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        if self.size > settings.UPLOAD_LIMIT:
            self.request.upload_over_limit = self.file_name
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int):
        return None


def over_limit(request) -> str:
    """A sentence naming the file that was too large, or nothing."""
    name = getattr(request, "upload_over_limit", None)
    if not name:
        return ""
    limit = settings.UPLOAD_LIMIT // (1024 * 1024)
    return f"“{name}” is larger than {limit} MB. Nothing was stored. Split the export, or import it from the command line with import_evidence."
