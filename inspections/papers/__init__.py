"""文书: numbers of documents, the notice with its address to check it by, and every document as PDF."""
