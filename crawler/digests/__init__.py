"""Old issues of newsletters: bytes of a text, mail, page, PDF or Word file in, items out."""
