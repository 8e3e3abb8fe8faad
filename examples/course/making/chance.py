# SPDX-License-Identifier: Apache-2.0
"""Seeded chance that gives the same numbers on every Python 3 and processor: only Random.random() and sums."""
import random


class Chance:
    def __init__(self, seed):
        self._random = random.Random(f"alliance-course-1/{seed}")

    def unit(self):
        return self._random.random()

    def normal(self, mean=0.0, sd=1.0):
        return mean + sd * (sum(self.unit() for _ in range(12)) - 6.0)

    def between(self, low, high):
        """An integer, both ends included."""
        return low + min(int(self.unit() * (high - low + 1)), high - low)

    def pick(self, things):
        return things[self.between(0, len(things) - 1)]

    def happens(self, probability):
        return self.unit() < probability


def clip(value, low, high):
    return max(low, min(high, value))
