"""结果公示: what is owed to the public for each case, and the frozen copies that the public reads."""
