"""The spider of the crawl, and the scout that looks at single addresses."""
