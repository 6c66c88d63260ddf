"""The network and the risk at a point, along a polynomial curve, and over a box around a point.

The network is evaluated by one function, over numbers, over polynomials in t, and over intervals.
"""

from bisect import bisect_left, bisect_right
from fractions import Fraction
from functools import cached_property

import enclosures
from enclosures import Enclosed
from functions import evaluate, slope_of
from network import Affine, AveragePool, Between, MaxPool
from reading import MAX_DEGREE, Declined, expect

ZERO = Fraction(0)


def dot(a, b):
    return sum((x * y for x, y in zip(a, b) if x and y), ZERO)


def forward(layers, parameters, x, arithmetic, entering):
    """What the layers make of x; entering[layer.at] receives what enters each layer on the way."""
    for layer in layers:
        entering[layer.at] = x
        if isinstance(layer, Affine):
            weights, bias = parameters[layer.index]
            windows = [[ZERO if read[p] is None else x[read[p]] for read in layer.reads] for p in range(layer.positions)]
            x = [arithmetic.dot(weights[u], window) + (bias[u] if bias else ZERO)
                 for u in range(layer.units) for window in windows]
        elif isinstance(layer, Between):
            x = [arithmetic.activate(layer.h, z) for z in x]
        elif isinstance(layer, AveragePool):
            x = [sum((x[v] for v in window), ZERO) * Fraction(1, len(window)) for window in layer.windows]
        elif isinstance(layer, MaxPool):
            x = [arithmetic.largest([x[v] for v in window]) for window in layer.windows]
        else:
            x = [a + b for a, b in zip(x, forward(layer.layers, parameters, x, arithmetic, entering))]
    return x


# ---- at a point ----

class Numbers:
    dot = staticmethod(dot)
    largest = staticmethod(max)

    @staticmethod
    def activate(h, z):
        return h.value(z)

    @staticmethod
    def slope(h, z):
        """Where h is C^1 at z: at a breakpoint, the slope on the left."""
        found = slope_of(h.pieces[h.piece(z)], z)
        expect(found is not None, 'point', 'irrational-value: the slope of an activation')
        return found

    @staticmethod
    def shares(entries):
        """What the derivative of the largest entry by each is; there is one largest."""
        top = max(entries)
        expect(entries.count(top) == 1, 'point', 'tied-pool: no entry is the largest')
        return [Fraction(entry == top) for entry in entries]


class Trace:
    """Everything about one point where the network has exact values.

    entering[i][layer.at]: what enters the layer for sample i. residuals[i][a]: prediction minus target.
    gradients[i][a]: g_i, the derivative of the i-th term of R by the a-th prediction.
    """

    arithmetic = Numbers

    def __init__(self, problem, point, settle=lambda p: p):
        """settle is applied to every prediction."""
        self.entering, self.predictions = [], []
        for x in problem.inputs:
            self.entering.append({})
            self.predictions.append(list(map(settle, forward(problem.network.layers, point, x, Numbers, self.entering[-1]))))
        self.residuals = [[p - y for p, y in zip(*rows)] for rows in zip(self.predictions, problem.targets)]
        self.problem, self.penalty = problem, problem.penalty(point) if problem.decay else ZERO

    @cached_property
    def risk(self):
        problem = self.problem
        return sum((mu * problem.loss.value(p, y)
                    for p, y, mu in zip(self.predictions, problem.targets, problem.weights)), self.penalty)

    @cached_property
    def gradients(self):
        problem = self.problem
        return problem.loss.gradients(list(zip(self.predictions, problem.targets, problem.weights)))


class Enclosing:
    """The arithmetic of enclosures: of values that are not known exactly, and of slopes where activations are C^1."""

    @staticmethod
    def dot(a, b):
        return sum((x * y for x, y in zip(a, b) if x and y), enclosures.ZERO)

    @staticmethod
    def activate(h, z):
        return h.enclose(z)

    @staticmethod
    def largest(entries):
        return Enclosed(max(entry.low for entry in entries), max(entry.high for entry in entries))

    @staticmethod
    def slope(h, z):
        return h.jet(z, 'ball')[1]

    @staticmethod
    def shares(entries):
        surely = max(entry.low for entry in entries)
        expect(sum(entry.high >= surely for entry in entries) == 1, 'ball', 'tied-pool: no entry is the largest all over the ball')
        return [Fraction(entry.high >= surely) for entry in entries]


def lifted(point):
    """The parameters as enclosures."""
    of = Enclosed.of
    return [([[of(w) for w in row] for row in weights], bias and [of(b) for b in bias]) for weights, bias in point]


def enclosed_risk(problem, point):
    """An enclosure of R at a point where the network need not have exact values."""
    parameters, total = lifted(point), enclosures.ZERO
    for x, y, mu in zip(problem.inputs, problem.targets, problem.weights):
        p = forward(problem.network.layers, parameters, [Enclosed.of(entry) for entry in x], Enclosing, {})
        total += mu * problem.loss.near(list(map(Enclosed.of, p)), y)[0]
    return total + problem.penalty(point) if problem.decay else total


# ---- along a curve ----

class Series:
    """A polynomial in t, as far as t^order: the tuple of its coefficients, without zeros at its end."""

    def __init__(self, coefficients, order):
        coefficients = list(coefficients[:order + 1])
        while coefficients and not coefficients[-1]:
            coefficients.pop()
        self.coefficients, self.order = tuple(coefficients), order

    def lift(self, other):
        return other if isinstance(other, Series) else Series([other], self.order)

    def __bool__(self):
        return bool(self.coefficients)

    def __add__(self, other):
        a, b = self.coefficients, self.lift(other).coefficients
        length = max(len(a), len(b))
        a, b = (c + (ZERO,) * (length - len(c)) for c in (a, b))
        return Series([x + y for x, y in zip(a, b)], self.order)

    def __mul__(self, other):
        a, b = self.coefficients, self.lift(other).coefficients
        total = [ZERO] * (len(a) + len(b))
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                if x and y and i + j <= self.order:
                    total[i + j] += x * y
        return Series(total, self.order)

    __radd__, __rmul__ = __add__, __mul__

    def coefficient(self, m):
        return self.coefficients[m] if m < len(self.coefficients) else ZERO

    def sign(self):
        """The sign for small t > 0, of all that is known: that of the lowest nonzero coefficient."""
        first = next((c for c in self.coefficients if c), ZERO)
        return (first > 0) - (first < 0)

    def piece(self, breakpoints):
        """The piece in which it runs for small t > 0. One that stays at a breakpoint may take either side."""
        return sum((self + -at).sign() > 0 for at in breakpoints)


class Germs:
    def __init__(self, order):
        self.order = order

    def dot(self, a, b):
        return sum((x * y for x, y in zip(a, b) if x and y), Series([], self.order))

    def activate(self, h, z):
        return evaluate(h.pieces[z.piece(h.breakpoints)], z) + Series([], self.order)

    @staticmethod
    def largest(entries):
        found = entries[0]
        for entry in entries[1:]:
            if (entry + found * Fraction(-1)).sign() > 0:
                found = entry
        return found


def predictions_along(problem, curve, order=None):
    """The predictions, one list a sample, for small t >= 0, through the given order (all of it if None).

    curve[m] holds the coefficients of t^m, one (weights, bias) per affine layer or None (zero) for a fixed one.
    """
    degree, parameters = 0, []
    for layer in problem.network.affine:
        known = [coefficient[layer.index] for coefficient in curve if coefficient[layer.index] is not None]
        degree += len(known) - 1
        parameters.append(known)
    if order is None:
        order = degree * (problem.loss.degree if problem.loss.exact else 1)
        if order > MAX_DEGREE:
            raise Declined('limit-degree: the risk along the curve')

    def series(entries):
        return Series(list(entries), order)

    parameters = [([[series(c) for c in zip(*rows)] for rows in zip(*(weights for weights, _ in known))],
                   [series(c) for c in zip(*(bias for _, bias in known))] if known[0][1] else None)
                  for known in parameters]
    return [[p + series([]) for p in forward(problem.network.layers, parameters, [series([entry]) for entry in x], Germs(order), {})]
            for x in problem.inputs]


def risk_along(problem, curve, order=None):
    """R(theta(t)) for small t >= 0, as above."""
    predictions = predictions_along(problem, curve, order)
    total = Series([], predictions[0][0].order)
    for row, target, mu in zip(predictions, problem.targets, problem.weights):
        for p, y in zip(row, target):
            r = p + -y
            total += mu * evaluate(problem.loss.pieces[r.piece(problem.loss.breakpoints)], r)
    return total


# ---- over a box ----

class Interval:
    def __init__(self, low, high):
        self.low, self.high = low, high

    @staticmethod
    def lift(other):
        return other if isinstance(other, Interval) else Interval(other, other)

    def ends(self):
        return (self.low,) if self.low == self.high else (self.low, self.high)

    def __bool__(self):
        return bool(self.low or self.high)

    def __add__(self, other):
        other = self.lift(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __mul__(self, other):
        other = self.lift(other)
        products = [a * b for a in self.ends() for b in other.ends()]
        return Interval(min(products), max(products))

    __radd__, __rmul__ = __add__, __mul__


class Intervals:
    @staticmethod
    def dot(a, b):
        return sum((x * y for x, y in zip(a, b) if x and y), Interval(ZERO, ZERO))

    @staticmethod
    def activate(h, z):
        first, last = bisect_left(h.breakpoints, z.low), bisect_right(h.breakpoints, z.high)
        values = [h.value(end) for end in [z.low, z.high] + h.breakpoints[first:last]]
        return Interval(min(values), max(values))

    @staticmethod
    def largest(entries):
        return Interval(max(entry.low for entry in entries), max(entry.high for entry in entries))

    @staticmethod
    def slope(h, z):
        """The hull of the slopes of all pieces that the closed interval meets, both sides of a breakpoint that it touches."""
        first, last = bisect_left(h.breakpoints, z.low), bisect_right(h.breakpoints, z.high)
        found = [h.slope(m) for m in range(first, last + 1)]
        return Interval(min(found), max(found))

    @staticmethod
    def shares(entries):
        surely = max(entry.low for entry in entries)
        winners = sum(entry.high >= surely for entry in entries)
        one = Fraction(1) if winners == 1 else Interval(ZERO, Fraction(1))
        return [one if entry.high >= surely else ZERO for entry in entries]


def slope_over(loss, r):
    """The derivatives of the loss on an interval: it increases if the loss is convex."""
    if loss.convex:
        return Interval(loss.slope(r.low), loss.slope(r.high))
    return Interval.lift(evaluate(loss.slopes[0], r))


def gradient_over_box(problem, point, radius):
    """For every free layer, an interval for every entry of the gradient of R: (weights, bias).

    It holds wherever every free parameter is within the radius of the point: forward in intervals, then backward with
    every slope replaced by a hull.
    """
    parameters = around(problem, point, radius, Interval)
    gradient = Gradient(problem, parameters, Intervals)
    for x, target, mu in zip(problem.inputs, problem.targets, problem.weights):
        entering = {}
        predictions = forward(problem.network.layers, parameters, list(map(Interval.lift, x)), Intervals, entering)
        gradient.add(entering, [mu * slope_over(problem.loss, p + -y) for p, y in zip(predictions, target)])
    return gradient.of_free()


def smooth_gradient_over_box(problem, point, radius):
    """The same, in enclosures, where R is C^1 all over the box: else rejected."""
    parameters = around(problem, point, radius, lambda low, high: Enclosed.hull(Enclosed.of(low), Enclosed.of(high)))
    gradient = Gradient(problem, parameters, Enclosing)
    for x, target, mu in zip(problem.inputs, problem.targets, problem.weights):
        entering = {}
        predictions = forward(problem.network.layers, parameters, list(map(Enclosed.of, x)), Enclosing, entering)
        slopes = problem.loss.near(list(map(Enclosed.of, predictions)), target)[1]
        gradient.add(entering, [mu * slope for slope in slopes])
    return gradient.of_free()


def exact_gradient(problem, point, trace):
    """The same at the point, where R is C^1: fractions, or formal sums."""
    gradient = Gradient(problem, point, Numbers)
    for entering, g in zip(trace.entering, trace.gradients):
        gradient.add(entering, g)
    return gradient.of_free()


def around(problem, point, radius, interval):
    found = []
    for layer, (weights, bias) in zip(problem.network.affine, point):
        rho = ZERO if layer.fixed else radius
        rows = [[interval(w - rho, w + rho) for w in row] for row in weights + [bias or []]]
        found.append((rows[:-1], rows[-1] if bias else None))
    return found


class Gradient:
    """Sums over the samples, one (weights, bias) a layer; with the penalty's part."""

    def __init__(self, problem, parameters, arithmetic):
        self.problem, self.parameters, self.arithmetic = problem, parameters, arithmetic
        self.sums = [([[w * (2 * problem.decay) if problem.decay else ZERO for w in row] for row in weights],
                      [b * (2 * problem.decay) if problem.decay else ZERO for b in bias or [ZERO] * len(weights)])
                     for weights, bias in parameters]

    def add(self, entering, delta):
        """delta: the derivatives of one sample's term by its predictions."""
        backward(self.problem.network.layers, self.parameters, entering, delta, self.sums, self.arithmetic)

    def of_free(self):
        return [(weights, bias if layer.bias else [])
                for layer, (weights, bias) in zip(self.problem.network.affine, self.sums) if not layer.fixed]


def backward(layers, parameters, entering, delta, gradient, arithmetic):
    """From the derivatives by what leaves the layers to those by what enters them; parameters' go into the gradient."""
    for layer in reversed(layers):
        x = entering[layer.at]
        before = [ZERO] * len(x)
        if isinstance(layer, Affine):
            weights, (by_weights, by_bias) = parameters[layer.index][0], gradient[layer.index]
            for u in range(layer.units):
                for p in range(layer.positions):
                    d = delta[u * layer.positions + p]
                    by_bias[u] += d
                    for q, read in enumerate(layer.reads):
                        if read[p] is not None:
                            by_weights[u][q] += d * x[read[p]]
                            before[read[p]] += d * weights[u][q]
        elif isinstance(layer, Between):
            before = [d * arithmetic.slope(layer.h, z) for d, z in zip(delta, x)]
        elif isinstance(layer, AveragePool):
            for d, window in zip(delta, layer.windows):
                for v in window:
                    before[v] += d * Fraction(1, len(window))
        elif isinstance(layer, MaxPool):
            for d, window in zip(delta, layer.windows):
                for v, share in zip(window, arithmetic.shares([x[v] for v in window])):
                    if share:
                        before[v] += d * share
        else:
            inside = backward(layer.layers, parameters, entering, delta, gradient, arithmetic)
            before = [a + b for a, b in zip(delta, inside)]
        delta = before
    return delta
