"""Rule `profile-family` (theory.md 5c), and the gap between two points, for targets whose pieces are given by x = X(u) and a
double integral G(u).

F and G are made one antiderivative each on all of [a, b], by adding an affine function of x to every piece. Then the integral
of f (x - q)_+ is (b - q) F(b) - G(b) + G(q), and no integral is needed beside it.
"""

from fractions import Fraction
from math import lcm

from boxes import read_density
from families import Function, reader, settled, strictly_monotone
from functions import derivative, evaluate, trimmed
from losses import Irrational
from multivariate import Range
from network import Affine, Between
from polynomials import common, divided, plus, times
from reading import Declined, array, expect, fields, positive, quantities, quantity, string, vector

ZERO, ONE = Fraction(0), Fraction(1)


class Ratio:
    """A quotient of two polynomials in u, without common factors."""

    def __init__(self, n, d=(ONE,)):
        n, d = trimmed(list(n)), trimmed(list(d))
        shared = common(n, d) if n else d
        self.n, self.d = divided(n, shared)[0], divided(d, shared)[0]

    def __add__(self, other):
        other = lifted(other)
        return Ratio(plus(times(self.n, other.d), times(other.n, self.d)), times(self.d, other.d))

    def __mul__(self, other):
        other = lifted(other)
        return Ratio(times(self.n, other.n), times(self.d, other.d))

    def __sub__(self, other):
        return self + lifted(other) * -1

    def __rsub__(self, other):
        return lifted(other) - self

    def __truediv__(self, other):
        return self * Ratio(other.d, other.n)

    __radd__, __rmul__ = __add__, __mul__

    def slope(self):
        falling = [-c for c in times(self.n, derivative(self.d))]
        return Ratio(plus(times(derivative(self.n), self.d), falling), times(self.d, self.d))

    def at(self, u):
        return evaluate(self.n, u) / evaluate(self.d, u)

    def constant(self):
        """The number that this is for all u, or None."""
        if len(self.n) > 1 or len(self.d) > 1:
            return None
        return self.n[0] / self.d[0] if self.n else ZERO


def lifted(value):
    if isinstance(value, Function):
        lists = []
        for part in (value.numerator, value.denominator):
            lists.append([part.get((k,), ZERO) for k in range(max((e[0] for e in part), default=-1) + 1)])
        return Ratio(*lists)
    return value if isinstance(value, Ratio) else Ratio([value])


# ---- the target ----

def is_parametrized(data):
    if type(data) is not dict or data.get('type') != 'box' or type(data.get('targets')) is not list:
        return False
    lists = [target.get('pieces') for target in data['targets'] if type(target) is dict]
    return any(type(piece) is dict and 'parametrized' in piece for pieces in lists if type(pieces) is list for piece in pieces)


class Piece:
    """x = X(u) for low <= u <= high, which are the ends of [left, right] in one order; F and G of f, by u."""

    def __init__(self, low, high, X, G):
        self.low, self.high, self.X, self.G = low, high, X, G
        self.F = G.slope() / X.slope()
        self.f = self.F.slope() / X.slope()
        self.at_left, self.at_right = (low, high) if X.at(low) < X.at(high) else (high, low)


class Curve:
    """A continuous target on [a, b]; F and G of its pieces meet, too. weight: the loss is weight r^2."""

    def __init__(self, value, path, network, loss):
        fields(value, path, ('type', 'lower', 'upper', 'targets'), ('density',))
        if network.inputs != 1 or network.outputs != 1:
            raise Declined(f'unsupported-data: {path}: one input and one output')
        if isinstance(loss, Irrational) or loss.breakpoints or [*loss.pieces[0][:2], *loss.pieces[0][3:]] != [0, 0] or len(loss.pieces[0]) != 3:
            raise Declined(f'unsupported-loss: {path}: a parametrized target wants the squared loss')
        self.weight = loss.pieces[0][2]
        self.network = network
        self.a, self.b = (vector(value[key], f'{path}.{key}', 1)[0] for key in ('lower', 'upper'))
        expect(self.a < self.b, f'{path}.upper', 'expected lower < upper')
        if 'density' in value:
            density = read_density(value['density'], f'{path}.density', 1)
            expect(density and Range([(self.a, self.b)]).sign(density, weakly=True) == 1, f'{path}.density', 'not >= 0, or 0')
            if density != {(0,): ONE}:
                raise Declined(f'unsupported-data: {path}.density: not 1')
        (target,) = array(value['targets'], f'{path}.targets', 1)
        path = f'{path}.targets[0]'
        fields(target, path, ('breakpoints', 'pieces'))
        self.joints = [self.a, *quantities(target['breakpoints'], f'{path}.breakpoints'), self.b]
        expect(all(p < q for p, q in zip(self.joints, self.joints[1:])), path, 'breakpoints increase between the ends')
        self.pieces = []
        for at, piece in enumerate(array(target['pieces'], f'{path}.pieces', len(self.joints) - 1)):
            self.pieces.append(read_piece(piece, f'{path}.pieces[{at}]', self.joints[at], self.joints[at + 1]))
        for at, before, after in zip(self.joints[1:], self.pieces, self.pieces[1:]):
            expect(before.f.at(before.at_right) == after.f.at(after.at_left), path, f'discontinuous: at {at}')
            jump = before.F.at(before.at_right) - after.F.at(after.at_left)
            after.F = after.F + jump
            after.G = after.G + jump * after.X
            after.G = after.G + (before.G.at(before.at_right) - after.G.at(after.at_left))
        first, last = self.pieces[0], self.pieces[-1]
        self.F_a, self.G_a = first.F.at(first.at_left), first.G.at(first.at_left)
        self.F_b, self.G_b = last.F.at(last.at_right), last.G.at(last.at_right)

    def moments(self):
        """The integrals of f and f x."""
        return self.F_b - self.F_a, self.b * self.F_b - self.a * self.F_a - (self.G_b - self.G_a)

    def beyond(self, q, G):
        """The integral of f (x - q)_+, G the double integral at q."""
        return (self.b - q) * self.F_b - self.G_b + G

    def double_integral_at(self, x):
        """G at a fraction strictly between a and b, where the parameter is a fraction, too."""
        at = next(n for n, joint in enumerate(self.joints[1:]) if x <= joint)
        piece = self.pieces[at]
        if x == self.joints[at + 1]:
            return piece.G.at(piece.at_right)
        equation = plus(piece.X.n, [-x * c for c in piece.X.d])
        scale = lcm(*(c.denominator for c in equation))
        lead = abs(int(equation[-1] * scale))
        # A root that is a fraction has a denominator that divides the leading coefficient; bisection comes so near that no other is.
        low, high = piece.low, piece.high
        rises = evaluate(equation, high) > 0
        while (high - low) * lead * lead * 4 > 1:
            middle = Fraction(round((low + high) / 2 * (8 * lead * lead)), 8 * lead * lead)
            if (evaluate(equation, middle) > 0) == rises:
                high = middle
            else:
                low = middle
        for near in (low, high):
            u = near.limit_denominator(lead)
            if piece.low <= u <= piece.high and evaluate(equation, u) == 0:
                return piece.G.at(u)
        raise Declined(f'irrational-value: the parameter at x = {x}')


def read_piece(value, path, left, right):
    expect(type(value) is dict, path, 'expected an object')
    if 'polynomial' in value:
        fields(value, path, ('polynomial',))
        p = trimmed(quantities(value['polynomial'], f'{path}.polynomial'))
        expect(value['polynomial'], path, 'expected at least one coefficient')
        return Piece(left, right, Ratio([ZERO, ONE]), Ratio([ZERO, ZERO, *(c / ((k + 1) * (k + 2)) for k, c in enumerate(p))]))
    fields(value, path, ('parametrized',))
    value, path = value['parametrized'], f'{path}.parametrized'
    fields(value, path, ('from', 'to', 'x', 'doubleIntegral'))
    low, high = (quantity(value[key], f'{path}.{key}') for key in ('from', 'to'))
    expect(low < high, path, 'empty-range: from < to')
    over = Range([(low, high)])
    X, G = (reader(over)(value[key], f'{path}.{key}') for key in ('x', 'doubleIntegral'))
    slope = X.slope_numerator(0) if isinstance(X, Function) else {}
    expect(slope and over.sign(slope) is not None, f'{path}.x', 'parametrization: the derivative may vanish')
    X, G = lifted(X), lifted(G)
    expect(sorted((X.at(low), X.at(high))) == [left, right], f'{path}.x', 'parametrization: not onto the part')
    return Piece(low, high, X, G)


# ---- one hidden layer ----

def one_hidden_layer(curve, path):
    layers = curve.network.layers
    form = (len(layers) == 3 and isinstance(layers[0], Affine) and isinstance(layers[1], Between)
            and isinstance(layers[2], Affine))
    if not form or not layers[1].h.piecewise_affine:
        raise Declined(f'unsupported-combination: {path}: one hidden layer of a piecewise affine activation')
    return layers[1].h


def beside_square(curve, point, path):
    """R - weight (the integral of f^2), with N as a line and hinges: N = alpha + beta x + sum of jump (x - q)_+."""
    h = one_hidden_layer(curve, path)
    (weights, bias), ((outgoing,), constant) = point
    alpha, beta, hinges = (constant or [ZERO])[0], ZERO, []
    for j, ((w,), v) in enumerate(zip(weights, outgoing)):
        b = bias[j] if bias else ZERO
        # The piece that the unit is in right of a.
        z = w * curve.a + b
        piece = h.piece(z) + (1 if w > 0 and h.at_breakpoint(z) else 0)
        alpha, beta = alpha + v * (h.slope(piece) * b + h.intercept(piece)), beta + v * h.slope(piece) * w
        for n, at in enumerate(h.breakpoints):
            q = (at - b) / w if w else curve.a
            if curve.a < q < curve.b:
                hinges.append((q, v * abs(w) * (h.slope(n + 1) - h.slope(n))))
    zeroth, first = curve.moments()
    explained = alpha * zeroth + beta * first
    explained += sum((k * curve.beyond(q, curve.double_integral_at(q)) for q, k in hinges if k), ZERO)
    ends = sorted({curve.a, curve.b, *(q for q, _ in hinges)})
    square = ZERO
    for low, high in zip(ends, ends[1:]):
        c = alpha - sum((k * q for q, k in hinges if q <= low), ZERO)
        m = beta + sum((k for q, k in hinges if q <= low), ZERO)
        left, right = c + m * low, c + m * high
        square += (high - low) * (left * left + left * right + right * right) / 3
    return curve.weight * (square - 2 * explained)


# ---- the rule ----

def profile_family(curve, problem, family, over, name, node, path):
    """The number R(theta(u)) - weight (the integral of f^2), the same for all u."""
    fields(node, path, ('rule', 'parameter'))
    if over.size != 1:
        raise Declined(f'unsupported-combination: {path}: one parameter')
    expect(string(node['parameter'], f'{path}.parameter') == name, f'{path}.parameter', 'wrong-hint: another name')
    h = one_hidden_layer(curve, path)
    if h.breakpoints != [ZERO] or h.intercept(0) or h.intercept(1):
        raise Declined(f'unsupported-combination: {path}: an activation that is not two lines through (0, 0)')
    (weights, bias), ((outgoing,), constant) = family
    (low, high), = over.ends
    alpha, beta, tilts, kinked = lifted((constant or [ZERO])[0]), lifted(ZERO), False, []
    for j, ((w,), v) in enumerate(zip(weights, outgoing)):
        b = bias[j] if bias else ZERO
        signs = [sign_of(w * end + b, over) for end in (curve.a, curve.b)]
        expect(all(signs), f'unit {j}', 'on-a-kink: its preactivation may be 0 at an end')
        slope = h.slope(1 if signs[0] > 0 else 0)
        # Left of its kink, if it has one.
        alpha, beta = alpha + slope * lifted(v) * lifted(b), beta + slope * lifted(v) * lifted(w)
        if signs[0] != signs[1]:
            kinked.append((j, w, b, v, signs[1]))
        elif slope:
            tilts = True
    if len(kinked) != 1:
        raise Declined(f'unsupported-combination: {path}: one kink')
    j, w, b, v, rising = kinked[0]
    expect(sign_of(v, over) not in (0, None), f'unit {j}', 'outgoing-weight: it may be 0')
    q = lifted(b) * -1 / lifted(w)
    piece = next((p for p in curve.pieces if p.low < low and high < p.high and not (q - p.X).n), None)
    expect(piece is not None, f'unit {j}', 'kink-off-piece: it is X(u) for no piece around the range')
    jump = lifted(v) * lifted(w) * (rising * (h.slope(1) - h.slope(0)))

    # <f, e> and <N, e> for e = 1, x and the hinge (x - q)_+, and <x - q, e>
    zeroth, first = curve.moments()
    hinge = curve.beyond(q, piece.G)
    lengths = [lifted((curve.b**n - curve.a**n) / Fraction(n)) for n in (1, 2, 3)]
    rest = curve.b - q
    with_one, with_x = rest * rest * Fraction(1, 2), rest * rest * rest * Fraction(1, 3) + q * rest * rest * Fraction(1, 2)
    with_hinge = rest * rest * rest * Fraction(1, 3)
    off_one = alpha * lengths[0] + beta * lengths[1] + jump * with_one - zeroth
    off_x = alpha * lengths[1] + beta * lengths[2] + jump * with_x - first
    off_hinge = alpha * with_one + beta * with_x + jump * with_hinge - hinge
    expect(not off_one.n, path, 'moment: the residual is not orthogonal to 1')
    expect(not off_x.n or not tilts, path, 'moment: the residual is not orthogonal to x')
    # h(w x + b) is a multiple of: slope left of q times (x - q), and the change of slope times (x - q)_+
    left = h.slope(0 if rising > 0 else 1)
    change = rising * (h.slope(1) - h.slope(0))
    expect(not (left * (off_x - q * off_one) + change * off_hinge).n, path, 'moment: the residual is not orthogonal to the unit')
    explained = (alpha * zeroth + beta * first + jump * hinge).constant()
    expect(explained is not None, path, 'profile: the risk of the best fits varies')
    return -curve.weight * explained


def sign_of(value, over):
    """The sign on all of the range; 0 or None where there is none, or it is not known."""
    value = settled(value)
    if isinstance(value, Function):
        return over.sign(value.numerator)
    return (value > 0) - (value < 0)


def check_curve(problem, kind, statement, proof, found, read_rule, read_bits):
    """The kinds spurious-family and not-global-minimum for these targets: only the gap is known."""
    curve = problem.curve
    if kind not in ('spurious-family', 'not-global-minimum'):
        raise Declined(f'unsupported-combination: $.statement.kind: {kind} with a parametrized target')
    better = beside_square(curve, problem.read_point(statement['betterPoint'], '$.statement.betterPoint'), '$.statement.betterPoint')
    read_rule(proof['lowerRisk'], '$.proof.lowerRisk', ('lower-risk',))
    read_bits(proof['lowerRisk'], '$.proof.lowerRisk', ('rule',))
    if kind == 'not-global-minimum':
        point = beside_square(curve, problem.read_point(statement['point'], '$.statement.point'), '$.statement.point')
        found['gap'] = point - better
        expect(found['gap'] > 0, 'betterPoint', 'lower-risk: it is not below the point')
        return
    family, over = problem.read_family(statement['family'], '$.statement.family')
    gap = positive(statement['gap'], '$.statement.gap')
    name = statement['family']['parameters'][0]['name']
    read_rule(proof['localMinimum'], '$.proof.localMinimum', ('profile-family',))
    read_rule(proof['injective'], '$.proof.injective', ('strictly-monotone',))
    risk = profile_family(curve, problem, family, over, name, proof['localMinimum'], '$.proof.localMinimum')
    found['gap'] = risk - better
    expect(found['gap'] >= gap, '$.statement.gap', 'lower-risk: the gap is not reached')
    expect(statement['realizations'] == 'distinct', '$.statement.realizations', 'predictions-differ: the kinks are different')
    strictly_monotone(problem, family, over, proof['injective'], '$.proof.injective', False)
