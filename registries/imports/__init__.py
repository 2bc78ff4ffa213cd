"""Importing people's spreadsheets into the registries: upload, match columns, check every row, commit whole."""
