"""How personal data is shown where it is not needed in full. Pure; the rules of domain.md 8."""

MASK = "*"


def masked_phone(phone: str) -> str:
    """``138****5678``: the first three and the last four figures; short numbers keep the last two."""
    if len(phone) < 8:
        return MASK * max(0, len(phone) - 2) + phone[-2:] if phone else ""
    return phone[:3] + MASK * (len(phone) - 7) + phone[-4:]


def masked_id(number: str) -> str:
    """``370323********1234``: division and the last four stay, the day of birth does not."""
    if len(number) < 11:
        return MASK * len(number)
    return number[:6] + MASK * (len(number) - 10) + number[-4:]


def masked_name(name: str) -> str:
    """``王**``: the surname only."""
    return name[:1] + MASK * max(0, len(name) - 1)
