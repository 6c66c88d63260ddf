"""Rules 1, 6 and 7 of theory.md, and `gradient-bound` of rule 3. Each function either returns, and then the claim is
proved, or raises `Rejected`."""

from fractions import Fraction
from math import gcd
from operator import mul

from landscape import gradient_signs, risk_along
from one_hidden import OneHidden
from reading import Rejected, array, count, expect, fields, integers, vector


def has_bias(layer):
    """A bias that is free, or frozen and nonzero."""
    return layer.bias and (layer.fixed is None or any(layer.fixed[1]))


# ---- affine-span ----

def affine_span(problem, trace):
    """F(theta') = sum of <g_i, N_theta'(x_i)> is, near theta, a polynomial; all its coefficients are shown to vanish.

    *Signatures.* At x_i the layers before the last dead one (all units strictly inside slope-0 pieces) are shadowed; every
    other preactivation must lie strictly inside a piece. Data with the same pieces from there on form a group.

    *Path form.* alpha, in the span A_l, is pi o g^a for a vector pi that is constant on groups (the product of slopes
    along a path from the output down to layer l) and an output a. So the spans are spans of vectors pi over the groups,
    and every condition is one on the groups' sums of g_i and of g_i (x) x_i.
    """
    groups = {}
    depth = len(problem.activations)
    for i in range(problem.samples):
        start, dead = 0, False
        for l, h in enumerate(problem.activations):
            if all(p % 2 == 0 and h.slopes[p // 2] == 0 for p in trace.places[l][i]):
                start, dead = l, True
        pieces = tuple(tuple(trace.places[l][i]) for l in range(start, depth))
        for l, places in enumerate(pieces, start):
            for u, p in enumerate(places):
                expect(p % 2 == 0, f'sample {i}, layer {l}, unit {u}', 'strict-piece: the preactivation is a breakpoint')
        groups.setdefault((start, dead, pieces), []).append(i)

    g, _ = integers(trace.gradients)
    keys = list(groups)
    outputs = range(problem.outputs)
    columns = list(zip(*problem.inputs))
    sums = [[sum(g[i][a] for i in groups[key]) for key in keys] for a in outputs]
    moments = []  # moments[a]: per input coordinate, the groups' sums; dead groups do not reach the inputs
    for a in outputs:
        per_group = []
        for key in keys:
            mine = [] if key[1] else groups[key]
            weights = [g[i][a] for i in mine]
            per_group.append([sum(map(mul, weights, [column[i] for i in mine])) for column in columns])
        moments.append(list(zip(*per_group)))

    def vanish(pi, what):
        for a in outputs:
            expect(sum(map(mul, pi, sums[a])) == 0, f'output {a}', f'group-moment: {what}')

    paths = [[1] * len(keys)]
    for l in range(depth, -1, -1):
        if has_bias(problem.layers[l]):
            for pi in paths:
                vanish(pi, f'the bias of layer {l}')
        if l == 0:
            break
        h = problem.activations[l - 1]
        longer = []
        for u in range(problem.layers[l - 1].units):
            # A group that starts later has pi = 0 here, whatever piece the shadowed unit is given.
            piece = [None if l - 1 < start else pieces[l - 1 - start][u] // 2 for start, _, pieces in keys]
            s = [0 if m is None else h.slopes[m] for m in piece]
            t = [0 if m is None else h.intercepts[m] for m in piece]
            for pi in paths:
                if any(t):
                    vanish([x * y for x, y in zip(pi, t)], f'the intercepts of unit {u} after layer {l - 1}')
                longer.append([x * y for x, y in zip(pi, s)])
        paths = spanning(longer, l > 1)
    for pi in paths:
        for a in outputs:
            for j, moment in enumerate(moments[a]):
                expect(sum(map(mul, pi, moment)) == 0, f'output {a}, input {j}', 'group-moment: the weights of layer 0')


def spanning(vectors, independent):
    """Vectors of integers with the same span: without zeros and repetitions, and independent ones if asked for."""
    distinct = list(dict.fromkeys(tuple(v) for v in vectors if any(v)))
    if not independent:
        return distinct
    kept, echelon = [], []
    for v in distinct:
        rest = list(v)
        for pivot, row in echelon:
            if rest[pivot]:
                p, q = row[pivot], rest[pivot]
                rest = [p * x - q * y for x, y in zip(rest, row)]
        common = gcd(*rest)
        if common:
            rest = [x // common for x in rest]
            echelon.append((next(at for at, x in enumerate(rest) if x), rest))
            kept.append(v)
    return kept


# ---- global minima, and better points ----

def zero_loss(problem, trace):
    """Every loss of this checker is >= 0, so R = 0 is a global minimum."""
    expect(trace.risk == 0, 'point', f'zero-loss: the risk is {trace.risk}')


def convex_span(problem, trace):
    """Without any kink, N is Ax + b for every parameter, and sum g_i (x) (x_i, 1) = 0 with Lemma 0 bounds R globally."""
    for l, h in enumerate(problem.activations):
        expect(not h.breakpoints, f'activation after layer {l}', 'convex-span: it has a breakpoint')
    g, _ = integers(trace.gradients)
    linear = not any(map(has_bias, problem.layers)) and not any(h.intercepts[0] for h in problem.activations)
    columns = list(zip(*problem.inputs)) + ([] if linear else [[1] * problem.samples])
    for a, weights in enumerate(zip(*g)):
        for j, column in enumerate(columns):
            expect(sum(map(mul, weights, column)) == 0, f'output {a}, input {j}', 'moment: the sum of g_i (x_i, 1)')


def lower_risk(point, better):
    expect(better.risk < point.risk, 'betterPoint', f'lower-risk: {better.risk} is not below {point.risk}')


# ---- refutations ----

def along_direction(problem, point, node, path, sign):
    """The one-sided derivative of R along the direction has the sign."""
    fields(node, path, ('rule', 'direction'))
    direction = problem.read_move(node['direction'], f'{path}.direction')
    slope = coefficient(risk_along(problem, [point, direction], 1), 1)
    expect(slope * sign > 0, path, f'direction: the derivative is {slope}')


def along_curve(problem, point, node, path, sign):
    """The lowest nonzero coefficient of R(theta(t)) - R(theta) has the sign."""
    fields(node, path, ('rule', 'coefficients'))
    curve = [problem.read_move(entry, f'{path}.coefficients[{at}]')
             for at, entry in enumerate(array(node['coefficients'], f'{path}.coefficients'))]
    expect(curve, f'{path}.coefficients', 'expected at least one coefficient')
    expansion = risk_along(problem, [point] + curve)
    first = next((c for c in expansion[1:] if c), 0)
    expect(first * sign > 0, path, f'curve: the lowest nonzero coefficient is {first}')


def negative_curvature(problem, point, trace, node, path):
    """R is C^2 near theta, and its second derivative along the direction is negative: whatever the gradient is, R falls."""
    fields(node, path, ('rule', 'direction'))
    direction = problem.read_move(node['direction'], f'{path}.direction')
    for l, rows in enumerate(trace.places):
        for i, row in enumerate(rows):
            for u, p in enumerate(row):
                expect(p % 2 == 0, f'sample {i}, layer {l}, unit {u}', 'strict-piece: the preactivation is a breakpoint')
    for i, row in enumerate(trace.residuals):
        for a, r in enumerate(row):
            expect(problem.loss.twice_differentiable(r), f'sample {i}, output {a}', 'strict-loss: the loss is not C^2')
    curvature = coefficient(risk_along(problem, [point, direction], 2), 2)
    expect(curvature < 0, path, f'curvature: half the second derivative is {curvature}')


def coefficient(expansion, m):
    return expansion[m] if m < len(expansion) else Fraction(0)


def flat_then_descent(problem, point, trace, node, path):
    """The outgoing weights of unit j are 0, so the risk does not change when w_j moves; at w_j + eps e its derivative by
    the outgoing weight to output a is psi_a(w_j) + eps psi_a'(w_j; e), which is not 0 for small eps > 0."""
    fields(node, path, ('rule', 'unit', 'direction'))
    hidden = OneHidden(problem, point, trace)
    j = count(node['unit'], f'{path}.unit')
    expect(j < hidden.units, f'{path}.unit', f'expected a unit < {hidden.units}')
    e = vector(node['direction'], f'{path}.direction', hidden.width)
    expect(hidden.hidden_free and hidden.output_free, path, 'flat-then-descent: a layer is fixed')
    expect(not any(hidden.outgoing(j)), path, f'flat-then-descent: unit {j} has a nonzero outgoing weight')
    psi = hidden.psi(j)
    if any(psi):
        return
    linear, classes = hidden.one_sided(j)
    for a in range(problem.outputs):
        total = sum(map(mul, linear[a], e))
        for kink in classes:
            total += kink.weight[a] * max(sum(map(mul, kink.row, e)), Fraction(0))
        if total != 0:
            return
    raise Rejected(f'{path}: flat-then-descent: psi and its derivative along the direction are 0')


def zero_gradient(problem, point, trace):
    """R is differentiable at theta, with gradient 0. Kinks are allowed in one hidden layer, where they must cancel."""
    if OneHidden.fits(problem):
        hidden = OneHidden(problem, point, trace)
        hidden.check_output_bias()
        for j in range(hidden.units):
            if hidden.output_free:
                expect(not any(hidden.psi(j)), f'unit {j}', 'psi: the derivative by an outgoing weight is not 0')
            if hidden.hidden_free:
                M, kinks = hidden.scalar(j, hidden.outgoing(j))
                expect(not any(weight for weight, _, _ in kinks), f'unit {j}', 'kink: a merged coefficient is not 0')
                expect(not any(M), f'unit {j}', 'linear-part: it is not 0')
        return
    for l, rows in enumerate(trace.places):
        for i, row in enumerate(rows):
            for u, p in enumerate(row):
                expect(p % 2 == 0, f'sample {i}, layer {l}, unit {u}', 'strict-piece: the preactivation is a breakpoint')
    for l, rows in enumerate(gradient_signs(problem, point, Fraction(0))):
        for row in rows:
            for low, high in row:
                expect(low == high == 0, f'free layer {l}', 'gradient: an entry is not 0')


def gradient_bound(problem, point, radius, node, path):
    """One entry of the gradient has one strict sign over a box that contains the ball, so R is strictly monotone in that
    coordinate through every point of the ball."""
    fields(node, path, ('rule',), ('bits',))
    if 'bits' in node:
        count(node['bits'], f'{path}.bits', 1)
    for rows in gradient_signs(problem, point, radius):
        for row in rows:
            for low, high in row:
                if low > 0 or high < 0:
                    return
    raise Rejected(f'{path}: gradient-bound: no entry of the gradient keeps its sign')
