"""Reports: the figures of a month or a year, as page, paper and workbook. Reads alone, but for the entry that one was taken along."""
