"""The true loss of one hidden layer on an interval [a, b] (theory.md 5a, 5b, and 7): rules `neuron-dominance-1d`,
`reduced-hessian-1d`, `zero-gradient`, `descent-curve` and `ascent-curve`.

Everywhere z_j = w_j x + b_j, and g = rho l'(N - y), one function an output.
"""

from bisect import bisect_left
from fractions import Fraction

from definite import positive_definite
from functions import derivative, evaluate, trimmed
from network import Affine, Between
from polynomials import divided, plus, times
from reading import MAX_DEGREE, Declined, count, expect, fields

ZERO, ONE = Fraction(0), Fraction(1)


class OnInterval:
    """units[j] = (w_j, b_j); outgoing[a][j]; constant[a]."""

    def __init__(self, problem, point, path):
        layers, box = problem.network.layers, problem.box
        form = (len(layers) == 3 and isinstance(layers[0], Affine) and isinstance(layers[1], Between)
                and isinstance(layers[2], Affine))
        if not form or box.dimension != 1:
            raise Declined(f'unsupported-combination: {path}: one hidden layer on an interval')
        self.hidden, self.h, self.output = layers[0], layers[1].h, layers[2]
        self.a, self.b = box.lower[0], box.upper[0]
        self.density = in_one_variable(box.density)
        self.targets = [([at for at in breakpoints if self.a < at < self.b],
                         [in_one_variable(pieces[n]) for n in range(len(pieces))
                          if (n == 0 or breakpoints[n - 1] < self.b) and (n == len(breakpoints) or breakpoints[n] > self.a)])
                        for breakpoints, pieces in box.targets]
        (weights, bias), (self.outgoing, constant) = point
        self.units = [(row[0], bias[j] if bias else ZERO) for j, row in enumerate(weights)]
        self.constant = constant or [ZERO] * len(self.outgoing)
        self.problem, self.loss = problem, problem.loss

    def parts(self):
        """(low, high, the pieces of h that units are in, h(z_j), g) on intervals where all of them are polynomials in x."""
        cuts = {at for breakpoints, _ in self.targets for at in breakpoints}
        for w, b in self.units:
            cuts |= {(at - b) / w for at in self.h.breakpoints if w}
        ends = sorted({self.a, self.b, *(x for x in cuts if self.a < x < self.b)})
        found = []
        for low, high in zip(ends, ends[1:]):
            middle = (low + high) / 2
            pieces = [self.h.pieces[self.h.piece(w * middle + b)] for w, b in self.units]
            outputs = [composed(piece, trimmed([b, w])) for piece, (w, b) in zip(pieces, self.units)]
            g = []
            for row, c, (breakpoints, targets) in zip(self.outgoing, self.constant, self.targets):
                total = plus([c], [-x for x in targets[bisect_left(breakpoints, middle)]])
                for v, of_unit in zip(row, outputs):
                    total = plus(total, [v * x for x in of_unit])
                g.append(times(self.density, composed(self.loss.slopes[0], total)))
            found.append((low, high, pieces, outputs, g))
        return found


def in_one_variable(polynomial):
    """A list of coefficients."""
    return trimmed([polynomial.get((n,), ZERO) for n in range(max((e[0] for e in polynomial), default=-1) + 1)])


def composed(polynomial, inner):
    total = []
    for c in reversed(polynomial):
        total = plus(times(total, inner), [c])
    return total


def integral(p, low, high):
    return sum((c * (high**(n + 1) - low**(n + 1)) / (n + 1) for n, c in enumerate(p)), ZERO)


# ---- local minima ----

class Unit:
    """kind: straight, boundary or kinked; at: the end, or the kink; v: the outgoing weight; bend: s+ - s-; slope: of h on the
    interval (None at a kink); sign: of w."""


def units_of(on, path):
    h = on.h
    if len(h.breakpoints) != 1 or h.breakpoints[0] != 0 or not h.piecewise_affine or h.intercept(0) or h.intercept(1):
        raise Declined(f'unsupported-combination: {path}: an activation that is not two lines through (0, 0)')
    if len(on.outgoing) != 1:
        raise Declined(f'unsupported-combination: {path}: one output')
    found = []
    for j, (w, b) in enumerate(on.units):
        ends = [(z > 0) - (z < 0) for z in (w * on.a + b, w * on.b + b)]
        unit = Unit()
        unit.v, unit.bend, unit.sign = on.outgoing[0][j], h.slope(1) - h.slope(0), 1 if w > 0 else -1
        unit.slope, unit.at = None, None
        if not any(ends):
            raise Declined(f'unsupported-point: {path}: unit {j} is degenerate')
        if ends[0] * ends[1] < 0:
            unit.kind, unit.at = 'kinked', -b / w
        else:
            unit.slope = h.slope(1 if sum(ends) > 0 else 0)
            unit.kind = 'straight' if all(ends) else 'boundary'
            if unit.kind == 'boundary':
                unit.at = on.b if ends[0] else on.a
        found.append(unit)
    return found


class Moments:
    """Integrals of g and g x, and values of g, for one output."""

    def __init__(self, on):
        self.parts = [(low, high, g[0]) for low, high, _, _, g in on.parts()]

    def over(self, low, high):
        """Both integrals between two points at which parts end."""
        mine = [(a, b, g) for a, b, g in self.parts if low <= a and b <= high]
        return [sum((integral(times(g, x), a, b) for a, b, g in mine), ZERO) for x in ([ONE], [ZERO, ONE])]

    def at(self, x):
        """The limits of g from both sides: equal, since y is continuous."""
        values = [evaluate(g, x) for a, b, g in self.parts if a <= x <= b]
        expect(all(value == values[0] for value in values), f'x = {x}', 'discontinuous: the limits of g differ')
        return values[0]


def expect_growth(unit, j, moments):
    expect(unit.v * unit.bend * moments.at(unit.at) > 0, f'unit {j}', f'bends-downward: v (s+ - s-) g is not > 0 at x = {unit.at}')


def expect_stationary(on, unit, j, moments):
    """s+ (integral where z > 0) + s- (integral where z < 0) of g (1, x) is 0."""
    sides = [moments.over(on.a, unit.at), moments.over(unit.at, on.b)]
    left, right = on.h.slope(0), on.h.slope(1)
    below, above = sides if unit.sign > 0 else reversed(sides)
    for k in range(2):
        expect(right * above[k] + left * below[k] == 0, f'unit {j}', f'moment: of g x^{k} by the slopes at its kink')


def expect_balance(on, units, moments):
    """Whether some unit moves N by affine functions; the moments that this and the output bias ask for are 0."""
    moves = any(unit.kind != 'kinked' and unit.slope != 0 for unit in units)
    whole = moments.over(on.a, on.b)
    expect(whole[0] == 0 or not (moves or on.output.bias and not on.output.fixed), 'point', 'moment: the integral of g is not 0')
    expect(whole[1] == 0 or not moves, 'point', 'moment: the integral of g x is not 0')
    return moves


def neuron_dominance_1d(problem, point, path):
    expect(problem.loss.convex, 'loss', 'not-convex: Lemma 0 on a box wants a convex loss')
    on = OnInterval(problem, point, path)
    units, moments = units_of(on, path), Moments(on)
    expect_balance(on, units, moments)
    for j, unit in enumerate(units):
        if unit.kind != 'straight':
            expect_growth(unit, j, moments)
        if unit.kind == 'kinked':
            expect_stationary(on, unit, j, moments)


def reduced_hessian_1d(problem, point, path):
    expect(problem.loss.convex, 'loss', 'not-convex: Lemma 0 on a box wants a convex loss')
    if len(problem.loss.pieces[0]) != 3:
        raise Declined(f'unsupported-combination: {path}: a loss of degree 2')
    on = OnInterval(problem, point, path)
    units, moments = units_of(on, path), Moments(on)
    moves = expect_balance(on, units, moments)
    kinked = []
    for j, unit in enumerate(units):
        if unit.kind == 'boundary':
            expect_growth(unit, j, moments)
        if unit.kind == 'kinked':
            expect(unit.v != 0, f'unit {j}', 'bends-downward: a kink with the outgoing weight 0')
            expect_stationary(on, unit, j, moments)
            expect(all(unit.at != other.at for other, _ in kinked), f'unit {j}', 'repeated-kink: two units bend at one place')
            kinked.append((unit, unit.v * abs(on.units[j][0])))
    expect(positive_definite(reduced_hessian(on, kinked, moves, moments)), path, 'definite: the reduced Hessian is not')


def reduced_hessian(on, kinked, moves, moments):
    """In A, B if it moves, and s_j and q_j of every kink."""
    n = 1 + moves + 2 * len(kinked)
    found = [[ZERO] * n for _ in range(n)]
    for low, high, _ in moments.parts:
        middle, directions = (low + high) / 2, [[ONE]] + ([[ZERO, ONE]] if moves else [])
        for unit, s in kinked:
            slope = on.h.slope(1 if unit.sign * (middle - unit.at) > 0 else 0)
            directions += [trimmed([-slope * unit.sign * unit.at, slope * unit.sign]), trimmed([-unit.sign * s * slope])]
        weight = times(on.density, on.loss.curvatures[0])
        for i in range(n):
            for j in range(n):
                found[i][j] += integral(times(weight, times(directions[i], directions[j])), low, high)
    for k, (unit, s) in enumerate(kinked):
        at = 1 + moves + 2 * k + 1
        found[at][at] += unit.bend * s * moments.at(unit.at)
    return found


# ---- critical points ----

def zero_gradient_1d(problem, point, path):
    """R is differentiable unless a unit that something goes out of stays at a breakpoint; and all derivatives are 0."""
    on = OnInterval(problem, point, path)
    width = len(on.units)
    for j, (w, b) in enumerate(on.units):
        expect(w != 0 or not on.h.at_breakpoint(b) or not any(row[j] for row in on.outgoing), f'unit {j}',
               'not-differentiable: it stays at a breakpoint')
    by_constant, by_outgoing = [ZERO] * len(on.outgoing), [[ZERO] * width for _ in on.outgoing]
    by_weight, by_bias = [ZERO] * width, [ZERO] * width
    for low, high, pieces, outputs, g in on.parts():
        for a, of_output in enumerate(g):
            by_constant[a] += integral(of_output, low, high)
            for j, (w, b) in enumerate(on.units):
                by_outgoing[a][j] += integral(times(of_output, outputs[j]), low, high)
                slope = composed(derivative(pieces[j]), trimmed([b, w]))
                through = [on.outgoing[a][j] * c for c in times(of_output, slope)]
                by_weight[j] += integral(times(trimmed(through), [ZERO, ONE]), low, high)
                by_bias[j] += integral(through, low, high)
    entries = [] if on.hidden.fixed else by_weight + (by_bias if on.hidden.bias else [])
    if not on.output.fixed:
        entries += [x for row in by_outgoing for x in row] + (by_constant if on.output.bias else [])
    expect(not any(entries), 'point', 'gradient: an entry is not 0')


# ---- curves ----

def sign(p):
    """Of a polynomial in t, for small t > 0."""
    first = next((c for c in p if c), ZERO)
    return (first > 0) - (first < 0)


class Place:
    """A point num / den of the interval, polynomials in t; the denominator is > 0 for small t > 0."""

    def __init__(self, num, den=(ONE,)):
        side = sign(den)
        self.num, self.den = [side * c for c in num], [side * c for c in den]

    def less(self, other):
        """The sign of the other minus this."""
        return sign(plus(times(other.num, self.den), [-c for c in times(self.num, other.den)]))

    def sign_of(self, w, b):
        """Of w x + b here."""
        return sign(plus(times(w, self.num), times(b, self.den)))

    def middle(self, other):
        return Place(plus(times(self.num, other.den), times(other.num, self.den)), [2 * c for c in times(self.den, other.den)])

    def value_of(self, p):
        """Of a polynomial in x, with coefficients that are polynomials in t: numerator and denominator."""
        num, den = [], [ONE]
        for c in reversed(p):
            num, den = plus(times(num, self.num), times(c, den)), times(den, self.den)
        return num, divided(den, self.den)[0] if p else den


def along_curve_1d(problem, point, risk, node, path, direction, field=None):
    """The first coefficient of R(theta(t)) - R(theta) that is not 0 has the sign `direction`. risk: R(theta)."""
    fields(node, path, ('rule', 'coefficients'), ('bits',))
    if 'bits' in node:
        count(node['bits'], f'{path}.bits', 1)
    num, den = change_along_1d(problem, point, risk, problem.read_curve(node, path, field), path)
    expect(sign(num) * sign(den) == direction, path, 'curve: the lowest nonzero coefficient has not this sign')


def negative_curvature_1d(problem, point, risk, node, path):
    """R(theta + t xi) - R(theta) = a t + b t^2 + ... with b < 0, and the same a and b for t < 0."""
    fields(node, path, ('rule', 'direction'))
    xi = problem.read_move(node['direction'], f'{path}.direction')
    turned = [None if part is None else ([[-c for c in row] for row in part[0]], None if part[1] is None else [-c for c in part[1]])
              for part in xi]
    expansions = []
    for way in (xi, turned):
        num, den = change_along_1d(problem, point, risk, [way], path)
        order = next(n for n, c in enumerate(den) if c)
        series = []
        for k in range(3):  # long division of power series
            total = num[order + k] if order + k < len(num) else ZERO
            total -= sum(series[j] * den[order + k - j] for j in range(k) if order + k - j < len(den))
            series.append(total / den[order])
        expansions.append(series)
    (_, a, b), (_, c, d) = expansions
    expect(a == -c and b == d, path, 'curvature: no second derivative along the direction')
    expect(b < 0, path, 'curvature: the second derivative along the direction is not < 0')


def change_along_1d(problem, point, risk, curve, path):
    """R(theta(t)) - R(theta) for small t > 0, numerator and denominator."""
    on = OnInterval(problem, point, path)
    moving = [[coefficient[layer.index] for coefficient in [point] + curve if coefficient[layer.index] is not None]
              for layer in (on.hidden, on.output)]
    weights = [[trimmed(list(c)) for c in zip(*rows)] for rows in zip(*(part[0] for part in moving[0]))]
    bias = [trimmed(list(c)) for c in zip(*(part[1] for part in moving[0]))] if on.hidden.bias else [[]] * len(weights)
    outgoing = [[trimmed(list(c)) for c in zip(*rows)] for rows in zip(*(part[0] for part in moving[1]))]
    constant = [trimmed(list(c)) for c in zip(*(part[1] for part in moving[1]))] if on.output.bias else [[]] * len(outgoing)
    units = [(row[0], b) for row, b in zip(weights, bias)]
    num, den = risk_along_1d(on, units, outgoing, constant)
    return plus(num, [-risk * c for c in den]), den


def risk_along_1d(on, units, outgoing, constant):
    """R as a function of small t > 0, numerator and denominator. All entries are polynomials in t.

    The interval is cut where a unit meets a breakpoint strictly inside (a, b), for all small t > 0, and where the target
    bends; between neighbouring cuts every unit stays in one piece.
    """
    cuts = [Place(trimmed([x])) for x in {on.a, on.b, *(x for breakpoints, _ in on.targets for x in breakpoints)}]
    for w, b in units:
        for at in on.h.breakpoints:
            ends = [sign(plus(plus([x * c for c in w], b), trimmed([-at]))) for x in (on.a, on.b)]
            if ends[0] * ends[1] < 0:
                cuts.append(Place(plus(trimmed([at]), [-c for c in b]), w))
    ordered = []
    for cut in cuts:
        at = next((n for n, other in enumerate(ordered) if cut.less(other) >= 0), len(ordered))
        if at == len(ordered) or cut.less(ordered[at]) != 0:
            ordered.insert(at, cut)
    before, num, den = [], [], [ONE]
    for n, place in enumerate(ordered):
        after = primitive(on, units, outgoing, constant, place.middle(ordered[n + 1])) if n + 1 < len(ordered) else []
        jump = [plus(p, [-c for c in q]) for p, q in padded(before, after)]
        more, over = place.value_of(jump)
        num, den = plus(times(num, over), times(more, den)), times(den, over)
        if max(len(num), len(den)) > MAX_DEGREE + 1:
            raise Declined('limit-degree: the risk along the curve')
        before = after
    return num, den


def primitive(on, units, outgoing, constant, middle):
    """Of rho l(N - y) in x, where all units are in the pieces that they are in at `middle`."""
    through = []  # what leaves the units: polynomials in x, with coefficients that are polynomials in t
    for w, b in units:
        piece = sum(middle.sign_of(w, plus(b, trimmed([-at]))) > 0 for at in on.h.breakpoints)
        through.append(in_x(on.h.pieces[piece], [b, w]))
    total = []
    for row, c, (breakpoints, targets) in zip(outgoing, constant, on.targets):
        target = targets[sum(middle.sign_of([ONE], trimmed([-x])) > 0 for x in breakpoints)]
        r = [plus(p, q) for p, q in padded([c], [trimmed([-x]) for x in target])]
        for v, of_unit in zip(row, through):
            r = [plus(p, q) for p, q in padded(r, [times(v, p) for p in of_unit])]
        more = product_in_x([trimmed([c]) for c in on.density], in_x(on.loss.pieces[0], r))
        total = [plus(p, q) for p, q in padded(total, more)]
    return [[]] + [[c / (n + 1) for c in p] for n, p in enumerate(total)]


def padded(p, q):
    length = max(len(p), len(q))
    return zip(*([*part, *[[]] * (length - len(part))] for part in (p, q)))


def product_in_x(p, q):
    total = [[] for _ in range(max(0, len(p) + len(q) - 1))]
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            total[i + j] = plus(total[i + j], times(a, b))
    return total


def in_x(polynomial, inner):
    """A polynomial with constant coefficients, of one in x."""
    total = []
    for c in reversed(polynomial):
        total = [plus(p, q) for p, q in padded(product_in_x(total, inner), [trimmed([c])])]
    return total

