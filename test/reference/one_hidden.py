"""Rule 2 of theory.md, `neuron-dominance`, and the normal form of one hidden layer that it shares with other rules."""

from fractions import Fraction

from functions import Activation
from landscape import ZERO, dot
from network import Affine, AveragePool, Between
from reading import Declined, array, count, expect, fields, matrix, positive, vector


class Kink:
    """A class of parallel kink rows, named by its least sample.

    weight[a] is the merged coefficient of max(e.row, 0) in psi_a'(w_j; e), row = the representative's input.
    """

    def __init__(self, sample, row, weight):
        self.sample, self.row, self.weight = sample, row, weight


class OneHidden:
    """A hidden layer and a dense output layer; whatever comes before is fixed, and applied to the data beforehand.

    The hidden layer is dense, or a convolution with one average pool or none behind it. Then a unit is a channel, the rows x
    are patches (i * positions + p), and the outgoing weights of a unit are v_aq, output a by window q. So what is said of
    samples below is of rows, with g of a row for each (a, q): g_ia / (size of the window) inside of it, else 0.
    """

    @staticmethod
    def fits(problem, convolutions=False):
        """(hidden layer, activation or None, windows, output layer) if the network is of this form, otherwise None."""
        layers = list(problem.network.layers)
        output = layers.pop()
        pool = layers.pop() if layers and isinstance(layers[-1], AveragePool) else None
        between = layers.pop() if layers and isinstance(layers[-1], Between) else None
        hidden = layers.pop() if layers else None
        if not (isinstance(hidden, Affine) and isinstance(output, Affine) and output.dense):
            return None
        if not (hidden.dense and pool is None or convolutions) or not all(layer.fixed for layer in problem.network.affine[:-2]):
            return None
        windows = [[p] for p in range(hidden.positions)]
        if pool:  # the same windows in every channel
            windows = [window for window in pool.windows if max(window) < hidden.positions]
        return hidden, between, windows, output

    def __init__(self, problem, point, trace, convolutions=False):
        form = self.fits(problem, convolutions)
        if form is None and not all(isinstance(layer, Between) or isinstance(layer, Affine) and layer.dense
                                    for layer in problem.network.all):
            raise Declined('unsupported-combination: one-hidden-layer rules for these layers')
        expect(form is not None, 'network', 'one-hidden-layer: more than one hidden layer is free, or there is none')
        layer, between, windows, self.output_layer = form
        P = layer.positions
        self.units, self.windows = layer.units, len(windows)
        self.outputs = problem.network.outputs * self.windows
        self.hidden_free, self.output_free = layer.fixed is None, self.output_layer.fixed is None
        self.h = between.h if between else Activation([], [[ZERO, Fraction(1)]])
        self.output_weights = point[-1][0]
        one = [Fraction(1)] if layer.bias else []
        self.x = [[ZERO if read[p] is None else entering[layer.at][read[p]] for read in layer.reads] + one
                  for entering in trace.entering for p in range(P)]
        self.width = len(self.x[0])
        self.columns = list(zip(*self.x))
        after = between or self.output_layer
        self.preactivations = [entering[after.at][p::P] for entering in trace.entering for p in range(P)]
        self.values = [list(map(self.h.value, row)) for row in self.preactivations]
        self.sums = [sum(column) for column in zip(*trace.gradients)]
        self.g = [[c / len(window) if p in window else ZERO for c in g for window in windows]
                  for g in trace.gradients for p in range(P)]
        self.g_columns = list(zip(*self.g))

    def outgoing(self, j):
        m = self.windows
        return [v for row in self.output_weights for v in row[j * m:(j + 1) * m]]

    def check_output_bias(self):
        if self.output_free and self.output_layer.bias:
            for a, total in enumerate(self.sums):
                expect(total == 0, f'output {a}', 'output-bias: the sum of g_i is not 0')

    def psi(self, j):
        """psi(w_j) = sum of g_i h(w_j x_i), one entry an output."""
        values = [row[j] for row in self.values]
        return [dot(column, values) for column in self.g_columns]

    def one_sided(self, j):
        """psi_a'(w_j; e) = linear[a].e + sum over the kinks of weight[a] max(e.row, 0), merged: (linear, kinks)."""
        h = self.h
        pieces = [h.piece(row[j]) for row in self.preactivations]  # at a breakpoint, the one on its left
        slopes = [h.slope(m) for m in pieces]
        linear = [[dot([g * s for g, s in zip(column, slopes)], x) for x in self.columns] for column in self.g_columns]
        classes = {}
        for i, x in enumerate(self.x):
            if h.at_breakpoint(self.preactivations[i][j]) and any(x):
                classes.setdefault(line_through(x), []).append(i)
        kinks = []
        for samples in classes.values():
            row = self.x[samples[0]]
            weight = [ZERO] * self.outputs
            for i in samples:
                t = first_nonzero(self.x[i]) / first_nonzero(row)
                for a, g in enumerate(self.g[i]):
                    kappa = g * (h.slope(pieces[i] + 1) - h.slope(pieces[i]))
                    weight[a] += kappa * abs(t)
                    if t < 0:  # max(e.x_i, 0) = |t| max(-e.row, 0) = |t| max(e.row, 0) + t e.row
                        linear[a] = [m + kappa * t * n for m, n in zip(linear[a], row)]
            kinks.append(Kink(samples[0], row, weight))
        return linear, sorted(kinks, key=lambda kink: kink.sample)

    def scalar(self, j, u, derivative=None):
        """The same with the weights <u, g_i>: M, and (coefficient, sample, row) for each kink."""
        linear, kinks = derivative or self.one_sided(j)
        M = [dot(u, column) for column in zip(*linear)]
        return M, [(dot(u, kink.weight), kink.sample, kink.row) for kink in kinks]


def first_nonzero(row):
    return next(x for x in row if x)


def line_through(row):
    """The line through 0 and a nonzero row, in one form."""
    return tuple(x / first_nonzero(row) for x in row)


def neuron_dominance(problem, point, trace, node, path):
    """The theorem of section 2: sum g_i = 0, psi(w_j) = 0, and <v, psi'(w_j; e)> >= 0 for all v near v_j and all e."""
    fields(node, path, ('rule', 'units'))
    hidden = OneHidden(problem, point, trace, convolutions=True)
    hidden.check_output_bias()
    for j, U in enumerate(array(node['units'], f'{path}.units', hidden.units)):
        where = f'{path}.units[{j}]'
        if hidden.output_free:
            expect(not any(hidden.psi(j)), f'unit {j}', 'psi: it is not 0')
        if not hidden.hidden_free:
            fields(U, where)
            continue
        v = hidden.outgoing(j)
        if hidden.outputs > 1:
            check_vertices(hidden, j, v, U, where)
        elif v[0] == 0:
            fields(U, where)
            if hidden.output_free:
                M, kinks = hidden.scalar(j, [Fraction(1)])
                expect(not any(weight for weight, _, _ in kinks), f'unit {j}', 'kink: a merged coefficient is not 0')
                expect(not any(M), f'unit {j}', 'linear-part: it is not 0')
        else:
            check_scalar(*hidden.scalar(j, [Fraction(1 if v[0] > 0 else -1)]), U, where)


def check_vertices(hidden, j, v, U, path):
    """<u, psi'(w_j; e)> is linear in u, and the vertices' hull is a neighbourhood of v_j."""
    fields(U, path, ('radius', 'vertices'))
    radius = positive(U['radius'], f'{path}.radius')
    vertices = array(U['vertices'], f'{path}.vertices', 2 * hidden.outputs)
    derivative = hidden.one_sided(j)
    for at, vertex in enumerate(vertices):
        u = list(v)
        u[at // 2] += radius if at % 2 == 0 else -radius
        check_scalar(*hidden.scalar(j, u, derivative), vertex, f'{path}.vertices[{at}]')


def check_scalar(M, kinks, U, path):
    """M.e + sum of kappa max(e.row, 0) >= 0 for all e."""
    P = [kink for kink in kinks if kink[0] > 0]
    Q = [kink for kink in kinks if kink[0] < 0]
    if not Q:
        fields(U, path, ('multipliers',))
        combination(M, P, U['multipliers'], [kappa for kappa, _, _ in P], f'{path}.multipliers', [])
    elif type(U) is dict and 'transport' in U:
        check_transport(M, P, Q, U, path)
    else:
        check_tree(M, P, Q, U, path, {}, [])


def combination(M, P, value, bounds, path, right):
    """M + sum of lambda_p row_p = the right side, 0 <= lambda_p <= bound."""
    multipliers = vector(value, path, len(P))
    total = list(M)
    for at, (lam, bound, (_, _, row)) in enumerate(zip(multipliers, bounds, P)):
        expect(0 <= lam <= bound, f'{path}[{at}]', f'multiplier: expected a quantity between 0 and {bound}')
        if lam:
            total = [m + lam * x for m, x in zip(total, row)]
    expect(total == (right or [0] * len(total)), path, 'dominance: the combination does not balance')


def check_tree(M, P, Q, U, path, signs, splits):
    """signs: +1 or -1 for every sample decided above; splits: the rows split above, each times its sign."""
    expect(type(U) is dict, path, 'expected an object')
    if 'sample' not in U:
        expect(bool(signs), path, 'undecided: negative kinks want a tree or a transport')
        fields(U, path, ('multipliers', 'cone'))
        for _, sample, _ in Q:
            expect(sample in signs, path, f'undecided: the leaf leaves sample {sample} undecided')
        cone = vector(U['cone'], f'{path}.cone', len(Q))
        left, right = list(M), [ZERO] * len(M)
        for at, (nu, (kappa, sample, row)) in enumerate(zip(cone, Q)):
            expect(nu >= 0, f'{path}.cone[{at}]', 'multiplier: expected a quantity >= 0')
            if signs[sample] > 0:
                left = [m + kappa * x for m, x in zip(left, row)]
            if nu:
                right = [m + signs[sample] * nu * x for m, x in zip(right, row)]
        combination(left, P, U['multipliers'], [kappa for kappa, _, _ in P], f'{path}.multipliers', right)
        return
    sample = count(U['sample'], f'{path}.sample')
    row = next((row for _, s, row in Q if s == sample), None)
    expect(row is not None, f'{path}.sample', 'expected a sample with a negative merged coefficient')
    expect(sample not in signs, f'{path}.sample', 'the sample is decided above')
    if 'implied' in U:
        side = 'nonnegative' if 'nonnegative' in U else 'nonpositive'
        fields(U, path, ('sample', side, 'implied'))
        sign = 1 if side == 'nonnegative' else -1
        total = [ZERO] * len(row)
        for at, (c, other) in enumerate(zip(vector(U['implied'], f'{path}.implied', len(splits)), splits)):
            expect(c >= 0, f'{path}.implied[{at}]', 'multiplier: expected a quantity >= 0')
            total = [m + c * x for m, x in zip(total, other)]
        expect(total == [sign * x for x in row], f'{path}.implied', 'implied: the combination is not the row')
        check_tree(M, P, Q, U[side], f'{path}.{side}', {**signs, sample: sign}, splits)
        return
    fields(U, path, ('sample', 'nonnegative', 'nonpositive'))
    for side, sign in (('nonnegative', 1), ('nonpositive', -1)):
        oriented = [sign * x for x in row]
        check_tree(M, P, Q, U[side], f'{path}.{side}', {**signs, sample: sign}, splits + [oriented])


def check_transport(M, P, Q, U, path):
    """Each negative kink is a nonnegative combination of positive ones: max(., 0) is subadditive."""
    fields(U, path, ('transport', 'multipliers'))
    table = matrix(U['transport'], f'{path}.transport', len(P), len(Q))
    bounds = []
    for p, row in enumerate(table):
        for q, gamma in enumerate(row):
            expect(gamma >= 0, f'{path}.transport[{p}][{q}]', 'multiplier: expected a quantity >= 0')
        expect(sum(row) <= 1, f'{path}.transport[{p}]', 'transport: the row sums to more than 1')
        bounds.append((1 - sum(row)) * P[p][0])
    for q, (kappa, _, row) in enumerate(Q):
        total = [ZERO] * len(row)
        for entries, (weight, _, other) in zip(table, P):
            if entries[q]:
                total = [m + entries[q] * weight * x for m, x in zip(total, other)]
        expect(total == [-kappa * x for x in row], f'{path}.transport', f'transport: column {q} does not balance')
    combination(M, P, U['multipliers'], bounds, f'{path}.multipliers', [])
