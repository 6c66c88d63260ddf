"""Losses (format.md section 4), at exact residuals, and on intervals of predictions.

A loss answers, for one sample, `value(p, y)` and `gradient(p, y)` at exact predictions, and `near(p, y)` on intervals.
Where the gradient is not rational it is given by `Residue`s, on which "= 0" is decided.
"""

from bisect import bisect_left, bisect_right
from fractions import Fraction

import enclosures
from enclosures import Enclosed
from functions import HALF, ONE, ZERO, derivative, evaluate, trimmed
from polynomials import nonnegative
from reading import MAX_DEGREE, Declined, Rejected, expect, fields, positive, quantities, quantity, show, string
from residues import Exponentials, Radicals


class Loss:
    """l(p, y) = sum over the outputs of a continuously differentiable, piecewise polynomial function of p - y.

    Convexity of the named losses is a fact of calculus, once their parameters are in range: read_loss tests those.
    """

    exact, convex, least_at_zero = True, True, True

    def __init__(self, breakpoints, pieces, factor):
        self.breakpoints = breakpoints
        self.pieces = [[factor * c for c in piece] for piece in pieces]
        self.slopes = [derivative(piece) for piece in self.pieces]
        self.curvatures = [derivative(piece) for piece in self.slopes]
        self.degree = max(len(piece) for piece in pieces) - 1

    def value_of(self, r):
        return evaluate(self.pieces[bisect_left(self.breakpoints, r)], r)

    def slope(self, r):
        return evaluate(self.slopes[bisect_left(self.breakpoints, r)], r)

    def curvature(self, r):
        """The second derivative, where it exists."""
        return evaluate(self.curvatures[bisect_left(self.breakpoints, r)], r)

    def twice_differentiable(self, r):
        """Whether the second derivative exists and is continuous near r."""
        if r not in self.breakpoints:
            return True
        m = self.breakpoints.index(r)
        left, right = (evaluate(self.curvatures[side], r) for side in (m, m + 1))
        return left == right

    def value(self, p, y):
        return sum((self.value_of(a - b) for a, b in zip(p, y)), ZERO)

    def gradients(self, rows):
        """One list for each (p, y, weight): weight times the derivatives by the predictions."""
        return [[mu * self.slope(a - b) for a, b in zip(p, y)] for p, y, mu in rows]

    def near(self, p, y):
        """(value, derivatives, second derivatives) on intervals: sums and diagonals only. Hulls over the pieces met."""
        total, first, second = enclosures.ZERO, [], []
        for a, b in zip(p, y):
            r = a - b
            low, high = r.ends()
            met = slice(bisect_left(self.breakpoints, low), bisect_right(self.breakpoints, high) + 1)
            value, slope, curvature = (Enclosed.hull(*(enclosed(part, r) for part in parts[met]))
                                       for parts in (self.pieces, self.slopes, self.curvatures))
            total += value
            first.append(slope)
            second.append(curvature)
        return total, first, second


def enclosed(polynomial, r):
    """A polynomial on an interval; even powers by squares, so that r^2 >= 0 is seen."""
    even, odd = trimmed(polynomial[0::2]), trimmed(polynomial[1::2])
    square = r.square()
    return Enclosed.of(evaluate(even, square)) + r * Enclosed.of(evaluate(odd, square))


class PolynomialLoss(Loss):
    """A user's P(p - y): convex only if P'' >= 0, and of least value at 0 only if P(0) = 0 and P >= 0."""

    def __init__(self, coefficients, factor):
        super().__init__([], [trimmed(coefficients)], factor)
        self.convex = nonnegative(self.curvatures[0])
        self.least_at_zero = self.value_of(ZERO) == 0 and nonnegative(self.pieces[0])


class Irrational:
    """What the losses below share: their values are enclosures, and they are convex and C^1 on R^k."""

    exact, convex, least_at_zero = False, True, False

    def __init__(self, factor):
        self.factor = factor

    def value(self, p, y):
        return self.near([Enclosed.of(a) for a in p], y)[0]


class LogCosh(Irrational):
    def gradients(self, rows):
        """tanh r = (T^n - 1) / (T^n + 1) for r = n / N and T = e^(2 / N)."""
        residuals = [[a - b for a, b in zip(p, y)] for p, y, _ in rows]
        e = Exponentials(2 * r for row in residuals for r in row)
        return [[(e.power(2 * r) - 1) / (e.power(2 * r) + 1) * (mu * self.factor) for r in row]
                for row, (_, _, mu) in zip(residuals, rows)]

    def near(self, p, y):
        residuals = [a - b for a, b in zip(p, y)]
        t = list(map(enclosures.tanh, residuals))
        return (self.factor * sum(map(enclosures.log_cosh, residuals), enclosures.ZERO),
                [self.factor * x for x in t], [self.factor * (1 - x.square()) for x in t])


class Logistic(Irrational):
    def gradients(self, rows):
        e = Exponentials(a for p, _, _ in rows for a in p)
        return [[(e.power(a) / (e.power(a) + 1) - b) * (mu * self.factor) for a, b in zip(p, y)] for p, y, mu in rows]

    def near(self, p, y):
        s = list(map(enclosures.sigmoid, p))
        value = sum((enclosures.softplus(a) - a * b for a, b in zip(p, y)), enclosures.ZERO)
        return (self.factor * value, [self.factor * (x - b) for x, b in zip(s, y)],
                [self.factor * (x * enclosures.sigmoid(-a)) for x, a in zip(s, p)])


class Power(Irrational):
    """|p - y|^q for a rational q > 1 that is no integer."""

    def __init__(self, exponent, factor):
        super().__init__(factor)
        self.exponent = exponent

    def gradients(self, rows):
        residuals = [[a - b for a, b in zip(p, y)] for p, y, _ in rows]
        powers = Radicals((abs(r) for row in residuals for r in row), self.exponent - 1)
        return [[powers.of(abs(r)) * (mu * self.factor * self.exponent * (1 if r > 0 else -1)) for r in row]
                for row, (_, _, mu) in zip(residuals, rows)]

    def near(self, p, y):
        q, total, first, second = self.exponent, enclosures.ZERO, [], []
        for a, b in zip(p, y):
            r = a - b
            size = abs(r)
            total += enclosures.power(size, q)
            slope = Enclosed.hull(*(side * enclosures.power(Enclosed(end, end), q - 1)
                                    for end, side in ((abs(r.low), 1 if r.low > 0 else -1),
                                                      (abs(r.high), 1 if r.high > 0 else -1))))
            first.append(self.factor * q * slope)
            second.append(self._second(size))
        return self.factor * total, first, second

    def _second(self, size):
        q = self.exponent
        if q > 2:
            return self.factor * q * (q - 1) * enclosures.power(size, q - 2)
        if size.low <= 0:
            return None  # unbounded
        return self.factor * q * (q - 1) / enclosures.power(size, 2 - q)

    def least_second(self, size):
        """A lower bound of the second derivative, also where it is unbounded: for q < 2 it decreases in |r|."""
        second = self._second(size)
        if second is None:
            second = self._second(Enclosed(size.high, size.high)) if size.high > 0 else enclosures.ZERO
        return second


class CrossEntropy(Irrational):
    def gradients(self, rows):
        e = Exponentials(a - min(p) for p, _, _ in rows for a in p)
        found = []
        for p, y, mu in rows:
            parts = [e.power(a - min(p)) for a in p]
            total = sum(parts[1:], parts[0])
            found.append([(part / total - b) * (mu * self.factor) for part, b in zip(parts, y)])
        return found

    def pairs(self, p):
        """(a, b, c): the second derivative of the loss is the sum of the c (e_a - e_b)(e_a - e_b)^T, c >= 0."""
        s = softmax(p)
        return [(a, b, self.factor * s[a] * s[b]) for a in range(len(p)) for b in range(a)]

    def near(self, p, y):
        """The second derivatives are not diagonal: None, and `pairs` has them."""
        top = Enclosed.of(max(a.ends()[1] for a in p))
        parts = [enclosures.exp(a - top) for a in p]
        total = sum(parts, enclosures.ZERO)
        value = enclosures.log(total) + top - sum((a * b for a, b in zip(p, y)), enclosures.ZERO)
        return self.factor * value, [self.factor * (s - b) for s, b in zip(softmax(p), y)], None


def softmax(p):
    """1 / (1 + the sum of e^(p_b - p_a) over b != a); where an exponent is large, e^LARGE bounds its power from below."""
    found = []
    for n, a in enumerate(p):
        differences = [b - a for m, b in enumerate(p) if m != n]
        most = 1 / (1 + sum((enclosures.exp(Enclosed(min(d.low, LARGE), min(d.low, LARGE))) for d in differences), enclosures.ZERO))
        if any(d.high > LARGE for d in differences):
            found.append(Enclosed(0, most.high))
            continue
        least = 1 / (1 + sum((enclosures.exp(Enclosed(d.high, d.high)) for d in differences), enclosures.ZERO))
        found.append(Enclosed(least.low, most.high))
    return found


LARGE = 4000 * enclosures.UNIT


OWN = {'squared': (), 'power': ('exponent',), 'huber': ('threshold',), 'smooth-quantile': ('level', 'width'),
       'log-cosh': (), 'logistic': (), 'cross-entropy': (), 'polynomial': ('coefficients',)}


def read_loss(value, path):
    expect(type(value) is dict and 'function' in value, path, 'missing-key: expected an object with the key "function"')
    name = string(value['function'], f'{path}.function')
    expect(name in OWN, f'{path}.function', f'unknown-function: {show(name)}')
    fields(value, path, ('function',) + OWN[name], ('factor',))
    factor = positive(value['factor'], f'{path}.factor') if 'factor' in value else ONE
    if name == 'squared':
        return Loss([], [[ZERO, ZERO, ONE]], factor)
    if name == 'power':
        return read_power(value, path, factor)
    if name == 'polynomial':
        coefficients = quantities(value['coefficients'], f'{path}.coefficients')
        expect(coefficients, f'{path}.coefficients', 'expected at least one coefficient')
        if len(coefficients) > MAX_DEGREE + 1:
            raise Declined(f'limit-degree: {path}.coefficients')
        return PolynomialLoss(coefficients, factor)
    if name in IRRATIONAL:
        return IRRATIONAL[name](factor)
    if name == 'huber':
        delta = positive(value['threshold'], f'{path}.threshold')
        return Loss([-delta, delta],
                    [[-delta**2 / 2, -delta], [ZERO, ZERO, HALF], [-delta**2 / 2, delta]], factor)
    tau = quantity(value['level'], f'{path}.level')
    expect(0 < tau < 1, f'{path}.level', 'expected a quantity between 0 and 1')
    w = positive(value['width'], f'{path}.width')
    return Loss([-w * tau, w * (1 - tau)],
                [[-w * tau**2 / 2, -tau], [ZERO, ZERO, 1 / (2 * w)], [-w * (1 - tau)**2 / 2, 1 - tau]], factor)


IRRATIONAL = {'log-cosh': LogCosh, 'logistic': Logistic, 'cross-entropy': CrossEntropy}


def read_power(value, path, factor):
    exponent = quantity(value['exponent'], f'{path}.exponent')
    expect(exponent > 1, f'{path}.exponent', 'expected a quantity > 1')
    if exponent > MAX_DEGREE:
        raise Declined(f'limit-degree: {path}.exponent')
    if exponent.denominator != 1:
        return Power(exponent, factor)
    power = [ZERO] * int(exponent) + [ONE]
    if exponent % 2 == 0:
        return Loss([], [power], factor)
    return Loss([ZERO], [[-c for c in power], power], factor)


def expect_targets(loss, rows, path):
    """Targets of logistic are probabilities, those of cross-entropy rows of them."""
    if not isinstance(loss, (Logistic, CrossEntropy)):
        return
    for at, row in enumerate(rows):
        expect(all(0 <= y <= 1 for y in row), f'{path}[{at}]', 'out-of-range: expected probabilities')
        if isinstance(loss, CrossEntropy) and sum(row) != 1:
            raise Rejected(f'{path}[{at}]: out-of-range: expected a row of probabilities')
