"""A source of choices: by a seed, by a list that is given, or by Hypothesis; and the search for a smaller list.

What is drawn from a source is a function of the whole numbers that it hands out, and 0 is always the simplest choice.
So whatever was drawn is made smaller by making its numbers fewer and lower, and no generator needs its own reducer.

>>> dice = Choices(seed=7)
>>> numbers = [dice.below(6) for _ in range(4)]
>>> again = Choices(given=dice.made)
>>> [again.below(6) for _ in range(4)] == numbers
True
>>> shorten([5, 9, 3, 200], lambda made: sum(made) >= 100)
[100]
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Whole numbers below a bound, one after the other; `made` keeps them."""

    def __init__(self, seed: object = 0, given: Sequence[int] | None = None) -> None:
        self.made: list[int] = []
        self._random = None if given is not None else random.Random(repr(seed))
        self._given = iter(given or ())

    def below(self, bound: int) -> int:
        """A number from 0 to bound - 1; where those that were given are used up, 0."""
        if self._random is not None:
            number = int(self._random.random() * bound)
        else:
            number = min(next(self._given, 0), bound - 1)
        self.made.append(number)
        return number

    def pick(self, options: Sequence[T]) -> T:
        """One of the options; the first is the simplest."""
        return options[self.below(len(options))]

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.below(one_in) == one_in - 1


def shorten(made: Sequence[int], fails: Callable[[list[int]], bool], attempts: int = 600) -> list[int]:
    """Find a list of choices as short and low as so many attempts allow, that still fails."""
    return minimize(list(made), _smaller, fails, attempts)


def minimize(best: T, candidates: Callable[[T], Iterator[T]], fails: Callable[[T], bool], attempts: int) -> T:
    """Go on to the first smaller candidate that fails, again and again, until none does or the attempts are used up."""
    while True:
        for candidate in candidates(best):
            attempts -= 1
            if attempts < 0:
                return best
            if fails(candidate):
                best = candidate
                break
        else:
            return best


def _smaller(made: list[int]) -> Iterator[list[int]]:
    """Without a stretch, with a stretch of zeros, with one number lower."""
    size = len(made)
    while size:
        for start in range(len(made) - size, -1, -size):
            yield made[:start] + made[start + size :]
        for start in range(len(made) - size, -1, -size):
            if any(made[start : start + size]):
                yield made[:start] + [0] * size + made[start + size :]
        size //= 2
    for index, number in enumerate(made):
        for lower in (0, number // 2, number - 1):
            if 0 <= lower < number:
                yield [*made[:index], lower, *made[index + 1 :]]
