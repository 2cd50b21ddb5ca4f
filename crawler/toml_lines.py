"""On which line of a TOML text each key and each item stands; the standard reader does not say."""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

KeyPath = tuple[str | int, ...]

# TOML 1.0: after a closing triple quote up to two more quotes still belong to the string.
_TOKEN = re.compile(
    r"""
      (?P<skip>    [\ \t]+ | \#[^\n]* )
    | (?P<newline> \r?\n )
    | (?P<string>  \"{3} (?: \\[\s\S] | (?!\"{3}) [\s\S] )* \"{3,5}
                 | '{3} (?: (?!'{3}) [\s\S] )* '{3,5}
                 | \" (?: \\. | [^"\\\n] )* \"
                 | ' [^'\n]* ' )
    | (?P<mark>    [\[\]{}=,.] )
    | (?P<bare>    [^\s\[\]{}=,."'\#]+ )
    """,
    re.VERBOSE,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def line_index(text: str) -> dict[KeyPath, int]:
    """The line, counted from 1, of every key and every array item of a valid TOML text.

    A path holds keys and positions: `("source", 0, "discovery", 1, "url")`. A table that is
    reopened keeps the line where it was first named.
    """
    return _Scanner(text).lines


class _Scanner:
    """One walk over the tokens. It trusts that `tomllib` has accepted the text."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._items: dict[KeyPath, int] = {}
        self._tokens = [*_tokens(text), _Token("end", "", 0)]
        self._at = 0
        table: KeyPath = ()
        while self._peek().kind != "end":
            if self._take_if("\n"):
                continue
            if self._take_if("["):
                table = self._header()
            else:
                self._pair(table)

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take_if(self, text: str) -> bool:
        # Only a mark or a line end: a string token keeps its quotes and can never be equal.
        found = self._peek().text == text
        self._at += found
        return found

    def _header(self) -> KeyPath:
        line = self._peek().line
        is_item = self._take_if("[")
        *parents, last = self._key()
        self._take()
        if is_item:
            self._take()
        table: KeyPath = ()
        for key in parents:
            table = self._current((*table, key), line)
        table = (*table, last)
        if is_item:
            self.lines.setdefault(table, line)
            self._items[table] = self._items.get(table, -1) + 1
            table = (*table, self._items[table])
        self.lines.setdefault(table, line)
        return table

    def _current(self, table: KeyPath, line: int) -> KeyPath:
        """The table that a name in a header means: of an array of tables, the last one."""
        self.lines.setdefault(table, line)
        return (*table, self._items[table]) if table in self._items else table

    def _key(self) -> list[str]:
        names = [self._name()]
        while self._take_if("."):
            names.append(self._name())
        return names

    def _name(self) -> str:
        token = self._take()
        if token.kind == "bare":
            return token.text
        (name,) = tomllib.loads(f"{token.text} = 1")
        return name

    def _pair(self, table: KeyPath) -> None:
        line = self._peek().line
        for name in self._key():
            table = (*table, name)
            self.lines.setdefault(table, line)
        self._take()
        self._value(table)

    def _value(self, path: KeyPath) -> None:
        if self._take_if("["):
            position = 0
            while not self._take_if("]"):
                if self._take_if("\n") or self._take_if(","):
                    continue
                self.lines[*path, position] = self._peek().line
                self._value((*path, position))
                position += 1
        elif self._take_if("{"):
            while not self._take_if("}"):
                if not (self._take_if("\n") or self._take_if(",")):
                    self._pair(path)
        else:
            # A number or a date may be several tokens: 1.5, or a date and a time.
            while self._peek().text not in {"\n", ",", "]", "}", ""}:
                self._take()


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind, found = str(match.lastgroup), match.group()
        if kind != "skip":
            yield _Token(kind, "\n" if kind == "newline" else found, line)
        line += found.count("\n")
