"""Typing errors: how far two words are from each other."""

from __future__ import annotations


def distance(one: str, other: str, most: int) -> int:
    """How many letters have to be added, left out, changed, or swapped with the next; `most + 1` for any more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, there in enumerate(other, start=1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != there))
            is_swap = row > 1 and column > 1 and letter == other[column - 2] and there == one[row - 2]
            line.append(min(cost, before[column - 2] + 1) if is_swap else cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return min(last[-1], most + 1)


def resembles(typed: str, word: str) -> bool:
    """Whether a word was probably meant: short ones have to be typed right, because others are too like them."""
    most = 0 if len(word) < 7 else 1 if len(word) < 11 else 2
    return typed == word or (most > 0 and distance(typed, word, most) <= most)
