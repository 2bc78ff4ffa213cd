"""People's tables, in and out: open a file, find its header, match columns, clean cells, write workbooks.

No noun of its own and no database: every room that imports or exports brings its layout and asks here.
"""
