"""The true loss on a box (theory.md 0, 1 "On a box", 5e): R = the integral of l(N(x), y(x)) rho(x), exactly.

N is followed as a function on the box: every unit is l.x + p_s(z), z = w.x, with one direction w for all units and a
polynomial p_s on each slab between neighbouring nodes. Integrals over slabs come from the recursion over faces of 5e.
"""

from bisect import bisect_left, bisect_right
from fractions import Fraction
from math import isqrt

from affine_span import Moments, check_paths
from functions import evaluate, trimmed
from losses import Irrational
from multivariate import Range, partial, plus, times
from network import Affine, Between
from polynomials import plus as add, times as multiply
from reading import (
    MAX_DEGREE, Declined, array, count, expect, fields, quantities, quantity, vector,
)

ZERO, ONE = Fraction(0), Fraction(1)
MAX_TERMS = 20_000


class Box:
    """lower, upper: the ends. density: a polynomial in the x_j. targets[a]: (breakpoints, polynomials in the x_j)."""

    def __init__(self, value, path, network, loss):
        fields(value, path, ('type', 'lower', 'upper', 'targets'), ('density',))
        d = network.inputs
        self.lower, self.upper = (vector(value[key], f'{path}.{key}', d) for key in ('lower', 'upper'))
        for j in range(d):
            expect(self.lower[j] < self.upper[j], f'{path}.upper[{j}]', 'expected lower < upper')
        self.dimension = d
        self.targets = [read_target(target, f'{path}.targets[{at}]', d)
                        for at, target in enumerate(array(value['targets'], f'{path}.targets', network.outputs))]
        self.density = {(0,) * d: ONE}
        if 'density' in value:
            self.density = read_density(value['density'], f'{path}.density', d)
            sign = self.density and Range(list(zip(self.lower, self.upper))).sign(self.density, weakly=True)
            expect(sign == 1, f'{path}.density', 'it is not shown to be >= 0, and not 0')
        self.expect_form(network, loss)

    @staticmethod
    def expect_form(network, loss):
        for layer in network.all:
            if not (isinstance(layer, Affine) and layer.dense or isinstance(layer, Between) and layer.h.polynomial):
                raise Declined(f'unsupported-combination: {layer.where} on a box')
        if isinstance(loss, Irrational) or loss.breakpoints:
            raise Declined('unsupported-combination: a loss that is not one polynomial, on a box')


def read_terms(value, path, d):
    total = {}
    for at, term in enumerate(array(value, path)):
        where = f'{path}[{at}]'
        fields(term, where, ('coefficient', 'exponents'))
        exponents = tuple(count(e, f'{where}.exponents[{k}]')
                          for k, e in enumerate(array(term['exponents'], f'{where}.exponents', d)))
        if sum(exponents) > MAX_DEGREE:
            raise Declined(f'limit-degree: {where}')
        c = quantity(term['coefficient'], f'{where}.coefficient')
        total = plus(total, {exponents: c} if c else {})
    return total


def read_polynomial(value, path):
    coefficients = quantities(value, path)
    expect(coefficients, path, 'expected at least one coefficient')
    if len(coefficients) > MAX_DEGREE + 1:
        raise Declined(f'limit-degree: {path}')
    return {(at,): c for at, c in enumerate(coefficients) if c}


def read_target(value, path, d):
    expect(type(value) is dict, path, 'expected an object')
    if 'terms' in value:
        fields(value, path, ('terms',))
        return [], [read_terms(value['terms'], f'{path}.terms', d)]
    fields(value, path, ('breakpoints', 'pieces'))
    expect(d == 1, path, 'pieces are for one dimension')
    breakpoints = quantities(value['breakpoints'], f'{path}.breakpoints')
    pieces = []
    for at, piece in enumerate(array(value['pieces'], f'{path}.pieces', len(breakpoints) + 1)):
        where = f'{path}.pieces[{at}]'
        fields(piece, where, ('polynomial',))
        pieces.append(read_polynomial(piece['polynomial'], f'{where}.polynomial'))
    expect(all(a < b for a, b in zip(breakpoints, breakpoints[1:])), path, 'breakpoints must increase strictly')
    for at, left, right in zip(breakpoints, pieces, pieces[1:]):
        expect(value_at(left, [at]) == value_at(right, [at]), path, f'discontinuous: at {at}')
    return breakpoints, pieces


def read_density(value, path, d):
    expect(type(value) is dict, path, 'expected an object')
    if 'polynomial' in value:
        fields(value, path, ('polynomial',))
        expect(d == 1, path, 'a polynomial is for one dimension')
        return read_polynomial(value['polynomial'], f'{path}.polynomial')
    fields(value, path, ('terms',))
    return read_terms(value['terms'], f'{path}.terms', d)


# ---- integrals ----

def value_at(P, x):
    total = ZERO
    for e, c in P.items():
        for x_j, n in zip(x, e):
            c = c * x_j**n
        total += c
    return total


def without(P, j, power):
    """P with x_j^n replaced by power(n), as a polynomial in the other variables."""
    total = {}
    for e, c in P.items():
        rest = e[:j] + e[j + 1:]
        total[rest] = total.get(rest, ZERO) + c * power(e[j])
    return {e: c for e, c in total.items() if c}


def integral(P, lower, upper):
    for a, b in zip(lower, upper):
        P = without(P, 0, lambda n: (b**(n + 1) - a**(n + 1)) / (n + 1))
    return P.get((), ZERO)


def above(P, lower, upper, w, t, m=0):
    """The integral of P (w.x - t)_+^m over the box, by the recursion of theory.md 5e; (.)_+^0 is 1 where w.x > t."""
    if not P:
        return ZERO
    if not lower:
        return P[()] * (-t)**m if t < 0 else ZERO
    j = next((j for j, c in enumerate(w) if not c), 0)
    rest = [part[:j] + part[j + 1:] for part in (lower, upper, w)]
    a, b, c = lower[j], upper[j], w[j]
    if not c:
        return above(without(P, j, lambda n: (b**(n + 1) - a**(n + 1)) / (n + 1)), *rest, t, m)
    faces = [above(without(P, j, lambda n: end**n), *rest, t - c * end, m + 1) for end in (b, a)]
    return (faces[0] - faces[1] - above(partial(P, j), lower, upper, w, t, m + 1)) / (c * (m + 1))


def least(w, lower, upper):
    return sum((min(c * a, c * b) for c, a, b in zip(w, lower, upper)), ZERO)


def greatest(w, lower, upper):
    return sum((max(c * a, c * b) for c, a, b in zip(w, lower, upper)), ZERO)


# ---- what the network is on the box ----

class Profile:
    """linear . x + pieces[s](w.x) on slab s."""

    def __init__(self, linear, pieces):
        self.linear, self.pieces = linear, pieces


class Realization:
    """The outputs as profiles; direction and nodes are None while every unit is affine."""

    def __init__(self, box, network, point):
        self.box = box
        d = box.dimension
        self.direction, self.nodes = None, None
        self.units = [Profile([ONE if j == k else ZERO for k in range(d)], [[]]) for j in range(d)]
        if d == 1:
            self.choose([ONE])
        for layer in network.layers:
            if isinstance(layer, Affine):
                self._affine(*point[layer.index])
            else:
                self._activate(layer)

    def choose(self, direction):
        """The direction in which units bend."""
        self.direction = direction
        self.nodes = [least(direction, self.box.lower, self.box.upper), greatest(direction, self.box.lower, self.box.upper)]
        for unit in self.units:
            self._fold(unit)

    def _fold(self, unit):
        at = next(j for j, c in enumerate(self.direction) if c)
        factor = unit.linear[at] / self.direction[at]
        if factor and unit.linear == [factor * c for c in self.direction]:
            unit.linear = [ZERO] * len(unit.linear)
            unit.pieces = [add(piece, [ZERO, factor]) for piece in unit.pieces]

    def _affine(self, weights, bias):
        slabs, found = range(len(self.units[0].pieces)), []
        for u, row in enumerate(weights):
            linear, pieces = [ZERO] * self.box.dimension, [[bias[u]] if bias and bias[u] else [] for _ in slabs]
            for w, unit in zip(row, self.units):
                if w:
                    linear = [a + w * b for a, b in zip(linear, unit.linear)]
                    pieces = [add(p, [w * c for c in q]) for p, q in zip(pieces, unit.pieces)]
            found.append(Profile(linear, pieces))
        self.units = found
        if self.direction:
            for unit in found:
                self._fold(unit)

    def _activate(self, layer):
        for unit in self.units:
            if any(unit.linear) and not self._inside_one_piece(unit, layer.h):
                if self.direction is None and len(unit.pieces) == 1:
                    self.choose(list(unit.linear))
                else:
                    raise Declined(f'unsupported-point: {layer.where}: units that bend in different directions')
        for unit in self.units:
            if not any(unit.linear) and self.direction:
                self._cut(unit, layer.h)
        for unit in self.units:
            if any(unit.linear):
                m = self._inside_one_piece(unit, layer.h)[0]
                slope, intercept = layer.h.slope(m), layer.h.intercept(m)
                unit.linear = [slope * c for c in unit.linear]
                unit.pieces = [add([slope * c for c in trimmed(p)] if slope else [], trimmed([intercept])) for p in unit.pieces]
            else:
                unit.pieces = [self._composed(unit, s, layer.h) for s in range(len(unit.pieces))]

    def _inside_one_piece(self, unit, h):
        """(m,) if all values of a unit that is no function of w.x alone are seen in the closed piece m, which is affine."""
        low = high = ZERO
        if any(unit.pieces[0][1:]) or any(p != unit.pieces[0] for p in unit.pieces):
            ends = [z for p, s in zip(unit.pieces, range(len(unit.pieces))) for z in crude_range(p, *self.nodes[s:s + 2])]
            low, high = min(ends), max(ends)
        elif unit.pieces[0]:
            low = high = unit.pieces[0][0]
        low += least(unit.linear, self.box.lower, self.box.upper)
        high += greatest(unit.linear, self.box.lower, self.box.upper)
        m = bisect_right(h.breakpoints, low)
        return (m,) if m >= bisect_left(h.breakpoints, high) and h.affine(m) else ()

    def _cut(self, unit, h):
        """Nodes where the unit passes a breakpoint."""
        for s in range(len(self.nodes) - 2, -1, -1):
            cuts = sorted({z for at in h.breakpoints
                           for z in sign_changes(add(unit.pieces[s], [-at]), *self.nodes[s:s + 2])})
            if cuts:
                self.nodes[s + 1:s + 1] = cuts
                for other in self.units:
                    other.pieces[s:s + 1] = [other.pieces[s]] * (len(cuts) + 1)

    def _composed(self, unit, s, h):
        """The piece that the unit stays in on the slab, applied to its polynomial."""
        p = unit.pieces[s]
        if self.direction is None or len(p) <= 1:
            return trimmed([h.value(p[0] if p else ZERO)])
        a, b = self.nodes[s:s + 2]
        values = [evaluate(p, a + (b - a) * Fraction(k, len(p) + 1)) for k in range(1, len(p) + 1)]
        value = next(v for v in values if not h.at_breakpoint(v))  # p takes no value so often
        total = []
        for c in reversed(h.pieces[h.piece(value)]):
            total = add(multiply(total, p), [c])
            if len(total) > MAX_DEGREE:
                raise Declined('limit-degree: a unit on the box')
        return total


def crude_range(p, a, b):
    """Two numbers between which p is on [a, b]."""
    low = high = ZERO
    size = max(abs(a), abs(b))
    for n, c in enumerate(p):
        low, high = (low + c, high + c) if n == 0 else (low - abs(c) * size**n, high + abs(c) * size**n)
    return low, high


def sign_changes(q, a, b):
    """The points of (a, b) where a polynomial changes its sign; declined where that may be at an irrational one."""
    if len(q) <= 1:
        return []
    if len(q) == 2:
        roots = [-q[0] / q[1]]
    elif len(q) == 3:
        discriminant = q[1]**2 - 4 * q[0] * q[2]
        if discriminant <= 0:
            return []
        root = exact_root(discriminant)
        if root is not None:
            roots = [(-q[1] + sign * root) / (2 * q[2]) for sign in (1, -1)]
        elif Range([(a, b)]).sign({(n,): c for n, c in enumerate(q) if c}, weakly=True):
            return []
        else:
            raise Declined('unsupported-point: a unit passes a breakpoint at an irrational point')
    elif Range([(a, b)]).sign({(n,): c for n, c in enumerate(q) if c}, weakly=True):
        return []
    else:
        raise Declined('unsupported-point: a unit of degree > 2 may pass a breakpoint')
    return [z for z in roots if a < z < b]


def exact_root(x):
    parts = [Fraction(part) for part in (x.numerator, x.denominator)]
    roots = [isqrt(int(part)) for part in parts]
    return Fraction(*roots) if all(r * r == part for r, part in zip(roots, parts)) else None


# ---- risk and moments ----

def cells(problem, realization, a):
    """(polynomial residual of output a, integrate) for regions that cover the box up to null sets."""
    box, unit = problem.box, realization.units[a]
    breakpoints, targets = box.targets[a]
    d, lower, upper = box.dimension, box.lower, box.upper
    unit_linear = {tuple(int(j == k) for k in range(d)): c for j, c in enumerate(unit.linear) if c}

    def residual(piece, target):
        total, w = {}, {}
        if piece[1:]:
            w = {tuple(int(j == k) for k in range(d)): c for j, c in enumerate(realization.direction) if c}
        for c in reversed(piece):
            total = plus(times(total, w), {(0,) * d: c} if c else {})
            if len(total) > MAX_TERMS:
                raise Declined('limit-terms: a realization')
        return plus(plus(total, unit_linear), {e: -c for e, c in target.items()})

    if d == 1:
        ends = sorted({*realization.nodes, *(t for t in breakpoints if lower[0] < t < upper[0])})
        for low, high in zip(ends, ends[1:]):
            middle = (low + high) / 2
            s = bisect_left(realization.nodes, middle) - 1
            yield (residual(unit.pieces[s], targets[bisect_left(breakpoints, middle)]),
                   lambda P, low=low, high=high: integral(P, [low], [high]))
    elif realization.direction is None or all(p == unit.pieces[0] for p in unit.pieces):
        yield residual(unit.pieces[0], targets[0]), lambda P: integral(P, lower, upper)
    else:
        for piece, low, high in zip(unit.pieces, realization.nodes, realization.nodes[1:]):
            yield (residual(piece, targets[0]),
                   lambda P, low=low, high=high: above(P, lower, upper, realization.direction, low)
                   - above(P, lower, upper, realization.direction, high))


def composed(polynomial, r, d):
    total = {}
    for c in reversed(polynomial):
        total = plus(times(total, r), {(0,) * d: c} if c else {})
        if len(total) > MAX_TERMS:
            raise Declined('limit-terms: a loss on the box')
    return total


def box_risk(problem, point):
    box = problem.box
    realization = Realization(box, problem.network, point)
    return sum((integrate(times(box.density, composed(problem.loss.pieces[0], r, box.dimension)))
                for a in range(problem.network.outputs) for r, integrate in cells(problem, realization, a)), ZERO)


def box_moments(problem, point):
    """The integrals of g_a, and of g_a x_j, g_a = rho l'(N_a - y_a)."""
    box, d = problem.box, problem.box.dimension
    realization = Realization(box, problem.network, point)
    of_one, of_input = {}, {}
    for a in range(problem.network.outputs):
        of_one[0, a], of_input[0, a] = ZERO, [ZERO] * d
        for r, integrate in cells(problem, realization, a):
            g = times(box.density, composed(problem.loss.slopes[0], r, d))
            of_one[0, a] += integrate(g)
            of_input[0, a] = [m + integrate(times(g, {tuple(int(j == k) for k in range(d)): ONE}))
                              for j, m in enumerate(of_input[0, a])]
    return Moments(of_one, of_input)


def box_affine_span(problem, point, everywhere):
    """Every unit is strictly inside an affine piece all over the box, so N is affine in x near theta; and the path form. If
    everywhere, activations have one affine piece, and N is affine for every parameter."""
    expect(problem.loss.convex, 'loss', 'not-convex: Lemma 0 on a box wants a convex loss')
    box, structure = problem.box, {}
    maps = [([ONE if j == k else ZERO for k in range(box.dimension)], ZERO) for j in range(box.dimension)]
    for layer in problem.network.layers:
        if isinstance(layer, Affine):
            weights, bias = point[layer.index]
            maps = [([sum((w * m[0][k] for w, m in zip(row, maps)), ZERO) for k in range(box.dimension)],
                     sum((w * m[1] for w, m in zip(row, maps)), bias[u] if bias else ZERO)) for u, row in enumerate(weights)]
            continue
        h, pieces = layer.h, []
        expect(not (everywhere and h.breakpoints), layer.where, 'convex-span: it has a breakpoint')
        for linear, constant in maps:
            low, high = (constant + end(linear, box.lower, box.upper) for end in (least, greatest))
            first, last = bisect_left(h.breakpoints, low), bisect_right(h.breakpoints, high)
            expect(first == last, layer.where, 'strict-piece: a unit meets a breakpoint on the box')
            expect(h.affine(first), layer.where, 'smooth-piece: a unit is in a piece that is not affine')
            pieces.append(first)
        structure[layer.at] = tuple(pieces)
        maps = [([h.slope(m) * c for c in linear], h.slope(m) * constant + h.intercept(m))
                for m, (linear, constant) in zip(pieces, maps)]
    check_paths(problem.network, [structure], box_moments(problem, point))
