"""Self-checks: every night, and when the auditor asks, the office looks whether everything still agrees with its ledger."""
