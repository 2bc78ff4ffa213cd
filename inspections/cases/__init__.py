"""检查案件: one visit to one subject, from the assignment to the reviewed result."""
