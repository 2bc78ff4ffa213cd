"""Pages that look across rooms: the desk."""
