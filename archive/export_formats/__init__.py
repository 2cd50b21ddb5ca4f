"""The formats of an export: each makes texts of records, piece by piece, and knows no database."""
