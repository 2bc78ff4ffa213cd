"""The public pages. They read frozen copies and published rows only."""
