"""年度抽查计划: plans and their items."""
