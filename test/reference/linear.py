"""Rule `eckart-young` of theory.md 6: the best map of bounded rank, from the dual of a semidefinite program."""

from fractions import Fraction

from definite import positive_semidefinite
from landscape import dot
from network import Affine, Between
from reading import Declined, Rejected, expect, fields, quantity, tensor


def eckart_young(problem, trace, node, path, field=None):
    """With the field of the point, if it has one: the threshold and the excess may have entries in it."""
    read = field.read if field else quantity
    fields(node, path, ('rule', 'threshold', 'excess', 'bestFit'))
    kappa, slope = square(problem.loss)
    d, k, rank, constants = shape(problem)

    # The best affine map (linear, where nothing adds a constant).
    fit = node['bestFit']
    fields(fit, f'{path}.bestFit', ('weights',), ('bias',))
    A = tensor(fit['weights'], f'{path}.bestFit.weights', (k, d), quantity)
    expect(('bias' in fit) == constants, f'{path}.bestFit', 'wrong-hint: a bias exactly where something adds a constant')
    a = tensor(fit['bias'], f'{path}.bestFit.bias', (k,), quantity) if constants else [Fraction(0)] * k
    images = [[dot(row, x) for row in A] for x in problem.inputs]
    residuals = [[u + c - y for u, c, y in zip(row, a, target)] for row, target in zip(images, problem.targets)]
    columns = list(zip(*problem.inputs)) + ([[1] * problem.samples] if constants else [])
    for rows in zip(*residuals):
        g = [mu * (2 * kappa * r + slope) for mu, r in zip(problem.weights, rows)]
        for column in columns:
            expect(dot(g, column) == 0, f'{path}.bestFit', 'moment: not the best fit')

    # What it explains: second moments, around the mean where a constant is free.
    total = sum(problem.weights)
    mean = [dot(problem.weights, column) / total if constants else Fraction(0) for column in zip(*images)]
    off = [[u - m for u, m in zip(row, mean)] for row in images]
    scatter = [[sum(mu * row[p] * row[q] for mu, row in zip(problem.weights, off)) for q in range(k)] for p in range(k)]
    threshold = read(node['threshold'], f'{path}.threshold')
    expect(threshold >= 0, f'{path}.threshold', 'threshold: it is < 0')
    S = tensor(node['excess'], f'{path}.excess', (k, k), read)
    expect(all(S[p][q] == S[q][p] for p in range(k) for q in range(p)), f'{path}.excess', 'excess: it is not symmetric')
    expect(positive_semidefinite(S), f'{path}.excess', 'excess: it is not semidefinite')
    above = [[scatter[p][q] + S[p][q] - (threshold if p == q else 0) for q in range(k)] for p in range(k)]
    expect(positive_semidefinite(above), f'{path}.excess', 'excess: it does not cover what is below the threshold')

    least = sum(mu * problem.loss.value_of(r) for mu, row in zip(problem.weights, residuals) for r in row)
    least += kappa * (threshold * (k - rank) - sum(S[p][p] for p in range(k)))
    expect(trace.risk <= least, 'point', f'bound: the risk is {trace.risk}, and only {least} is shown to be the least')


def square(loss):
    """kappa and c of the loss kappa r^2 + c r + ..., kappa > 0."""
    if not loss.exact or loss.breakpoints:
        raise Declined('unsupported-combination: eckart-young wants a square')
    piece = list(loss.pieces[0]) + [Fraction(0)] * 3
    if piece[2] <= 0 or any(piece[3:]):
        raise Declined('unsupported-combination: eckart-young wants a square')
    return piece[2], piece[1]


def shape(problem):
    """d, k, the rank that the network lets through, and whether anything adds a constant."""
    constants, widths = False, []
    for layer in problem.network.all:
        if isinstance(layer, Affine) and layer.dense and layer.positions == 1:
            widths.append(layer.units)
            constants = constants or bool(layer.bias)
        elif not isinstance(layer, Between):
            raise Declined('unsupported-combination: eckart-young is for dense layers')
    for layer in problem.network.all:
        if isinstance(layer, Between):
            if layer.h.breakpoints or not layer.h.affine(0):
                raise Rejected(f'{layer.where}: not-linear: eckart-young: the activation is not affine')
            constants = constants or layer.h.intercept(0) != 0
    d = len(problem.inputs[0])
    return d, widths[-1], min([d] + widths[:-1]), constants
