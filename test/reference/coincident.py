"""Rule `coincident-preactivations` (theory.md 4): one hidden layer, scalar output; at theta every unit sees one value m_j at all
samples, and the prediction is the constant p (the mean of the targets, or one that the certificate names).

With delta_j = w'_j - w_j, s the mean of the x_i, m'_j = m_j + delta_j.s and e_ij = delta_j.(x_i - s), for squares (and without
the second sum for any loss of Lemma 0)

    R(theta') - R(theta) >= sum_j v'_j/2 sum_i g_i h''_ij e_ij^2 + sum_s (sum_j v'_j sum_i z_si h'_ij e_ij)^2 / sum_i (z_si^2 / mu_i),

where h', h'' are values between m'_j and m'_j + e_ij: a quadratic form in coordinates of the e_j, which is shown to be >= 0.
"""

from fractions import Fraction

import enclosures
from definite import independent
from enclosures import Enclosed
from landscape import dot
from network import Affine, Between
from near import expect_definite
from reading import Declined, count, expect, fields, matrix, positive, quantity

ZERO, ONE = Fraction(0), Fraction(1)


def coincident_preactivations(problem, point, radius, node, path):
    """R at the local minimum, a fraction. radius: of a -near kind, else None."""
    layers = problem.network.layers
    form = (len(layers) == 3 and isinstance(layers[1], Between) and len(problem.network.affine) == 2
            and all(isinstance(layer, Affine) and layer.dense for layer in (layers[0], layers[2])))
    if not form or problem.network.outputs != 1:
        raise Declined(f'unsupported-combination: {path}: one hidden dense layer and one output')
    loss = problem.loss
    if not loss.exact:
        raise Declined(f'unsupported-combination: {path}: losses with rational gradients')
    if radius is None:
        fields(node, path, ('rule', 'halfWidth', 'vectors'), ('bits',))
    else:
        fields(node, path, ('rule', 'halfWidth', 'vectors', 'solveFor'), ('bits', 'prediction'))
    half = positive(node['halfWidth'], f'{path}.halfWidth')
    expect(radius is None or half <= radius, f'{path}.halfWidth', 'too-far: it exceeds the radius of the statement')
    vectors = matrix(node['vectors'], f'{path}.vectors', None, problem.samples)
    if vectors and (loss.breakpoints or len(loss.pieces[0]) != 3):
        raise Declined(f'unsupported-combination: {path}: vectors are for losses that are one quadratic polynomial')

    hidden, h, output = layers[0], layers[1].h, layers[2]
    (weights, bias), (outgoing, constant) = point
    x = [list(row) + ([ONE] if hidden.bias else []) for row in problem.inputs]
    units = [list(row) + ([bias[u]] if hidden.bias else []) for u, row in enumerate(weights)]
    m = []
    for j, w in enumerate(units):
        values = {dot(w, row) for row in x}
        expect(len(values) == 1, f'unit {j}', 'preactivations-differ: it does not see one value')
        m.append(values.pop())

    y = [row[0] for row in problem.targets]
    p = dot(problem.weights, y) / sum(problem.weights)
    if 'prediction' in node:
        p = quantity(node['prediction'], f'{path}.prediction')
    expect_prediction(problem, point, radius, half, node, path, m, p)
    expect(loss.convex or all(loss.curvature(p - target) > 0 for target in y), 'point', 'not-convex-here')
    g = [weight * loss.slope(p - target) for weight, target in zip(problem.weights, y)]
    for column in [[ONE] * len(x), *zip(*x)]:
        expect(dot(g, column) == 0, 'point', 'moment: the sum of g_i, or of g_i x_i, is not 0')
    # Of a quadratic loss the difference to its tangent at p is mu_i dp_i^2.
    mu = [weight * loss.pieces[0][2] for weight in problem.weights] if vectors else []

    norms = []
    for s, z in enumerate(vectors):
        where = f'{path}.vectors[{s}]'
        expect(any(z) and sum(z) == 0, where, 'vector: expected one that is orthogonal to the constants, and not 0')
        for other in vectors[:s]:
            expect(sum(a * b / c for a, b, c in zip(z, other, mu)) == 0, where, 'vector: two are not orthogonal')
        norms.append(sum(a * a / c for a, c in zip(z, mu)))

    mean = [sum(column) / len(x) for column in zip(*x)]
    differences = [[a - b for a, b in zip(row, mean)] for row in x]
    columns = list(zip(*differences))
    basis = list(zip(*(columns[at] for at in independent(columns))))  # e_ij = basis_i . f_j; () if all x_i are equal
    size = len(basis[0]) if basis else 0
    width = ZERO if hidden.fixed else half

    def reach(row):
        return width * sum(map(abs, row))

    first, second = [], []  # v'_j h', v'_j h'' by units and samples
    for j, value in enumerate(m):
        v = outgoing[0][j]
        spread = ZERO if output.fixed else half
        v = Enclosed.hull(Enclosed.of(v - spread), Enclosed.of(v + spread))
        first.append([])
        second.append([])
        for i, row in enumerate(x):
            far = max(reach(row), reach(mean))
            z = Enclosed.hull(Enclosed.of(value - far), Enclosed.of(value + far))
            pieces = h.met(z)
            expect(pieces[0] == pieces[1], f'unit {j}, sample {i}', 'strict-piece: the box meets a breakpoint')
            _, slope, curvature = h.jet(z, f'unit {j}, sample {i}')
            first[-1].append(v * slope)
            second[-1].append(v * curvature)

    n = size * len(m)
    form = [[enclosures.ZERO] * (k + 1) for k in range(n)]
    for j in range(len(m)):
        for i, b in enumerate(basis):
            for k in range(size):
                for l in range(k + 1):
                    form[j * size + k][j * size + l] += second[j][i] * (g[i] * b[k] * b[l] / 2)
    for z, norm in zip(vectors, norms):
        slopes = [sum((first[j][i] * (z[i] * b[k]) for i, b in enumerate(basis) if z[i] and b[k]), enclosures.ZERO)
                  for j in range(len(m)) for k in range(size)]
        for k in range(n):
            for l in range(k + 1):
                form[k][l] += (slopes[k].square() if k == l else slopes[k] * slopes[l]) * (1 / norm)
    if not hidden.fixed:
        expect_definite(form, 0, path)
    return sum((weight * loss.value_of(p - target) for weight, target in zip(problem.weights, y)), ZERO)


def expect_prediction(problem, point, radius, half, node, path, m, p):
    """The prediction is p: exactly, or for one value of the coordinate that is solved for, strictly inside the box and within
    the radius, since the prediction is affine in it and lies on both sides of p at the ends."""
    h, output = problem.network.layers[1].h, problem.network.layers[2]
    outgoing, constant = point[1][0][0], point[1][1][0] if output.bias else ZERO
    if radius is None:
        value = constant + sum((v * h.value(at) for v, at in zip(outgoing, m) if v), ZERO)
        expect(value == p, 'point', 'prediction: it is not the mean of the targets')
        return
    where, value = f'{path}.solveFor', node['solveFor']
    expect(type(value) is dict and not output.fixed, where, 'expected a free parameter of the output layer')
    last = sum(not layer.fixed for layer in problem.network.affine) - 1
    if 'bias' in value:
        fields(value, where, ('layer', 'bias'))
        expect(output.bias and count(value['bias'], where) == 0, where, 'there is no such bias')
        solved = None
    else:
        fields(value, where, ('layer', 'unit', 'input'))
        solved = count(value['input'], where)
        expect(count(value['unit'], where) == 0 and solved < len(m), where, 'there is no such weight')
    expect(count(value['layer'], where) == last, where, 'expected the output layer')
    step = min(half, radius)
    total = Enclosed.of(constant - p)
    values = [h.enclose(Enclosed.of(at)) for at in m]
    for v, z in zip(outgoing, values):
        total += v * z
    move = step * (enclosures.ONE if solved is None else values[solved])
    low, high = total - move, total + move
    expect(low.negative() and high.positive() or low.positive() and high.negative(), where,
           'prediction: it is not shown to be on both sides of the mean of the targets')
