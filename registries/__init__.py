"""Ground floor: who may be inspected, by whom, on what — and what has happened."""
