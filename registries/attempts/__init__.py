"""Attempts of the worker: work that kills whoever does it is held after three tries, shown to people, and released by one of them."""
