"""Follow-ups of a case: rectification and its re-check, penalty, transfer, criminal transfer, waiver; and closing the case."""
