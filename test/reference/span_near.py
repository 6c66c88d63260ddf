"""Rule `affine-span-near` (theory.md 1, "Irrational best fit"): all data in one group over a ball of affine maps.

The maps are p = a u, a in R^(free outputs x basis), u = the entries of (1, x) in a basis of the columns: the 1 first, then the
inputs in order, each that is not in the span of those before it. E(a) is a family with the parameters a, on a box that holds
the ball.
"""

from fractions import Fraction

import enclosures
from affine_span import Sample, follow
from definite import independent, positive_definite
from enclosures import Enclosed
from families import Function
from landscape import Trace
from losses import CrossEntropy, Power, softmax
from multivariate import Range
from near import least_risk, squared_length
from reading import array, expect, positive, vector

ZERO, ONE = Fraction(0), Fraction(1)


def affine_span_near(problem, point, radius, node, path):
    """An enclosure of R at the local minimum."""
    columns = [[ONE] * problem.samples] + list(zip(*problem.inputs))
    basis = list(zip(*(columns[at] for at in independent(columns))))  # u_i, by samples
    cross = isinstance(problem.loss, CrossEntropy)
    outputs = problem.network.outputs - (1 if cross else 0)
    size = outputs * len(basis[0])
    center = vector(node['center'], f'{path}.center', size)
    rho, modulus = (positive(node[key], f'{path}.{key}') for key in ('ballRadius', 'modulus'))
    parts = [problem.read_move(entry, f'{path}.embedding[{at}]')
             for at, entry in enumerate(array(node['embedding'], f'{path}.embedding', size + 1))]

    rows = [center[a * len(basis[0]):(a + 1) * len(basis[0])] for a in range(outputs)]
    risk, gradient = best_fit(problem, rows, basis, rho, modulus, cross, path)
    expect(squared_length(gradient) < (modulus * rho)**2, path, 'small-gradient: it is not shown to be below modulus x radius')
    one_group(problem, parts, center, rho, basis, outputs, path)
    within(problem, point, parts, center, rho, radius, path)
    return least_risk(risk, gradient, modulus)


def best_fit(problem, rows, basis, rho, modulus, cross, path):
    """Shows that the risk of affine maps is strongly convex on the ball; the risk and its gradient at the centre."""
    width = len(basis[0])
    risk, gradient = enclosures.ZERO, [enclosures.ZERO] * (width * len(rows))
    forms = [[[ZERO] * width for _ in range(width)] for _ in rows]
    for u, y, mu in zip(basis, problem.targets, problem.weights):
        last = [enclosures.ZERO] if cross else []
        p = [Enclosed.of(sum((c * x for c, x in zip(row, u)), ZERO)) for row in rows]
        value, first, _ = problem.loss.near(p + last, y)
        risk += mu * value
        reach = enclosures.sqrt(Enclosed.of(sum(x * x for x in u))) * rho
        around = [Enclosed(x.low - reach.high, x.high + reach.high) for x in p]
        least = least_seconds(problem.loss, around, y, cross)
        for a in range(len(rows)):
            m = mu * least[a].ends()[0]
            for j, x in enumerate(u):
                gradient[a * width + j] += mu * x * first[a]
                for k in range(width):
                    forms[a][j][k] += m * x * u[k]
    for form in forms:
        for j in range(width):
            form[j][j] -= modulus
        expect(positive_definite(form), path, 'convex: the risk of affine maps is not shown to be strongly convex')
    return risk, gradient


def least_seconds(loss, p, y, cross):
    """Enclosures whose lower ends bound the second derivatives from below, all over the intervals p of the free outputs."""
    if cross:
        # diag(s) - s s^T >= diag(s_c s_k) on the free outputs, k the last one.
        s = softmax(p + [enclosures.ZERO])
        return [loss.factor * x * s[-1] for x in s[:-1]]
    if isinstance(loss, Power):
        return [loss.least_second(abs(a - b)) for a, b in zip(p, y)]
    return loss.near(p, y)[2]


def one_group(problem, parts, center, rho, basis, outputs, path):
    """N at E(a) is a u on the data, identically; and every sample takes the same pieces, all over the ball."""
    n = len(center)
    over = Range([(c - rho, c + rho) for c in center])
    one = {(0,) * n: ONE}
    unit = [tuple(int(m == k) for k in range(n)) for m in range(n)]

    def entry(*coefficients):
        """Of E: the constant part, then the coefficients of a_1, a_2, …"""
        if not any(coefficients[1:]):
            return coefficients[0]
        numerator = {e: c for e, c in zip([(0,) * n] + unit, coefficients) if c}
        return Function(numerator, one, over)

    family = []
    for layer in problem.network.affine:
        if layer.fixed:
            family.append(layer.fixed)
            continue
        mine = [part[layer.index] for part in parts]
        family.append(([[entry(*c) for c in zip(*row)] for row in zip(*(w for w, _ in mine))],
                       [entry(*c) for c in zip(*(b for _, b in mine))] if layer.bias else None))
    trace = Trace(problem, family)
    structures = set()
    for i, (p, u) in enumerate(zip(trace.predictions, basis)):
        for a, found in enumerate(p):
            wanted = ({unit[a * len(u) + j]: x for j, x in enumerate(u) if x} if a < outputs else {})
            expect(not (Function(wanted, one, over) - found).numerator, path, f'identity: sample {i}, output {a}')
        structure = {}
        follow(problem.network.layers, set(range(problem.network.outputs)), Sample(problem, trace, i), structure)
        structures.add(tuple(structure.get(layer.at) for layer in problem.network.all))
    expect(len(structures) == 1, path, 'several-groups: samples take different pieces')


def flat(move):
    return [x for entry in move if entry for row in entry[0] + [entry[1] or []] for x in row]


def within(problem, point, parts, center, rho, radius, path):
    """|E(a) - point| <= |E(center) - point| + rho (sum of |E_m|^2)^(1/2) <= radius, all squares compared exactly."""
    free = [None if layer.fixed else entry for layer, entry in zip(problem.network.affine, point)]
    vectors = [flat(part) for part in parts]
    at = vectors[0]
    for c, v in zip(center, vectors[1:]):
        if c:
            at = [x + c * y for x, y in zip(at, v)]
    u = sum((x - y)**2 for x, y in zip(at, flat(free)))
    v = rho**2 * sum(x * x for vector in vectors[1:] for x in vector)
    rest = radius**2 - u - v  # sqrt u + sqrt v <= r iff 2 sqrt(u v) <= r^2 - u - v
    expect(rest >= 0 and 4 * u * v <= rest**2, path, 'too-far: the embedded ball leaves the radius')
