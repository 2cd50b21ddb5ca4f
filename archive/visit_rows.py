"""Which exchanges are visits of a record, as SQL with its number as `:id`.

An address may lead to one record today and to another tomorrow ("latest"): the frontier knows the
present one. The exchange that a text was read from says where an earlier one was found.
"""

# The addresses that lead to a record, and those that its texts came by.
ADDRESSES = """
SELECT id, url FROM frontier WHERE article_id = :id
UNION SELECT frontier.id, frontier.url FROM revisions
JOIN fetches ON fetches.id = revisions.fetch_id
JOIN frontier ON frontier.id = fetches.frontier_id AND frontier.kind = 'article'
WHERE revisions.article_id = :id
"""

# Where an exchange of such an address ended is no other record.
NO_OTHER = """
NOT EXISTS (SELECT 1 FROM articles AS other WHERE other.url = fetches.final_url AND other.id <> :id)
"""

# Both, for a statement with places for them.
VISITS = {"addresses": ADDRESSES, "no_other": NO_OTHER}
