"""What a person may type for an address: a law, whatever it is."""

from hypothesis import example, given
from hypothesis import strategies as st

from archive.records import LinkKind
from crawler.commands.by_hand import Chooser, Chosen
from crawler.middlewares.guard import refusal
from crawler.network import AddressPolicy
from crawler.sources import Discovery, Source, listed_sites
from crawler.urls import canonical_url, names_media

POLICY = AddressPolicy()


def source(name: str, **changes: object) -> Source:
    feed = Discovery(kind=LinkKind.FEED, url=f"https://{name}.example/feed")
    plain = {"id": name, "name": name, "homepage": f"https://{name}.example/", "discovery": (feed,)}
    return Source(**(plain | changes))  # type: ignore[arg-type]  # the tests name real fields


SOURCES = {
    one.id: one
    for one in (
        source("gazette"),
        source("asleep", enabled=False),
        source("titles", link_only=True),
        source("inside", homepage="http://10.0.0.1/"),
    )
}
HOSTS = st.sampled_from(
    [
        *("gazette.example", "GAZETTE.example:443", "asleep.example", "titles.example"),
        *("10.0.0.1", "0x7f.1", "[::1]", "other.example", "a@gazette.example", "[", "x\\y"),
    ]
)
ADDRESSES = st.builds(
    "{}{}/{}".format,
    st.sampled_from(["https://", "http://", "HTTPS://", "//", "", "ftp://", "javascript:"]),
    HOSTS,
    st.text() | st.sampled_from(["feed", "a.jpg", "a.MP4?x", "a.jpg#b", "news/1?utm_source=x"]),
)


@given(ADDRESSES | st.text(), st.sampled_from([None, *SOURCES]))
@example("https://gazette.example/news/1", None)
@example("http://10.0.0.1/news/1", "inside")
def test_what_is_chosen_is_what_a_crawl_would_ask_for_and_all_else_has_its_reason(
    typed: str, name: str | None
) -> None:
    only = None if name is None else SOURCES[name]
    judged = Chooser([*SOURCES.values()], only=only, policy=POLICY).judge(typed)
    if not isinstance(judged, Chosen):
        assert judged.why
        return
    chosen = SOURCES[judged.source]
    assert judged.url == canonical_url(judged.url)
    assert refusal(judged.url, listed_hosts=listed_sites(chosen), policy=POLICY) is None
    assert chosen.enabled
    assert not chosen.link_only
    assert not names_media(judged.url)
    assert only in {None, chosen}


def test_a_plain_article_is_chosen_with_its_source() -> None:
    judged = Chooser([*SOURCES.values()], only=None, policy=POLICY).judge(
        " https://GAZETTE.example:443/news/1?utm_source=x#top "
    )
    assert judged == Chosen(url="https://gazette.example/news/1", source="gazette")
