"""From the list of sources to records in the archive."""
