"""Top floor: what is owed to the public, and what the public sees."""
