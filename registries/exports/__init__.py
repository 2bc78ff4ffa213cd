"""Exporting what a list shows, in the columns that an import reads: edited and brought again, only the edits change."""
