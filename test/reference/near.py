"""What holds near a point: rule `strongly-convex-ball`, and `negative-curvature` over a ball (theory.md 3)."""

import enclosures
from definite import all_definite
from enclosures import BITS, UNIT, Enclosed
from reading import expect


def squared_length(vector):
    """An upper bound, as a fraction."""
    return sum((x.square() for x in vector), enclosures.ZERO).ends()[1]


def expect_small_gradient(gradient, modulus, radius):
    expect(squared_length(gradient) < (modulus * radius)**2, 'point', 'small-gradient: it is not shown to be below modulus x radius')


def expect_definite(hessian, shift, where, strictly=False):
    """Every matrix within the enclosures is >= the shift. hessian: the lower triangle."""
    n = len(hessian)
    middle, sums = [], [0] * n
    for i, row in enumerate(hessian):
        middle.append([(x.low + x.high) >> 1 for x in row])
        for j, (x, m) in enumerate(zip(row, middle[-1])):
            radius = max(x.high - m, m - x.low)
            sums[i] += radius
            if i != j:
                sums[j] += radius
    shift = -(-shift * UNIT // 1)
    expect(all_definite(middle, sums, int(shift), BITS, strictly), where, 'definite: the Hessian is not shown to be')


def least_risk(risk, gradient, modulus):
    """An enclosure of R at the minimum: from R - |gradient|^2 / (2 modulus) to R."""
    return Enclosed.hull(risk - Enclosed.of(squared_length(gradient) / (2 * modulus)), risk)


def expect_negative(hessian, direction):
    """The second derivative along the direction is negative all over the ball."""
    total = enclosures.ZERO
    for i, row in enumerate(hessian):
        if direction[i]:
            for j, entry in enumerate(row):
                if direction[j]:
                    total += direction[i] * direction[j] * (1 if i == j else 2) * entry
    expect(total.negative(), 'direction', f'curvature: the second derivative may be {total}')
