"""The room for bodies: a law for every order in which holders ask, shrink and leave."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.room import Room

SIZE = 100
HOLDERS = st.integers(min_value=0, max_value=7)
# Some ask for more than there is at all.
STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "keep", "leave"]), HOLDERS, st.integers(0, 130)),
    max_size=60,
)


class Told:
    """A room, and beside it what its answers say of it."""

    def __init__(self) -> None:
        self.room = Room(SIZE)
        self.held: dict[int, int] = {}
        self.asked: dict[int, int] = {}

    def is_stuck(self) -> bool:
        """Whether nobody will give anything back before somebody gets more."""
        return all(not size or holder in self.asked for holder, size in self.held.items())

    def may_have(self, holder: int) -> bool:
        """Whether a holder may get what it asked for now."""
        oldest = next(each for each in self.held if each in self.asked)
        fits = sum(self.held.values()) + self.asked[holder] <= SIZE
        return holder == oldest and (fits or self.is_stuck())

    def do(self, what: str, holder: int, size: int) -> None:
        """One step; whoever asked waits, and keeps no more than it has."""
        if what == "ask" and holder not in self.asked:
            self.held.setdefault(holder, 0)
            self.asked[holder] = size
            granted = self.room.ask(holder, size)
        elif what == "keep" and holder in self.held:
            self.asked.pop(holder, None)
            self.held[holder] = min(size, self.held[holder])
            granted = self.room.keep(holder, self.held[holder])
        elif what == "leave":
            self.asked.pop(holder, None)
            self.held.pop(holder, None)
            granted = self.room.leave(holder)
        else:
            return
        for each in granted:
            assert isinstance(each, int)
            assert self.may_have(each)
            self.held[each] += self.asked.pop(each)
        assert self.room.used == sum(self.held.values())
        assert {each for each in range(8) if self.room.waits(each)} == self.asked.keys()


@given(steps=STEPS)
def test_the_oldest_alone_goes_on_and_only_if_there_is_room_or_else_nobody_could(
    steps: list[tuple[str, int, int]],
) -> None:
    told = Told()
    for step in steps:
        told.do(*step)
        assert not any(map(told.may_have, told.asked)), "it waits for nothing"


@given(steps=STEPS)
def test_nobody_waits_for_ever(steps: list[tuple[str, int, int]]) -> None:
    told = Told()
    for step in steps:
        told.do(*step)
    while told.held:  # whoever is at work comes to its end
        told.do("leave", next(each for each in told.held if each not in told.asked), 0)
    assert not told.asked
    assert told.room.used == 0


@given(asked=st.lists(st.integers(0, SIZE), min_size=1, max_size=20))
def test_those_who_ask_once_never_have_more_than_there_is(asked: list[int]) -> None:
    room = Room(SIZE)
    at_work: list[object] = []
    for holder, more in enumerate(asked):
        at_work.extend(room.ask(holder, more))
        assert room.used <= SIZE
    served = 0
    while at_work:
        at_work.extend(room.leave(at_work.pop(0)))
        assert room.used <= SIZE
        served += 1
    assert served == len(asked)


def test_a_body_larger_than_all_the_room_goes_on_alone() -> None:
    room = Room(SIZE)
    assert room.ask("large", 3 * SIZE) == ("large",)
    assert room.ask("small", 1) == ()
    assert room.leave("large") == ("small",)


def test_what_has_shrunk_makes_room() -> None:
    room = Room(SIZE)
    room.ask("first", 90)
    assert room.ask("second", 20) == ()
    assert room.keep("first", 80) == ("second",)


def test_whoever_holds_nothing_changes_nothing() -> None:
    room = Room(SIZE)
    assert room.keep("nobody", 50) == room.leave("nobody") == ()
    assert room.used == 0
