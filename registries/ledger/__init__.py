"""台账: the @command decorator, what commands return and refuse, and the hash-chained ledger they write."""
