"""Which words of a title were asked for: the title in parts, so that no page ever has to trust HTML.

The same forms and cuts as in the index: traditional characters, pinyin, initials and misspelt Latin words are
marked where they stand in the title as it is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jishi.discovery.search import words
from jishi.discovery.search.words import Piece, Segmenter

NEAR_LENGTH_MIN, FAR_LENGTH_MIN = 4, 8  # letters from which one, and two, of them may be wrong
BEGUN_LENGTH_MIN = 3
SOUND_LENGTH_MIN = 2
SOUND_CHARACTERS_MAX = 10
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sought:
    """What was asked for: pieces of the query (and of the better spelling), and its Latin letters in one."""

    pieces: tuple[Piece, ...]
    joined: str = ""


def sought(segmenter: Segmenter, texts: Iterable[str]) -> Sought:
    """Return what the texts of a query look for."""
    every = [segmenter.pieces(text) for text in texts if text]
    joined = next(
        ("".join(one.text for one in pieces) for pieces in every if len(pieces) > 1 and _all_latin(pieces)),
        "",
    )
    return Sought(tuple(dict.fromkeys(piece for pieces in every for piece in pieces)), joined)


def parts(title: str, wanted: Sought, sounds: Mapping[str, str]) -> list[str]:
    """Return the title in parts, every second one of which was asked for; joined they are the title.

    Chinese words are marked where they stand, long ones that do not by their pairs; Latin words that are, begin with
    or are almost what was typed; Chinese characters whose pinyin or initials were typed.
    """
    form, origin = _form(title)
    spans = [
        (origin[start], origin[end - 1] + 1)
        for piece in wanted.pieces
        for start, end in (_chinese(form, piece) if piece.is_chinese else _latin(form, piece, sounds))
    ]
    if wanted.joined:
        spans += [(origin[start], origin[end - 1] + 1) for start, end in _heard(form, wanted.joined, sounds)]
    return _cut(title, spans)


def _all_latin(pieces: Sequence[Piece]) -> bool:
    return all(not piece.is_chinese and piece.text.isalpha() for piece in pieces)


def _form(title: str) -> tuple[str, Sequence[int]]:
    """Return the title in its one form, and of each of its characters where it stands in the title."""
    form = words.plain(title)
    if len(form) == len(title):
        return form, range(len(title))
    singly = [(one, at) for at, character in enumerate(title) for one in words.plain(character)]
    return "".join(one for one, _ in singly), [at for _, at in singly]


def _chinese(form: str, piece: Piece) -> list[Span]:
    if found := _standing(form, piece.text):
        return found
    spans = []
    for word in piece.words:
        known = _standing(form, word)
        if not known and len(word) > 2:
            known = [span for pair in words.pairs(word) for span in _standing(form, pair)]
        spans += known
    return spans


def _standing(form: str, word: str) -> list[Span]:
    found, start = [], form.find(word)
    while start >= 0 and word:
        found.append((start, start + len(word)))
        start = form.find(word, start + len(word))
    return found


def _latin(form: str, piece: Piece, sounds: Mapping[str, str]) -> list[Span]:
    wanted = {piece.text, *piece.words}
    found = [
        (start, start + len(run)) for start, run in words.placed_runs(form) if _is_meant(run, piece, wanted)
    ]
    return found or _heard(form, piece.text, sounds)


def _is_meant(run: str, piece: Piece, wanted: set[str]) -> bool:
    if words.is_chinese(run):
        return False
    word, typed = words.singular(run), words.singular(piece.text)
    if run in wanted or word in wanted or wanted & set(words.latin_forms(run)):
        return True
    if len(piece.text) >= BEGUN_LENGTH_MIN and run.startswith(piece.text):
        return True
    allowed = 0 if len(typed) < NEAR_LENGTH_MIN else 1 if len(typed) < FAR_LENGTH_MIN else 2
    return allowed > 0 and is_near(word, typed, allowed)


def _heard(form: str, typed: str, sounds: Mapping[str, str]) -> list[Span]:
    """Return where neighbouring characters sound as typed: in full pinyin, else by their initials."""
    if len(typed) < SOUND_LENGTH_MIN or not typed.isalpha():
        return []
    heard = [sounds.get(one, "") for one in form]
    for said in (heard, [one[:1] for one in heard]):
        found = [span for start in range(len(form)) if (span := _sounding(said, start, typed))]
        if found:
            return found
    return []


def _sounding(said: Sequence[str], start: int, typed: str) -> Span | None:
    left = typed
    for at in range(start, min(start + SOUND_CHARACTERS_MAX, len(said))):
        if not said[at] or not left.startswith(said[at]):
            return None
        left = left[len(said[at]) :]
        if not left:
            return (start, at + 1)
    return None


def is_near(one: str, other: str, allowed: int) -> bool:
    """Say whether at most `allowed` letters have to be changed, put in, left out or swapped with a neighbour."""
    if abs(len(one) - len(other)) > allowed:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        earlier, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            cost = min(row[to - 1] + 1, before[to] + 1, before[to - 1] + (letter != wanted))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                cost = min(cost, earlier[to - 2] + 1)
            row.append(cost)
    return row[-1] <= allowed


def _cut(title: str, spans: Iterable[Span]) -> list[str]:
    """Cut the title at the spans, those that meet as one: outside, inside, outside …"""
    is_marked = [False] * len(title)
    for start, end in spans:
        is_marked[start:end] = [True] * (end - start)
    found, at, inside = [], 0, False
    for place, marked in enumerate(is_marked):
        if marked != inside:
            found.append(title[at:place])
            at, inside = place, marked
    return [*found, title[at:]]
