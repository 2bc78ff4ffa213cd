"""The sample county 沂源: plainly fictional registries, written as the workbooks that an office would send.

`workbooks.write_county` writes them; they are imported through the same pages and commands that a clerk uses. Every
person, firm, number and telephone here is made up; the legal bases are real titles, their articles to be checked by the
bureau's legal section before anybody relies on them.
"""
