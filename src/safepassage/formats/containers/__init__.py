"""Hold what several formats are written in: archives, XML, tables, workbooks, JSON, SQLite, markup."""
