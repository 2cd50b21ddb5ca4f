"""From the WARC files of any crawler to records, by the same way as a fetched page."""
