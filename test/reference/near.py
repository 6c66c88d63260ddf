"""What holds near a point: rule `strongly-convex-ball`, and `negative-curvature` over a ball (theory.md 3)."""

import enclosures
from definite import all_definite
from enclosures import BITS, UNIT, Enclosed
from jets import gradient_of, hessian_of, risk_jet
from landscape import exact_gradient
from reading import expect
from slices import Slice


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


# ---- samples ----

def strongly_convex_ball(problem, point, modulus, ball, node, path):
    """An enclosure of R at the local minimum within the ball."""
    moving = Slice(problem, point, node, path)
    at_point = risk_jet(problem, moving.parameters(0))
    gradient = gradient_of(at_point, moving.size)
    expect_small_gradient(gradient, modulus, ball)
    moving.expect_silent(ball)
    expect_definite(hessian_of(risk_jet(problem, moving.parameters(ball)), moving.size), modulus, path)
    return least_risk(at_point.value, gradient, modulus)


def exact_hessian(problem, point, trace, node, path):
    """The gradient is 0, exactly, and the Hessian in the slice is positive definite."""
    moving = Slice(problem, point, node, path)
    jet = risk_jet(problem, moving.parameters(0))
    entries = [x for layer, (weights, bias) in zip(moving.free, exact_gradient(problem, point, trace))
               for u in range(layer.units) for x in weights[u] + ([bias[u]] if layer.bias else [])]
    for parameter, entry in zip(moving.all, entries):
        expect(parameter not in moving.coordinates or entry == 0, 'point', f'gradient: {parameter} is not 0')
    moving.expect_silent(0)
    expect_definite(hessian_of(jet, moving.size), 0, path, strictly=True)


def negative_curvature_near(problem, point, radius, direction, path):
    """direction: the shape of a point."""
    moving = Slice(problem, point, {}, path)
    values = Slice(problem, direction, {}, path)
    expect_negative(hessian_of(risk_jet(problem, moving.parameters(radius)), moving.size),
                    [values.value(parameter) for parameter in moving.all])
