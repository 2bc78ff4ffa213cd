"""The rules of retention, pure."""

from registries.ledger.sentences import Sentence, say

LEAST_LOG_DAYS = 180
"""网络安全法: logs are kept for six months at least."""


def why_not_forget_log(days: int) -> Sentence | None:
    """A log is never thrown away before its time by law."""
    if days >= LEAST_LOG_DAYS:
        return None
    return say("Logs are kept for %(least)s days at least; %(days)s is too few. Set AUDIT_LOG_DAYS.", least=LEAST_LOG_DAYS, days=days)
