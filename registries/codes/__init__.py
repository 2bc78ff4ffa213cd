"""Code tables: short editable lists (townships, fields, specialties, result codes, reasons)."""
