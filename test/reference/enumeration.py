"""Rule `enumeration` and the kind `ill-posed-best-approximation` of theory.md 6.

A unit with weights (w, v) adds v h(w.x_i) to prediction i. Where the signs of all w.x_i - tau are known, h takes one affine piece
a_i z + c_i at each datum, so with u = |v| w and t = |v| the unit adds sign(v) (a_i u.x_i + c_i t): a linear function on the cone
{t >= 0, sign (u.x_i - tau t) >= 0}. The risk is bounded below on the sum of such cones by its tangent at a carried p.
"""

import re
from fractions import Fraction
from itertools import combinations_with_replacement, zip_longest

from landscape import Trace, dot
from one_hidden import OneHidden
from reading import Declined, Rejected, array, count, expect, fields, parse_json, plain_text, positive, vector


class Leaf:
    def __init__(self, signs, pieces):
        """signs: (sample, tau, +1 or -1) from the root on. pieces: of each sample, the index of the piece."""
        self.signs, self.pieces = signs, pieces


class SignTree:
    """Reads a tree and collects its kept leaves; what it leaves out is empty."""

    def __init__(self, rows, h):
        self.rows, self.h, self.leaves = rows, h, []

    def settled(self, sample, tau):
        """w.x - tau is 0 whatever w is."""
        return tau == 0 and not any(self.rows[sample])

    def read(self, node, path, signs):
        expect(type(node) is dict, path, 'expected an object')
        if 'infeasible' in node:
            fields(node, path, ('infeasible',))
            self.expect_empty(vector(node['infeasible'], f'{path}.infeasible', len(signs)), f'{path}.infeasible', signs)
        elif 'kept' in node:
            fields(node, path, ('kept',))
            expect(node['kept'] is True, path, 'expected true')
            self.leaves.append(self.kept(signs, path))
        else:
            fields(node, path, ('sample', 'breakpoint', 'below', 'above'))
            sample = count(node['sample'], f'{path}.sample')
            b = count(node['breakpoint'], f'{path}.breakpoint')
            expect(sample < len(self.rows), f'{path}.sample', 'out of range')
            expect(b < len(self.h.breakpoints), f'{path}.breakpoint', 'out of range')
            tau = self.h.breakpoints[b]
            expect(not self.settled(sample, tau), path, 'never-crossed: the sign divides nothing')
            expect(all((sample, tau) != known[:2] for known in signs), path, 'repeated: split above')
            self.read(node['below'], f'{path}.below', signs + [(sample, tau, -1)])
            self.read(node['above'], f'{path}.above', signs + [(sample, tau, 1)])

    def expect_empty(self, multipliers, path, signs):
        """Were all sign (w.x - tau) > 0, their combination would be; but it is minus the sum of multiplier sign tau, for all w."""
        expect(all(m >= 0 for m in multipliers), path, 'negative multiplier')
        expect(any(multipliers), path, 'not-infeasible: no multiplier is positive')
        terms = [(m * sign, sample, tau) for m, (sample, tau, sign) in zip(multipliers, signs)]
        for j in range(len(self.rows[0])):
            expect(sum(c * self.rows[sample][j] for c, sample, _ in terms) == 0, path, 'combination: w does not drop out')
        expect(sum(c * tau for c, _, tau in terms) >= 0, path, 'not-infeasible: the combination can be positive')

    def kept(self, signs, path):
        known = {(sample, tau): sign for sample, tau, sign in signs}
        pieces = []
        for sample in range(len(self.rows)):
            sides = []
            for tau in self.h.breakpoints:
                if not self.settled(sample, tau):
                    expect((sample, tau) in known, path, 'undecided: a kept leaf has a sign for every sample and breakpoint')
                    sides.append(known[sample, tau])
                else:
                    sides.append(None)
            decided = [side for side in sides if side]
            expect(decided == sorted(decided, reverse=True), path, 'contradictory signs')
            # Any piece that is adjacent to where w.x is will do.
            pieces.append(max((b + 1 for b, side in enumerate(sides) if side == 1), default=0))
        return Leaf(signs, pieces)


def entries(value, path, lines):
    """Of a list, or of the lines of the stream that is named instead; lines: from a name to them, or None."""
    if type(value) is not dict:
        yield from array(value, path)
        return
    fields(value, path, ('stream',))
    name = value['stream']
    plain_text(name, f'{path}.stream', 200)
    expect(re.fullmatch(r'[^/\\:]+\.leaves\.jsonl', name) and '..' not in name, f'{path}.stream', 'file-reference: no plain name')
    if lines is None:
        raise Declined(f'unsupported-stream: {path}.stream: no lines are given')
    for at, line in enumerate(lines(name)):
        entry = parse_json(line)
        expect(line[0] == '{' and line[-1] == '}', f'{path}[{at}]', 'malformed-json: space around a line')
        yield entry


def enumeration(problem, point, trace, node, path, lines=None):
    loss = problem.loss
    if not loss.convex:
        raise Declined(f'unsupported-combination: {path}: the loss is not convex')
    if OneHidden.fits(problem) is None or problem.network.outputs != 1:
        raise Declined(f'unsupported-combination: {path}: enumeration is for one dense hidden layer and one output')
    hidden = OneHidden(problem, point, trace)
    fields(node, path, ('rule', 'tree', 'combinations'))
    tree = SignTree(hidden.x, hidden.h)
    tree.read(node['tree'], f'{path}.tree', [])
    choices = [(leaf, sign) for leaf in tree.leaves for sign in (-1, 1)]
    carried = entries(node['combinations'], f'{path}.combinations', lines)
    bias = hidden.output_layer.bias and (hidden.output_free or point[-1][1][0] != 0)
    nothing = object()
    wanted = combinations_with_replacement(choices, hidden.units)
    for at, (combination, entry) in enumerate(zip_longest(wanted, carried, fillvalue=nothing)):
        where = f'{path}.combinations[{at}]'
        expect(entry is not nothing and combination is not nothing, f'{path}.combinations', 'not one for each combination')
        fields(entry, where, ('prediction', 'multipliers'))
        p = [[value] for value in vector(entry['prediction'], f'{where}.prediction', problem.samples)]
        rows = list(zip(p, problem.targets, problem.weights))
        g = [row[0] for row in loss.gradients(rows)]
        risk = sum((mu * loss.value(a, y) for a, y, mu in rows), Fraction(0))
        expect(not bias or sum(g) == 0, where, 'residual-sum: the output bias moves the tangent')
        expect(risk - sum(c * a[0] for c, a in zip(g, p)) >= trace.risk, where, 'bound: below the risk of the point')
        lists = array(entry['multipliers'], f'{where}.multipliers', hidden.units)
        for j, ((leaf, sign), written) in enumerate(zip(combination, lists)):
            expect_nonnegative(hidden, leaf, [sign * c for c in g], written, f'{where}.multipliers[{j}]')


def expect_nonnegative(hidden, leaf, g, written, path):
    """The sum of g_i (a_i u.x_i + c_i t) is a nonnegative combination of t and of the forms sign (u.x - tau t)."""
    multipliers = vector(written, path, len(leaf.signs))
    expect(all(m >= 0 for m in multipliers), path, 'negative multiplier')
    u = [dot([c * hidden.h.slope(piece) for c, piece in zip(g, leaf.pieces)], column) for column in hidden.columns]
    t = sum(c * hidden.h.intercept(piece) for c, piece in zip(g, leaf.pieces))
    for m, (sample, tau, sign) in zip(multipliers, leaf.signs):
        u = [c - m * sign * x for c, x in zip(u, hidden.x[sample])]
        t += m * sign * tau
    expect(not any(u), path, 'combination: u does not drop out')
    expect(t >= 0, path, 'negative on a cone')


def ill_posed(problem, trace, other, jump, path):
    """Both points are equally good for c |p - y|^2, c > 0, and their predictions are the jump apart, somewhere."""
    pieces = getattr(problem.loss, 'pieces', [])
    if len(pieces) != 1 or len(pieces[0]) != 3 or pieces[0][:2] != [0, 0]:
        raise Declined(f'unsupported-combination: {path}: the loss is not the square')
    there = Trace(problem, other)
    expect(there.risk == trace.risk, f'{path}.otherPoint', 'equal-risk: the risks differ')
    apart = max(abs(a - b) for p, q in zip(trace.predictions, there.predictions) for a, b in zip(p, q))
    if apart < jump:
        raise Rejected(f'{path}.jump: jump: the predictions are {apart} apart')
