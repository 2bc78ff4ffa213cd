"""A file that is handed in as evidence: a PDF or a picture, of a size a page can show."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

EVIDENCE_BYTES = 5 * 1024 * 1024
EVIDENCE_BEGINS = {b"%PDF-": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}
"""How a file of evidence begins → its kind. Nothing else is taken."""
TYPES = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".png": "image/png"}


def evidence_file(file: Any) -> Any:
    """The uploaded file, if it is one that can be kept: told by its first bytes. Raises ``ValidationError``."""
    if file.size > EVIDENCE_BYTES:
        raise forms.ValidationError(_("The file has more than 5 MB. Make it smaller or name it in the text."))
    head = file.read(8)
    file.seek(0)
    if not any(head.startswith(begin) for begin in EVIDENCE_BEGINS):
        raise forms.ValidationError(_("Only a PDF, JPEG or PNG file can be kept as evidence."))
    return file


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
