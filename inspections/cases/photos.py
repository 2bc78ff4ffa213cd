"""Photos and scans of a visit: encoded again and stripped, and kept sealed outside the database and the web root (``registries/sealedfiles``).

A file is named by the SHA-256 of what is kept, so the same one twice is one file. What was written for a command that was
refused in the end is a file that no row names.
"""

import hashlib
import io
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from PIL import Image, ImageOps, UnidentifiedImageError

from registries.imports.sealed import seal_bytes, unseal_bytes
from registries.ledger.change import refuse_now
from registries.ledger.sentences import say
from registries.sealedfiles import keeping

LIMIT_BYTES = 20 * 1024 * 1024
LIMIT_PIXELS = 40_000_000
SIDE = 2560
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
ORIENTATION = 0x0112
PLACE = b"inspections.photo.file"


class Kept(NamedTuple):
    """A file ready to be kept: its bytes, what they are, the digests of what was sent and of what is kept."""

    body: bytes
    content_type: str
    sent_sha256: str
    sha256: str
    position_kept: bool


def photo(sent: bytes, *, as_evidence: bool) -> Kept:
    """A photo encoded again, its long side at most 2560; what the camera wrote into it (place, time, make) goes unless
    ``as_evidence``. Refused: more than 20 MB, more than 40 megapixels, no JPEG, PNG or WebP picture."""
    _refuse_size(sent)
    try:
        with Image.open(io.BytesIO(sent), formats=FORMATS) as image:
            width, height = image.size
            if width * height > LIMIT_PIXELS:
                refuse_now(
                    say(
                        "This photo has %(found)s megapixels; at most %(most)s are taken. Choose a smaller size in the camera.",
                        found=round(width * height / 1_000_000),
                        most=LIMIT_PIXELS // 1_000_000,
                    )
                )
            body = _encoded(image, as_evidence=as_evidence)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        refuse_now(say("This file is no photo that can be read. JPEG, PNG and WebP pictures are taken."))
    return _kept(sent, body, "image/jpeg", position_kept=as_evidence)


def _encoded(image: Image.Image, *, as_evidence: bool) -> bytes:
    exif = image.getexif()
    image.draft("RGB", (SIDE, SIDE))  # a JPEG is decoded no larger than needed
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    if as_evidence:
        exif[ORIENTATION] = 1
        upright.save(out, "JPEG", quality=QUALITY, exif=exif.tobytes())
    else:
        upright.info.clear()
        upright.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def scan(sent: bytes) -> Kept:
    """The scan of a paper form: a PDF as it is, or a picture like any photo."""
    if sent.startswith(b"%PDF-"):
        _refuse_size(sent)
        return _kept(sent, sent, "application/pdf", position_kept=False)
    return photo(sent, as_evidence=False)


def _refuse_size(sent: bytes) -> None:
    if not sent:
        refuse_now(say("This file is empty."))
    if len(sent) > LIMIT_BYTES:
        refuse_now(say("This file is larger than %(most)s MB.", most=LIMIT_BYTES // 1024 // 1024))


def _kept(sent: bytes, body: bytes, content_type: str, *, position_kept: bool) -> Kept:
    return Kept(body, content_type, hashlib.sha256(sent).hexdigest(), hashlib.sha256(body).hexdigest(), position_kept)


# --- the files -------------------------------------------------------------------------------------------------------


def store(kept: Kept) -> None:
    """Write the file, sealed, whole or not at all. Refused when the disk or the bucket does not take it."""
    name = keeping.name_of(kept.sha256)
    try:
        if not keeping.is_kept(name):
            keeping.keep(name, seal_bytes(kept.body, PLACE))
    except OSError:
        refuse_now(say("The server cannot store the file now. It stays with you; send it again later."))


def read(sha256: str) -> bytes | None:
    """The kept bytes; None when the file is gone or is not what was kept."""
    try:
        stored = keeping.fetch(keeping.name_of(sha256))
    except OSError:
        return None
    try:
        body = unseal_bytes(stored, PLACE)
    except (InvalidTag, ImproperlyConfigured, ValueError):
        return None
    return body if hashlib.sha256(body).hexdigest() == sha256 else None
