"""Comparing the registry with a list of permit holders: who is missing, who is gone, who differs (guideline 三.4 全面覆盖)."""
