"""The keys of the encrypted columns: which of them rows need, moving everything to the first one, and that it happened."""
