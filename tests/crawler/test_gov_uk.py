import pytest

from crawler.gov_uk import FINDERS, gov_uk_search
from crawler.urls import canonical_url

SEARCH = "https://www.gov.uk/search"


@pytest.mark.parametrize(
    ("short", "feed"),
    [
        ("govuk:online-safety", "news-and-communications.atom?keywords=online%20safety"),
        ("govuk:online safety", "news-and-communications.atom?keywords=online%20safety"),
        ("govuk:self-harm online", "news-and-communications.atom?keywords=self-harm%20online"),
        ('govuk:"self-harm"', "news-and-communications.atom?keywords=%22self-harm%22"),
        ("govuk:@ofcom", "news-and-communications.atom?organisations%5B%5D=ofcom"),
        (
            "govuk:age-assurance@ofcom",
            "news-and-communications.atom?keywords=age%20assurance&organisations%5B%5D=ofcom",
        ),
        (
            "govuk:guidance-and-regulation/@department-for-education",
            "guidance-and-regulation.atom?organisations%5B%5D=department-for-education",
        ),
        ("govuk:a&b=c", "news-and-communications.atom?keywords=a%26b%3Dc"),
    ],
)
def test_a_short_name_stands_for_one_feed(short: str, feed: str) -> None:
    search = gov_uk_search(short)
    assert search is not None
    assert search.feed == f"{SEARCH}/{feed}"
    assert search.page == search.feed.replace(".atom", "")
    assert canonical_url(search.feed) == search.feed


@pytest.mark.parametrize(
    "short",
    ["govuk:", "govuk: ", "govuk:@", "govuk:news/x", "govuk:@two words", "govuk:@a--b", "gov:x"],
)
def test_what_is_written_otherwise_is_no_search(short: str) -> None:
    assert gov_uk_search(short) is None


def test_its_name_says_what_it_looks_for() -> None:
    named = {
        "govuk:online-safety": "GOV.UK: news about online safety",
        "govuk:@ofcom": "GOV.UK: news of ofcom",
        f"govuk:{FINDERS[1]}/phones": "GOV.UK: guidance and regulation about phones",
    }
    for short, name in named.items():
        search = gov_uk_search(short)
        assert search is not None
        assert search.title == name
