"""Operation: what condition the server is in, item by item, for people in words, for machines as a status and as figures."""
