"""The name of a subject as the public may read it. Pure."""

MASK = "＊"


def published_name(kind: str, name: str) -> str:
    """Registered names as they are; of a natural person the surname only (domain.md 8)."""
    if kind != "person":
        return name
    return name[:1] + MASK * max(1, len(name) - 1)
