"""A file that is handed in as evidence: a PDF or a picture, of a size a page can show."""

import io
import stat
import zipfile
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from registries.spreadsheets.gate import MOST_MEMBERS, MOST_UNPACKED

EVIDENCE_BYTES = 5 * 1024 * 1024
EVIDENCE_BEGINS = {b"%PDF-": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}
"""How a file of evidence begins → its kind. Nothing else is taken."""
EVIDENCE_PIXELS = 40_000_000
"""What a browser shows without running out of memory."""
TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}


def evidence_file(file: Any) -> Any:
    """The uploaded file, if it is one that can be kept: told by its first bytes. Raises ``ValidationError``."""
    if file.size > EVIDENCE_BYTES:
        raise forms.ValidationError(_("The file has more than 5 MB. Make it smaller or name it in the text."))
    head = file.read(8)
    file.seek(0)
    if not any(head.startswith(begin) for begin in EVIDENCE_BEGINS):
        raise forms.ValidationError(_("Only a PDF, JPEG or PNG file can be kept as evidence."))
    if why := why_not_picture(file.read()):
        raise forms.ValidationError(why)
    file.seek(0)
    return file


def why_not_picture(body: bytes) -> str:
    """Why a file that begins like a picture is none that can be shown; "" for those that are, and for whatever begins otherwise."""
    if body.startswith(b"%PDF-") or not body.startswith(tuple(EVIDENCE_BEGINS)):
        return ""
    try:
        with Image.open(io.BytesIO(body), formats=("JPEG", "PNG")) as image:
            width, height = image.size
            if width * height <= EVIDENCE_PIXELS:
                image.draft("RGB", (64, 64))  # a JPEG is decoded small: enough to see that it is whole
                image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return _("This picture is damaged. Open it, save it again, and send that.")
    if width * height > EVIDENCE_PIXELS:
        return _("This picture has more than 40 megapixels. Make it smaller.")
    return ""


def why_not_office_file(body: bytes) -> str:
    """Why an archive is no document of Word or Excel that can be kept; "" for those that are, and for whatever is no archive."""
    if not body.startswith(b"PK"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return _("This file is damaged. Open it, save it again, and send that.")
    names = [member.filename.lower() for member in members]
    odd = any(stat.S_ISLNK(member.external_attr >> 16) or member.filename.startswith("/") or ".." in member.filename.split("/") for member in members)
    if odd or len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        return _("This file is no document that Word or Excel has written. Open it, save it again, and send that.")
    if "[content_types].xml" not in names or not any(name.startswith(("word/", "xl/")) for name in names):
        return _("This is a packed folder, no document. Send the document itself.")
    if any(name.endswith("vbaproject.bin") for name in names):
        return _("This document contains macros. Save it as .docx or .xlsx, or as PDF.")
    return ""


def shown(body: bytes, name: str) -> HttpResponse:
    """A kept file opened in the browser: a PDF or a picture by its first bytes, anything else as a download."""
    kind = next((kind for begin, kind in EVIDENCE_BEGINS.items() if body.startswith(begin)), "")
    response = HttpResponse(body, content_type=TYPES.get(kind, "application/octet-stream"))
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=not kind, filename=name) or "attachment"
    return response


def download(body: bytes, name: str) -> HttpResponse:
    """A kept file as a download called ``name`` (without its ending); no such page where there is none."""
    if not body:
        raise Http404
    kind = next((kind for begin, kind in EVIDENCE_BEGINS.items() if body.startswith(begin)), "")
    response = HttpResponse(body, content_type=TYPES.get(kind, "application/octet-stream"))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}{kind}"'
    return response
