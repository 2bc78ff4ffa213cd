"""Where sealed files stand, from ``EVIDENCE_BUCKET``: an entry of ``STORAGES``. Read by the settings, so nothing of Django's apps is loaded here."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DISK = {"BACKEND": "registries.sealedfiles.disk.WholeFiles"}
SHAPE = "Write s3://KEY:SECRET@host:port/bucket into EVIDENCE_BUCKET, with ?region=… and ?ca=FILE where they are needed; or leave it empty for the folder MEDIA_DIR."
SCHEMES = {"s3": "https", "s3+http": "http"}


def storage_of(address: str) -> dict[str, Any]:
    """The storage an address names; the folder when it is empty. ``s3+http`` is without TLS. Refused: what names no bucket."""
    if not address:
        return DISK
    parts = urlsplit(address)
    more = dict(parse_qsl(parts.query))
    bucket = parts.path.strip("/")
    if parts.scheme not in SCHEMES or not (parts.hostname and parts.username and parts.password and bucket) or "/" in bucket or set(more) - {"region", "ca"}:
        raise ImproperlyConfigured(SHAPE)
    where = parts.netloc.rpartition("@")[2]
    options = {
        "endpoint_url": f"{SCHEMES[parts.scheme]}://{where}", "bucket_name": bucket, "access_key": unquote(parts.username), "secret_key": unquote(parts.password),
        "region_name": more.get("region"), "verify": more.get("ca"),
    }  # fmt: skip
    return {"BACKEND": "registries.sealedfiles.bucket.BucketFiles", "OPTIONS": options}
