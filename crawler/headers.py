"""What of a response's headers proves where it came from, and what the next visit needs."""

HEADERS_THAT_MATTER = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-language",
    "date",
    "last-modified",
    "etag",
    "expires",
    "cache-control",
    "age",
    "server",
    "via",
    "location",
    "retry-after",
    "x-robots-tag",
    "tdm-reservation",
    "tdm-policy",
    "link",
)
