"""The yearly review of the subject registry: every unit confirms or corrects its entries (guideline 三.4)."""
