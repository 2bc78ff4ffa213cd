"""How public pages write hashes, values and results."""
