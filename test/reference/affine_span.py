"""Rule 1 of theory.md, `affine-span`: F(theta') = sum of <g_i, N_theta'(x_i)> is constant near theta.

For each sample, `follow` finds what the network is near theta: the piece of every unit and the winner of every pool that
are not shadowed. Samples where these are the same form a group G. The theorem is then checked in its path form, which
accepts all that the group form accepts. A vector alpha of the theory is here a functional that is constant on groups, the
sums over the samples of a group being taken beforehand, with an entry for each position of a feature map.

There are about as many functionals as there are paths of weights from the output down, but never more independent ones
than entries of a feature map times groups times outputs. Beyond MAX_TERMS the answer is *declined*: far beyond, for
instance, 100 samples of 8 x 8 pixels, all with different signatures, and two convolutions (some seconds).
"""

from fractions import Fraction

from definite import independent, positive_definite
from landscape import ZERO, dot
from network import Affine, AveragePool, Between, MaxPool
from reading import Declined, expect

MAX_TERMS = 5_000_000  # entries of all functionals at one layer


def affine_span(problem, trace):
    network = problem.network
    groups = {}
    for i in range(problem.samples):
        structure = {}
        follow(network.layers, set(range(network.outputs)), Sample(problem, trace, i), structure)
        key = tuple(structure.get(layer.at) for layer in network.all)
        groups.setdefault(key, []).append(i)
    structures = [dict(zip((layer.at for layer in network.all), key)) for key in groups]
    if not problem.loss.convex:
        homogeneous = without_constants(problem, structures)
        for group in groups.values():
            expect_convex(problem, trace, group, homogeneous)
    check_paths(network, structures, moments_of_samples(problem, trace, list(groups.values())))


def check_paths(network, structures, moments):
    """The path form, for the groups that have these structures and moments."""
    outputs = {((G, a), a): Fraction(1) for G in range(len(structures)) for a in range(network.outputs)}
    for alpha in backwards(network.layers, [outputs], structures, moments):
        expect(moments.of_inputs(alpha) == 0, 'point', 'group-moment: the inputs of the network')


def without_constants(problem, structures):
    """Whether theory.md 1 (ii) lets the 1 of (x_i, 1) go: no layer has a bias, and every piece taken has intercept 0."""
    if any(layer.counts_as_biased for layer in problem.network.affine):
        return False
    return not any(piece is None or layer.h.intercept(piece) for layer in problem.network.all if isinstance(layer, Between)
                   for structure in structures for piece in structure[layer.at])


def expect_convex(problem, trace, group, homogeneous):
    """A loss that is not convex: second derivatives > 0 at every sample of the group; or g is orthogonal to the affine
    functions on it, and the sum of the second derivatives is positive definite there."""
    loss, outputs = problem.loss, range(problem.network.outputs)
    second = {i: [problem.weights[i] * loss.curvature(r) for r in trace.residuals[i]] for i in group}
    if all(c > 0 for row in second.values() for c in row):
        return
    columns = list(zip(*(list(problem.inputs[i]) + ([] if homogeneous else [Fraction(1)]) for i in group)))
    columns = [columns[at] for at in independent(columns)]
    for a in outputs:
        g, c = ([of[i][a] for i in group] for of in (trace.gradients, second))
        expect(all(dot(g, column) == 0 for column in columns), f'samples {group}', 'not-convex-here: a moment is not 0')
        form = [[sum(w * x * y for w, x, y in zip(c, u, v)) for u in columns] for v in columns]
        expect(positive_definite(form), f'samples {group}', 'not-convex-here: the second derivatives')


# ---- what the network is near theta ----

class Sample:
    """One sample: what enters the layers, and, where pools want to know, which entries agree for every theta'."""

    def __init__(self, problem, trace, i):
        self.i, self.entering, self.layers, self.known = i, trace.entering[i], problem.network.layers, None

    def may_tie(self, pool, tied):
        """The entries are the same function of theta, or all of them are strictly inside slope-0 pieces."""
        if self.known is None:
            self.known, self.numbers = {}, {}
            self.describe(self.layers, [(self.name('input', x), False) for x in self.entering[self.layers[0].at]])
        same, constant = zip(*(self.known[pool.at][v] for v in tied))
        return len(set(same)) == 1 or all(constant)

    def name(self, *how):
        """A number for a way to compute an entry: the same one for the same way."""
        return self.numbers.setdefault(how, len(self.numbers))

    def describe(self, layers, entries):
        """For every entry: a name of the function of theta that it is, and whether it is in a slope-0 piece.

        The name stands for how the entry is computed from the sample, so entries of equal names have the same unit and
        equal receptive fields of the input, and agree for every theta'. Padding is named like an input that is 0.
        """
        for layer in layers:
            self.known[layer.at] = entries
            names = [name for name, _ in entries]
            x = self.entering[layer.at]
            if isinstance(layer, Affine):
                padding = self.name('input', ZERO)
                windows = [tuple(padding if read[p] is None else names[read[p]] for read in layer.reads)
                           for p in range(layer.positions)]
                entries = [(self.name(layer.at, u, window), False) for u in range(layer.units) for window in windows]
            elif isinstance(layer, Between):
                entries = [(self.name(layer.at, name), not layer.h.at_breakpoint(z) and layer.h.constant(layer.h.piece(z)))
                           for name, z in zip(names, x)]
            elif isinstance(layer, AveragePool):
                entries = [(self.name(layer.at, tuple(names[v] for v in window)), False) for window in layer.windows]
            elif isinstance(layer, MaxPool):
                entries = [(self.name(layer.at, tuple(names[v] for v in window)), False) for window in layer.windows]
            else:
                inside = self.describe(layer.layers, entries)
                entries = [(self.name(layer.at, a, b), False) for a, (b, _) in zip(names, inside)]
        return entries


def highest(x, window):
    top = max(x[v] for v in window)
    return [v for v in window if x[v] == top]


def follow(layers, needed, sample, structure):
    """From the entries that are needed (not shadowed) after the layers to those that are before them.

    structure[layer.at] receives, for each entry of an activation, its piece, and for each entry of a max pool, its winner;
    None for an entry that is shadowed.
    """
    for layer in reversed(layers):
        x = sample.entering[layer.at]
        if isinstance(layer, Affine):
            positions = {e % layer.positions for e in needed}
            needed = {read[p] for read in layer.reads for p in positions} - {None}
        elif isinstance(layer, Between):
            h, pieces = layer.h, [None] * len(x)
            for e in needed:
                where = f'sample {sample.i}, {layer.where}, entry {e}'
                expect(not h.at_breakpoint(x[e]), where, 'strict-piece: the preactivation is a breakpoint')
                pieces[e] = h.piece(x[e])
                expect(h.affine(pieces[e]), where, 'smooth-piece: the preactivation is in a piece that is not affine')
            structure[layer.at] = tuple(pieces)
            needed = {e for e in needed if not h.constant(pieces[e])}
        elif isinstance(layer, AveragePool):
            needed = {v for e in needed for v in layer.windows[e]}
        elif isinstance(layer, MaxPool):
            winners, before = [None] * len(layer.windows), set()
            for e in needed:
                tied = highest(x, layer.windows[e])
                expect(len(tied) == 1 or sample.may_tie(layer, tied), f'sample {sample.i}, {layer.where}, entry {e}',
                       'pool-winner: two entries tie')
                winners[e] = tied[0]
                before.update(tied)
            structure[layer.at] = tuple(winners)
            needed = before
        else:
            needed = needed | follow(layer.layers, needed, sample, structure)
    return needed


# ---- the path form ----

class Moments:
    """For every Ga, a group G and an output a: the sums of g_ia, and of g_ia x_i, over the samples i of G (on a box: integrals).

    A functional is a dictionary alpha; it stands for the sum over its entries (Ga, e) and the samples i in G of
    alpha[Ga, e] g_ia z_e(x_i), where z_e is entry e of the layer's output, or input, under consideration.
    """

    def __init__(self, of_one, of_input):
        self.of_one, self.of_input = of_one, of_input

    def of_constants(self, alpha):
        """Of entries that are all 1."""
        return sum((c * self.of_one[Ga] for (Ga, _), c in alpha.items()), ZERO)

    def of_inputs(self, alpha):
        return sum((c * self.of_input[Ga][e] for (Ga, e), c in alpha.items()), ZERO)


def moments_of_samples(problem, trace, groups):
    of_one, of_input = {}, {}
    for G, group in enumerate(groups):
        columns = list(zip(*(problem.inputs[i] for i in group)))
        for a in range(problem.network.outputs):
            g = [trace.gradients[i][a] for i in group]
            of_one[G, a] = sum(g)
            of_input[G, a] = [dot(g, column) for column in columns]
    return Moments(of_one, of_input)


def backwards(layers, functionals, structures, moments):
    """From functionals on what leaves the layers to those on what enters them, one for every path of weights.

    Conditions on the way: the coefficients of all biases and intercepts vanish.
    """
    for layer in reversed(layers):
        if isinstance(layer, Affine):
            # Every weight (u, q) is a coordinate of its own: alpha is split by units u, and read through each tap q.
            of_units = spanning([part for alpha in functionals for part in by_unit(alpha, layer)])
            if layer.counts_as_biased:
                for alpha in of_units:
                    expect(moments.of_constants(alpha) == 0, layer.where, 'group-moment: a bias')
            functionals = [{(Ga, read[p]): c for (Ga, p), c in alpha.items() if read[p] is not None}
                           for alpha in of_units for read in layer.reads]
        elif isinstance(layer, Between):
            before = []
            for alpha in functionals:
                piece = {(Ga, e): structures[Ga[0]][layer.at][e] for Ga, e in alpha}
                intercepts = {at: c * layer.h.intercept(piece[at]) for at, c in alpha.items()}
                expect(moments.of_constants(intercepts) == 0, layer.where, 'group-moment: the intercepts')
                before.append({at: c * layer.h.slope(piece[at]) for at, c in alpha.items()})
            functionals = before
        elif isinstance(layer, AveragePool):
            functionals = [averaged(alpha, layer) for alpha in functionals]
        elif isinstance(layer, MaxPool):
            functionals = [won(alpha, layer, structures) for alpha in functionals]
        else:
            functionals = functionals + backwards(layer.layers, functionals, structures, moments)
        functionals = [alpha for alpha in ({at: c for at, c in alpha.items() if c} for alpha in functionals) if alpha]
        if sum(map(len, functionals)) > MAX_TERMS:
            raise Declined(f'limit-paths: {layer.where}')
    return functionals


def by_unit(alpha, layer):
    """The parts of alpha on the entries of one unit each, as functionals on the positions."""
    parts = {}
    for (Ga, e), c in alpha.items():
        parts.setdefault(e // layer.positions, {})[Ga, e % layer.positions] = c
    return parts.values()


def averaged(alpha, layer):
    before = {}
    for (Ga, e), c in alpha.items():
        for v in layer.windows[e]:
            before[Ga, v] = before.get((Ga, v), ZERO) + c / len(layer.windows[e])
    return before


def won(alpha, layer, structures):
    before = {}
    for (Ga, e), c in alpha.items():
        v = structures[Ga[0]][layer.at][e]
        before[Ga, v] = before.get((Ga, v), ZERO) + c
    return before


def spanning(functionals):
    """Functionals with the same span: without zeros and repetitions; and independent, once there are more of them than
    entries."""
    distinct = list({frozenset(alpha.items()): alpha for alpha in functionals if alpha}.values())
    if len(distinct) <= len({at for alpha in distinct for at in alpha}):
        return distinct
    pivots = {}
    for alpha in distinct:
        rest = dict(alpha)
        while rest:
            at = min(rest)
            if at not in pivots:
                pivots[at] = rest
                break
            factor = rest[at] / pivots[at][at]
            for other, c in pivots[at].items():
                rest[other] = rest.get(other, ZERO) - factor * c
                if not rest[other]:
                    del rest[other]
    return list(pivots.values())
