"""Second-order interval jets: enclosures of a function's value, gradient and Hessian over a box of parameters."""

import enclosures
from enclosures import Enclosed
from landscape import forward
from reading import Rejected, expect


class Jet:
    """first[i], second[i, j] (j <= i): derivatives by the coordinates; what is absent is 0."""

    __slots__ = ('value', 'first', 'second')

    def __init__(self, value, first, second):
        self.value, self.first, self.second = value, first, second

    @staticmethod
    def of(other):
        return other if isinstance(other, Jet) else Jet(Enclosed.of(other), {}, {})

    def __bool__(self):
        return bool(self.value) or bool(self.first)

    def __add__(self, other):
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.first, self.second)
        return Jet(self.value + other.value, merged(self.first, other.first), merged(self.second, other.second))

    def __mul__(self, other):
        if not isinstance(other, Jet):
            other = Enclosed.of(other)
            return Jet(self.value * other, {i: x * other for i, x in self.first.items()},
                       {ij: x * other for ij, x in self.second.items()})
        a, b = self, other
        first = merged({i: x * b.value for i, x in a.first.items()}, {i: x * a.value for i, x in b.first.items()})
        second = merged({ij: x * b.value for ij, x in a.second.items()}, {ij: x * a.value for ij, x in b.second.items()})
        for i, x in a.first.items():
            for j, y in b.first.items():
                at = (i, j) if i >= j else (j, i)
                product = x * y if i != j else 2 * x * y
                second[at] = second[at] + product if at in second else product
        return Jet(a.value * b.value, first, second)

    __radd__, __rmul__ = __add__, __mul__


def merged(a, b):
    if not a or not b:
        return dict(a or b)
    found = dict(a)
    for at, x in b.items():
        found[at] = found[at] + x if at in found else x
    return found


def composed(jet, value, slope, curvature):
    """f(jet), from f, f' and f'' on the values of the jet."""
    first = {i: slope * x for i, x in jet.first.items()} if slope else {}
    second = {ij: slope * x for ij, x in jet.second.items()} if slope else {}
    if curvature:
        gradient = sorted(jet.first.items())
        for n, (i, x) in enumerate(gradient):
            for j, y in gradient[:n + 1]:
                product = curvature * (x.square() if i == j else x * y)
                second[i, j] = second[i, j] + product if (i, j) in second else product
    return Jet(value, first, second)


class Jets:
    """The arithmetic of jets for landscape.forward."""

    def __init__(self, where):
        self.where = where

    @staticmethod
    def dot(a, b):
        total = Jet(enclosures.ZERO, {}, {})
        for x, y in zip(a, b):
            if x and y:
                total = total + x * y
        return total

    def activate(self, h, z):
        z = Jet.of(z)
        return composed(z, *h.jet(z.value, self.where))

    def largest(self, entries):
        entries = list(map(Jet.of, entries))
        found = max(entries, key=lambda entry: entry.value.low)
        expect(all(entry is found or entry.value.high < found.value.low for entry in entries), self.where,
               'tied-pool: no entry is the largest all over the ball')
        return found


def risk_jet(problem, parameters):
    """The jet of R; parameters: jets and numbers, one (weights, bias) a layer."""
    total = Jet(enclosures.ZERO, {}, {})
    for i, (x, y, mu) in enumerate(zip(problem.inputs, problem.targets, problem.weights)):
        p = list(map(Jet.of, forward(problem.network.layers, parameters, x, Jets(f'sample {i}'), {})))
        value, first, second = problem.loss.near([a.value for a in p], y)
        total = total + mu * value
        if second is None:
            for a, slope in zip(p, first):
                total = total + composed(a, enclosures.ZERO, mu * slope, enclosures.ZERO)
            for a, b, coefficient in problem.loss.pairs([a.value for a in p]):
                total = total + composed(p[a] + -1 * p[b], enclosures.ZERO, enclosures.ZERO, mu * coefficient)
            continue
        for a, slope, curvature in zip(p, first, second):
            if curvature is None:
                raise Rejected(f'sample {i}: strict-loss: the second derivative of the loss is unbounded on the ball')
            total = total + composed(a, enclosures.ZERO, mu * slope, mu * curvature)
    return total + problem.penalty_jet(parameters) if problem.decay else total


def gradient_of(jet, size):
    return [jet.first.get(i, enclosures.ZERO) for i in range(size)]


def hessian_of(jet, size):
    """The lower triangle."""
    return [[jet.second.get((i, j), enclosures.ZERO) for j in range(i + 1)] for i in range(size)]
