"""Polynomials in several variables: dictionaries from tuples of exponents to fractions that are not 0. And their signs on
closed boxes, from Bernstein coefficients."""

import itertools
import math
from fractions import Fraction

from reading import Declined

MAX_PIECES = 2_000  # that a box is cut into, to see a sign
MAX_COEFFICIENTS = 100_000

ZERO = Fraction(0)


def plus(a, b):
    total = dict(a)
    for e, c in b.items():
        total[e] = total.get(e, ZERO) + c
        if not total[e]:
            del total[e]
    return total


def times(a, b):
    total = {}
    for e, c in a.items():
        for f, d in b.items():
            at = tuple(i + j for i, j in zip(e, f))
            total[at] = total.get(at, ZERO) + c * d
    return {e: c for e, c in total.items() if c}


def partial(a, k):
    return {e[:k] + (e[k] - 1,) + e[k + 1:]: c * e[k] for e, c in a.items() if e[k]}


class Range:
    """The closed box of the parameters."""

    def __init__(self, ends):
        self.ends, self.size = ends, len(ends)
        self.signs = {}

    def sign(self, polynomial, weakly=False):
        """1 or -1 if the polynomial is > 0 or < 0 on all of the box (>= 0 or <= 0 if weakly); None if neither is shown."""
        key = (frozenset(polynomial.items()), weakly)
        if key not in self.signs:
            self.signs[key] = self._sign(polynomial, weakly)
        return self.signs[key]

    def _sign(self, polynomial, weakly):
        if all(sum(e) <= 1 for e in polynomial):
            return self._sign_of_affine(polynomial, weakly)
        degrees = [max(e[k] for e in polynomial) for k in range(self.size)]
        if math.prod(d + 1 for d in degrees) > MAX_COEFFICIENTS:
            raise Declined('limit-terms: a polynomial in the parameters')
        waiting, found, pieces = [bernstein(polynomial, degrees, self.ends)], 0, 0
        while waiting:
            coefficients = waiting.pop()
            pieces += 1
            signs = {(c > 0) - (c < 0) for c in coefficients.values()}
            for corner in itertools.product(*((0, d) for d in degrees)):  # these are values
                c = coefficients[corner]
                sign = (c > 0) - (c < 0)
                if (sign == 0 and not weakly) or sign * found < 0:
                    return None
                found = found or sign
            if signs <= ({found, 0} if weakly else {found}):
                continue
            if pieces > MAX_PIECES:
                return None
            axis = max(range(self.size), key=lambda k: degrees[k] and variation(coefficients, k))
            waiting += halves(coefficients, degrees, axis)
        return found or 1

    def _sign_of_affine(self, polynomial, weakly):
        low = high = polynomial.get((0,) * self.size, ZERO)
        for e, c in polynomial.items():
            if any(e):
                ends = [c * end for end in self.ends[e.index(1)]]
                low, high = low + min(ends), high + max(ends)
        if low > 0 or weakly and low == 0:
            return 1
        return -1 if high < 0 or weakly and high == 0 else None


def bernstein(polynomial, degrees, ends):
    """The Bernstein coefficients of a polynomial on a box, one variable after another."""
    table = {e: polynomial.get(e, ZERO) for e in itertools.product(*(range(d + 1) for d in degrees))}
    for k, (d, (low, high)) in enumerate(zip(degrees, ends)):
        for rest in itertools.product(*(range(c + 1) for j, c in enumerate(degrees) if j != k)):
            line = [rest[:k] + (i,) + rest[k:] for i in range(d + 1)]
            power = [table[e] for e in line]
            # x = low + (high - low) u, by Horner's rule, and then sum_j (binomial(i, j) / binomial(d, j)) c_j.
            shifted = []
            for c in reversed(power):
                shifted = [low * x + (high - low) * y for x, y in zip(shifted + [ZERO], [ZERO] + shifted)]
                shifted = shifted or [ZERO]
                shifted[0] += c
            shifted = (shifted + [ZERO] * d)[:d + 1]
            for i, e in enumerate(line):
                table[e] = sum((Fraction(math.comb(i, j), math.comb(d, j)) * shifted[j] for j in range(i + 1)), ZERO)
    return table


def variation(table, k):
    return sum(table[e] != table[e[:k] + (0,) + e[k + 1:]] for e in table)


def halves(table, degrees, k):
    """The coefficients on the two halves of the box along one axis (de Casteljau)."""
    left, right = {}, {}
    for rest in itertools.product(*(range(c + 1) for j, c in enumerate(degrees) if j != k)):
        line = [table[rest[:k] + (i,) + rest[k:]] for i in range(degrees[k] + 1)]
        for i in range(degrees[k] + 1):
            left[rest[:k] + (i,) + rest[k:]] = line[0]
            right[rest[:k] + (degrees[k] - i,) + rest[k:]] = line[-1]
            line = [(a + b) / 2 for a, b in zip(line, line[1:])]
    return [left, right]
