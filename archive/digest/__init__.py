"""The monthly update: which records, what is quoted of them, how it is set, and what to look at."""
