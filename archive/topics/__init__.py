"""What a text is about, with the evidence: pure reading of words; rows are `archive.topic_rows`."""
