"""How long what is kept: one table of every floor, what of it is due to go, and its going through the ledger."""
