"""The report of a migration as a page: one file that anybody can open."""
