"""Articles of one field speak of the same things; that alone makes them no story."""

import tomllib
from pathlib import Path

from archive.stories.clustering import Known, Near, regroup
from archive.stories.features import Weights, common_terms, features, number_of, vector
from archive.stories.words import read_words

LABELLED = Path(__file__).parents[1] / "topics" / "labelled" / "articles.toml"


def test_articles_of_the_field_that_tell_of_different_things_stay_apart() -> None:
    items = tomllib.loads(LABELLED.read_text(encoding="utf-8"))["item"]
    told = [
        {
            number_of(term): count
            for term, count in features(read_words(item["title"]), read_words(item["text"])).items()
        }
        for item in items
        if item["admit"]
    ]
    # As the first records are weighed, of which the archive has counted nothing yet.
    weights = Weights(prior=common_terms())
    near = [
        Near(record_id=number, story_id=None, day=0, terms=vector(counts, weights))
        for number, counts in enumerate(told, 1)
    ]
    groups = regroup(near, Known()).groups
    assert len(told) > 30
    # Two of them report how abuse images are made, and of which reports an institute counted.
    assert sum(len(group.fits) - 1 for group in groups) <= 1


def test_the_helpline_below_an_article_is_no_figure_of_it() -> None:
    text = "Twelve invented pupils met 34 officers. Ring 0800 1111 or 020 7946 0000 at any hour."
    figures = {term for term in features(read_words(""), read_words(text)) if term.startswith("#")}
    assert figures == {"#34"}
