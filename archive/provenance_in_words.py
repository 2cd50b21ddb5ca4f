"""The view `provenance_in_words`; settled like every migration, see `archive.migrations`."""

MEANINGS = {
    "article_id": "the record",
    "at": "UTC; when it was found, asked for or read",
    "step": "what was done: found, fetched, ...",
    "sentence": "the step in plain words",
}

PROVENANCE_IN_WORDS = """
CREATE VIEW provenance_in_words AS -- Each step to a record and each visit, in words.
SELECT article_id, seen_at AS at, 'found' AS step,
  CASE relation
    WHEN 'feed entry' THEN 'Found as entry ' || position || ' of the feed ' || place
    WHEN 'sitemap row' THEN 'Found as row ' || position || ' of the sitemap ' || place
    WHEN 'listing link' THEN 'Found as link ' || position || ' of the page ' || place
    WHEN 'digest item' THEN 'Found as item ' || position || ' of the digest ' || place
    WHEN 'by hand' THEN 'Added by hand'
    WHEN 'redirected from' THEN 'The address ' || place || ' led here (status '
      || coalesce(evidence ->> '$.status', 'unknown') || ')'
    WHEN 'also at' THEN 'The same text stood at ' || place
    ELSE 'Found (' || relation || ') at ' || place
  END || coalesce(', titled "' || (evidence ->> '$.title') || '"', '') || '.' AS sentence
FROM provenance WHERE article_id IS NOT NULL
UNION ALL
SELECT frontier.article_id, fetches.fetched_at, 'fetched',
  CASE WHEN fetches.status IS NULL THEN 'Asked for ' || fetches.url || ', without an answer'
    ELSE 'Fetched from ' || fetches.final_url || ' with status ' || fetches.status END
  || CASE coalesce(json_array_length(fetches.redirects), 0) WHEN 0 THEN ''
    WHEN 1 THEN ' after 1 redirect'
    ELSE ' after ' || json_array_length(fetches.redirects) || ' redirects' END
  || ', in run ' || fetches.run_id || ' (' || runs.trigger || '): ' || fetches.ending
  || coalesce(', ' || fetches.detail, '') || '.'
  || iif(runs.trigger = 'crawl' AND fetches.status IS NOT NULL,
    ' The robots.txt of its host allowed it.', '')
  || coalesce(' Its headers say: ' || (
    SELECT group_concat((value ->> 0) || ': ' || (value ->> 1), '; ')
    FROM json_each(fetches.headers)
    WHERE value ->> 0 IN ('x-robots-tag', 'tdm-reservation', 'tdm-policy')) || '.', '')
  || coalesce(' Kept as it came: snapshot sha256 ' || fetches.snapshot_digest || '.', '')
FROM frontier JOIN fetches ON fetches.url = frontier.url AND fetches.frontier_id = frontier.id
JOIN runs ON runs.id = fetches.run_id WHERE frontier.article_id IS NOT NULL
UNION ALL
SELECT article_id, seen_at, 'read',
  'Read as revision ' || revision || ' (' || reason || ') by ' || extractor || ': '
  || words_added || ' words added, ' || words_removed || ' removed; text sha256 ' || text_hash
  || coalesce(', from snapshot sha256 ' || snapshot_digest, '') || '.'
FROM revisions
UNION ALL
SELECT id, first_seen_at, 'dated',
  'Dated ' || published || coalesce(', read from: ' || published_source, '') || '.'
FROM articles WHERE published IS NOT NULL
UNION ALL
SELECT id, first_seen_at, 'claimed',
  'The page calls itself ' || canonical_url || ': a claim, not checked.'
FROM articles WHERE canonical_url <> url
"""
