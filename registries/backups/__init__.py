"""Backups: one encrypted file that holds everything but the keys, and the way back from it into an empty system."""
