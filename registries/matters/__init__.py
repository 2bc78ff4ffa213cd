"""随机抽查事项清单: matters, their revisions, and the editions in which the list is published whole."""
