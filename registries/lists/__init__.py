"""Finding things: what the lists of every room share — searching, columns, searches kept by name, exports of what is seen."""
