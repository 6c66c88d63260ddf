"""The network and the risk at a point, along a polynomial curve, and over a box around a point.

Hot loops run over integers with one denominator a layer. A matrix of parameters is augmented by its bias, and the
activations that feed it by the constant 1, so that an affine layer is one product.
"""

from bisect import bisect_left, bisect_right
from fractions import Fraction
from math import lcm
from operator import mul

from reading import MAX_DEGREE, Declined, integers, reduced


def augmented(parameters):
    weights, bias = parameters
    return weights if bias is None else [row + [b] for row, b in zip(weights, bias)]


class Trace:
    """Everything about one point: what enters each layer, where each preactivation lies, residuals, gradients, risk.

    entering[l], entering_denominator[l]: n rows of integers over one denominator, what dense layer l reads.
    places[l]: the places of layer l's preactivations on the activation after it (all but the last layer).
    gradients[i][a]: g_i, the derivative of the i-th term of R by the a-th prediction.
    """

    def __init__(self, problem, point):
        self.entering, self.entering_denominators, self.places = [], [], []
        rows, denominator = problem.inputs, problem.inputs_denominator
        for at, parameters in enumerate(point):
            self.entering.append(rows)
            self.entering_denominators.append(denominator)
            W, scale = integers(augmented(parameters))
            if parameters[1] is not None:
                rows = [row + [denominator] for row in rows]
            rows = [[sum(map(mul, w, row)) for w in W] for row in rows]
            rows, denominator = reduced(rows, denominator * scale)
            if at < len(problem.activations):
                h = problem.activations[at]
                places = h.places(rows, denominator)
                self.places.append(places)
                rows, denominator = reduced(h.apply(rows, denominator, places), denominator * h.denominator)
        loss = problem.loss
        self.residuals = [[Fraction(p, denominator) - y for p, y in zip(row, target)]
                          for row, target in zip(rows, problem.targets)]
        self.risk = sum((mu * sum((loss.value(r) for r in row), Fraction(0))
                         for mu, row in zip(problem.weights, self.residuals)), Fraction(0))
        self._loss, self._weights = loss, problem.weights
        self._gradients = None

    @property
    def gradients(self):
        if self._gradients is None:
            self._gradients = [[mu * self._loss.slope(r) for r in row] for mu, row in zip(self._weights, self.residuals)]
        return self._gradients


# ---- along a curve ----

def risk_along(problem, curve, order=None):
    """The coefficients of R(theta(t)) for small t >= 0, through the given order (all of them if None).

    curve[m] holds the coefficients of t^m, one (weights, bias) per dense layer or None (zero) for a fixed one. The side
    of every breakpoint, of an activation or of the loss, on which an expansion runs for small t > 0 is the sign of its
    lowest nonzero coefficient; one that is zero as far as it is known may take either side, since the two pieces then
    agree as far as it is known.
    """
    layers = []
    for at in range(len(problem.layers)):
        known = [coefficient[at] for coefficient in curve if coefficient[at] is not None]
        stacked, scale = integers([row for parameters in known for row in augmented(parameters)])
        units = problem.layers[at].units
        layers.append(([stacked[m * units:(m + 1) * units] for m in range(len(known))], scale))
    degree = 0
    for matrices, _ in layers:
        degree += len(matrices) - 1
    if order is None and degree * problem.loss.degree > MAX_DEGREE:
        raise Declined('limit-degree: the risk along the curve')
    last = degree if order is None else order
    total = []
    for row, target, mu in zip(problem.inputs, problem.targets, problem.weights):
        terms, denominator = [row], problem.inputs_denominator
        for at, (matrices, scale) in enumerate(layers):
            if problem.layers[at].bias:
                terms = [term + [0 if m else denominator] for m, term in enumerate(terms)]
            top = min(last, len(terms) + len(matrices) - 2)
            units = range(problem.layers[at].units)
            terms = [[sum(sum(map(mul, matrices[a][u], terms[m - a]))
                          for a in range(max(0, m - len(terms) + 1), min(m, len(matrices) - 1) + 1)) for u in units]
                     for m in range(top + 1)]
            denominator *= scale
            if at < len(problem.activations):
                h = problem.activations[at]
                pieces = [piece_after(h.breakpoints, [term[u] for term in terms], denominator) for u in units]
                terms = [[h.slopes[p] * z + (h.intercepts[p] * denominator if m == 0 else 0)
                          for z, p in zip(term, pieces)] for m, term in enumerate(terms)]
                denominator *= h.denominator
        for a, y in enumerate(target):
            r = [Fraction(term[a], denominator) for term in terms]
            r[0] -= y
            piece = problem.loss.pieces[piece_after(problem.loss.breakpoints, r, 1)]
            for m, c in enumerate(substitute(piece, r, order)):
                if m == len(total):
                    total.append(Fraction(0))
                total[m] += mu * c
    return total


def piece_after(breakpoints, z, denominator):
    """The piece in which z(t) / denominator runs for small t > 0; one that stays at a breakpoint goes left."""
    passed = 0
    for at in breakpoints:
        difference = z[0] * at.denominator - at.numerator * denominator
        sign = difference or next((c for c in z[1:] if c), 0)
        if sign > 0:
            passed += 1
    return passed


def substitute(polynomial, r, order):
    """polynomial(r(t)), through the order."""
    total = [Fraction(0)]
    for c in reversed(polynomial):
        product = [Fraction(0)] * (len(total) + len(r) - 1)
        for i, x in enumerate(total):
            if x:
                for j, y in enumerate(r):
                    product[i + j] += x * y
        product[0] += c
        while len(product) > 1 and not product[-1]:
            product.pop()
        total = product if order is None else product[:order + 1]
    return total


# ---- over a box ----

def times(a, b):
    """The product of two intervals."""
    if a[0] == a[1] and b[0] == b[1]:
        return (a[0] * b[0],) * 2
    products = a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]
    return min(products), max(products)


def gradient_signs(problem, point, radius):
    """For every free layer, an interval around a positive multiple of every entry of the gradient of R, bias last.

    It holds wherever every free parameter is within the radius of the point: forward in intervals, then backward with
    every slope replaced by the hull of the slopes of all pieces that the closed interval of its preactivation meets,
    both sides of a breakpoint that it touches included. The multiples are the denominators left out.
    """
    layers = []
    for layer, parameters in zip(problem.layers, point):
        rho = Fraction(0) if layer.fixed else radius
        rows = augmented(parameters)
        bounds, scale = integers([[w - rho for w in row] for row in rows] + [[w + rho for w in row] for row in rows])
        layers.append(([list(zip(low, high)) for low, high in zip(bounds[:layer.units], bounds[layer.units:])], scale))

    forward, deltas = [], []
    for row, target, mu in zip(problem.inputs, problem.targets, problem.weights):
        values, denominator = [(x, x) for x in row], problem.inputs_denominator
        entering, slopes = [], []
        for at, (rows, scale) in enumerate(layers):
            if problem.layers[at].bias:
                values = values + [(denominator, denominator)]
            entering.append(values)
            sums = []
            for w in rows:
                low = high = 0
                for pair in map(times, w, values):
                    low, high = low + pair[0], high + pair[1]
                sums.append((low, high))
            values = sums
            denominator *= scale
            if at < len(problem.activations):
                h = problem.activations[at]
                hulls = [hull(h, z, denominator) for z in values]
                values, denominator = [image for image, _ in hulls], denominator * h.denominator
                slopes.append([slope for _, slope in hulls])
        forward.append((entering, slopes))
        deltas.append([(mu * problem.loss.slope(Fraction(low, denominator) - y),  # l is convex: its slope increases
                        mu * problem.loss.slope(Fraction(high, denominator) - y))
                       for (low, high), y in zip(values, target)])
    common = lcm(*(c.denominator for row in deltas for pair in row for c in pair))
    gradient = [[[[0, 0] for _ in row] for row in rows] for rows, _ in layers]
    for (entering, slopes), row in zip(forward, deltas):
        delta = [tuple(int(c * common) for c in pair) for pair in row]
        for at in range(len(layers) - 1, -1, -1):
            if not problem.layers[at].fixed:
                for d, sums in zip(delta, gradient[at]):
                    for x, entry in zip(entering[at], sums):
                        low, high = times(d, x)
                        entry[0] += low
                        entry[1] += high
            if at:
                rows = layers[at][0]
                before = []
                for v, slope in enumerate(slopes[at - 1]):
                    low = high = 0
                    for d, w in zip(delta, rows):
                        pair = times(d, w[v])
                        low, high = low + pair[0], high + pair[1]
                    before.append(times((low, high), slope))
                delta = before
    return [rows for layer, rows in zip(problem.layers, gradient) if not layer.fixed]


def hull(h, z, denominator):
    """For an interval of integers over a denominator: that of h's values, and that of its slopes, over h.denominator."""
    low, high = (Fraction(end, denominator) for end in z)
    first, last = bisect_left(h.breakpoints, low), bisect_right(h.breakpoints, high)
    values = [h.slopes[m] * end + h.intercepts[m] * denominator for m, end in ((first, z[0]), (last, z[1]))]
    values += [v * denominator for v in h.breakpoint_values[first:last]]
    slopes = h.slopes[first:last + 1]
    return (min(values), max(values)), (min(slopes), max(slopes))
