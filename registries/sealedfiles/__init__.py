"""Sealed files outside the database: where they stand (``STORAGES["evidence"]``), and the few things that are done with them."""
