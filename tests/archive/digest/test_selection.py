from hypothesis import given
from hypothesis import strategies as st

from archive.digest.selection import Candidate, choose, keys_of


def candidate(article_id: int, **more: object) -> Candidate:
    return Candidate(
        **{
            "article_id": article_id,
            "title": f"Invented headline number{article_id} about things number{article_id}",
            "source": f"source-{article_id}",
            "source_kind": "news",
            "published": "2026-11-20",
            "text_hash": f"hash {article_id}",
            **more,
        }
    )


def shown(*candidates: Candidate, **more: object) -> list[int]:
    groups = choose(candidates, **{"limit": 100, **more})
    return [group.shown.article_id for group in groups]


def test_one_record_stands_for_the_same_text_the_same_title_and_the_same_story() -> None:
    (group,) = choose(
        [
            candidate(1, text_hash="a"),
            candidate(2, text_hash="a", title="Invented pupils tell of group chats"),
            candidate(3, title="Of group chats invented pupils tell!"),
        ],
        limit=9,
    )
    assert [one.article_id for one in group.others] == [2, 3]
    assert shown(candidate(1, story=5), candidate(2, story=5), candidate(3, story=6)) == [1, 3]


def test_a_rubric_is_no_headline_by_which_records_belong_together() -> None:
    assert shown(candidate(1, title="School report"), candidate(2, title="School report")) == [1, 2]


def test_the_original_is_shown_where_known_else_the_first_that_may_be_quoted() -> None:
    same = {"title": "Invented pupils tell of invented group chats"}
    late = candidate(1, published="2026-11-21", **same)
    early = candidate(2, published="2026-11-19", **same)
    vague = candidate(3, published="2026-11", **same)
    linked = candidate(4, published="2026-11-01", link_only=True, **same)
    assert shown(late, early, vague, linked) == [2]
    assert shown(candidate(1, published="2026-11-21", story=1, is_origin=True), early) == [2, 1]
    assert shown(candidate(5, story=1), candidate(6, story=1, is_origin=True)) == [6]


def test_coverage_figures_official_sources_and_topics_weigh() -> None:
    plain = candidate(1)
    counted = candidate(2, figures=2)
    official = candidate(3, source_kind="regulator", figures=1)
    covered = [candidate(n, story=1, figures=2) for n in (4, 5, 6)]
    assert shown(plain, counted, official, *covered) == [4, 3, 2, 1]
    assert shown(plain, counted, official, *covered, limit=2) == [4, 3]
    assert shown(candidate(7, figures=2), candidate(8, section="A"), limit=1) == [8]


def test_sections_come_by_their_weightiest_story_and_what_has_no_topic_last() -> None:
    assert shown(
        candidate(1, figures=3),
        candidate(2, section="B", figures=1),
        candidate(3, section="A", figures=2),
        candidate(4, section="B", figures=3),
    ) == [4, 2, 3, 1]


def test_a_story_that_was_used_is_left_out_with_its_copies() -> None:
    used = keys_of(candidate(1, title="Invented pupils tell of group chats"))
    copy = candidate(2, title="Invented pupils tell of group chats")
    assert shown(copy, candidate(3), used=used) == [3]


@given(
    st.lists(
        st.builds(
            candidate,
            st.integers(1, 10_000),
            story=st.none() | st.integers(1, 3),
            figures=st.integers(0, 4),
            section=st.sampled_from([None, "A", "B"]),
        ),
        unique_by=lambda one: one.article_id,
    ),
    st.randoms(),
)
def test_the_order_in_which_records_came_changes_nothing(
    candidates: list[Candidate], dice: object
) -> None:
    mixed = list(candidates)
    dice.shuffle(mixed)
    groups = choose(candidates, limit=100)
    assert [group.shown for group in groups] == [one.shown for one in choose(mixed, limit=100)]
    told = [one for group in groups for one in (group.shown, *group.others)]
    assert sorted(one.article_id for one in told) == sorted(one.article_id for one in candidates)
