"""开放数据: everything public as files, as a JSON API, as feeds, and the catalogue that says what there is. Writes nothing but its files."""
