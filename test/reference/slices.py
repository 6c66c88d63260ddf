"""The parameters that move (theory.md 3: gauge, silent coordinates, redundant inputs, logits, weight decay; format.md 15.19).

A parameter is (layer, unit, tap), or (layer, unit, None) for a bias; layers count the entries of a point.
"""

from fractions import Fraction

from enclosures import Enclosed
from families import positively_homogeneous
from jets import Jet
from landscape import Enclosing, forward
from losses import CrossEntropy
from network import Affine, AveragePool, Between, MaxPool, Residual
from reading import array, count, expect, fields, matrix


HINTS = ('gauge', 'silent', 'redundant', 'logit')


class Slice:
    """The coordinates that move, numbered; everything else keeps its value."""

    def __init__(self, problem, point, node, path):
        self.problem, self.point, self.path = problem, point, path
        self.free = [layer for layer in problem.network.affine if not layer.fixed]
        self.all = [(at, u, q) for at, layer in enumerate(self.free) for u in range(layer.units)
                    for q in list(range(len(layer.reads))) + ([None] if layer.bias else [])]
        if problem.decay:
            expect(not any(hint in node for hint in HINTS), path, 'wrong-hint: with weight decay all parameters move')
        self.joined = None
        redundant = self._redundant(node)
        gauge = self._gauge(node, redundant)
        silent = self._silent(node)
        stay = redundant | gauge | silent | self._logit(node)
        self.coordinates = {p: n for n, p in enumerate(p for p in self.all if p not in stay)}
        self.silent = silent

    @property
    def size(self):
        return len(self.coordinates)

    def value(self, parameter):
        at, u, q = parameter
        weights, bias = self.point[self.free[at].index]
        return bias[u] if q is None else weights[u][q]

    def parameters(self, radius, of=None):
        """One (weights, bias) a layer over the box: jets where a coordinate moves (or what `of` makes of its interval)."""
        of = of or (lambda x, n: Jet(x, {n: Enclosed.of(1)}, {}))
        found = [layer.fixed for layer in self.problem.network.affine]

        def entry(parameter):
            x = self.value(parameter)
            if parameter not in self.coordinates:
                return x
            return of(Enclosed.hull(Enclosed.of(x - radius), Enclosed.of(x + radius)), self.coordinates[parameter])

        for at, layer in enumerate(self.free):
            found[layer.index] = ([[entry((at, u, q)) for q in range(len(layer.reads))] for u in range(layer.units)],
                                  [entry((at, u, None)) for u in range(layer.units)] if layer.bias else None)
        return found

    def _redundant(self, node):
        """X = X_C T: the columns outside C stay. self.joined: the entries of W T^T at the columns C, by (unit, column)."""
        if 'redundant' not in node:
            return set()
        path, value, layer = f'{self.path}.redundant', node['redundant'], self.problem.network.layers[0]
        fields(value, path, ('columns', 'T'))
        expect(isinstance(layer, Affine) and layer.dense and not layer.fixed, path, 'not-redundant: the first layer')
        X = [list(x) + ([Fraction(1)] if layer.bias else []) for x in self.problem.inputs]
        width = len(X[0])
        columns = [count(c, f'{path}.columns[{at}]') for at, c in enumerate(array(value['columns'], f'{path}.columns'))]
        expect(len(set(columns)) == len(columns) and all(c < width for c in columns), path, 'not-redundant: the columns')
        T = matrix(value['T'], f'{path}.T', len(columns), width)
        for n, row in enumerate(T):
            expect([row[c] for c in columns] == [int(m == n) for m in range(len(columns))], path, 'not-redundant: T is not I on C')
        for i, x in enumerate(X):
            kept = [x[c] for c in columns]
            expect(all(sum((a * row[j] for a, row in zip(kept, T)), Fraction(0)) == x[j] for j in range(width)), path,
                   f'not-redundant: sample {i}')
        weights, bias = self.point[layer.index]
        rows = [list(row) + ([bias[u]] if layer.bias else []) for u, row in enumerate(weights)]
        self.joined = {(u, c): sum((a * b for a, b in zip(row, T[n])), Fraction(0))
                       for u, row in enumerate(rows) for n, c in enumerate(columns)}
        return {(0, u, j if j < len(layer.reads) else None) for u in range(layer.units) for j in range(width)
                if j not in columns}

    def _read_parameter(self, value, path):
        """{"layer", "unit", "input"} or {"layer", "bias"}."""
        expect(type(value) is dict, path, 'expected an object')
        if 'bias' in value:
            fields(value, path, ('layer', 'bias'))
            found = (count(value['layer'], path), count(value['bias'], path), None)
        else:
            fields(value, path, ('layer', 'unit', 'input'))
            found = tuple(count(value[key], path) for key in ('layer', 'unit', 'input'))
        expect(found in set(self.all), path, 'there is no such parameter')
        return found

    def _gauge(self, node, redundant):
        found, units = set(), set()
        for n, value in enumerate(array(node.get('gauge', []), f'{self.path}.gauge')):
            path = f'{self.path}.gauge[{n}]'
            at, u, q = parameter = self._read_parameter(value, path)
            expect((at, u) not in units, path, 'not-a-gauge: the unit has one already')
            units.add((at, u))
            expect(self._scalable(self.problem.network.layers, self.free[at]), path, 'not-a-gauge: the unit cannot be scaled')
            expect(parameter not in redundant, path, 'not-a-gauge: a redundant column')
            factor = self.value(parameter)
            if self.joined is not None and self.free[at] is self.problem.network.layers[0]:
                factor = self.joined[u, len(self.free[at].reads) if q is None else q]
            expect(factor != 0, path, 'not-a-gauge: the parameter is 0')
            found.add(parameter)
        return found

    def _logit(self, node):
        """One row of the last layer."""
        if 'logit' not in node:
            return set()
        path, last = f'{self.path}.logit', self.problem.network.layers[-1]
        row = count(node['logit'], path)
        expect(isinstance(self.problem.loss, CrossEntropy), path, 'not-a-gauge: one logit is free with cross-entropy only')
        expect(last.dense and not last.fixed, path, 'not-a-gauge: the last layer is not dense and free')
        expect(row < last.units, path, 'there is no such output')
        return {p for p in self.all if p[0] == len(self.free) - 1 and p[1] == row}

    def _scalable(self, layers, layer):
        """Whether only pools, flattens and positively homogeneous activations stand between the layer and the next one with
        weights, which is free."""
        for at, other in enumerate(layers):
            if isinstance(other, Residual) and self._scalable(other.layers, layer):
                return True
            if other is layer:
                for after in layers[at + 1:]:
                    if isinstance(after, Affine):
                        return not after.fixed
                    if isinstance(after, Residual) or isinstance(after, Between) and not positively_homogeneous(after.h):
                        return False
        return False

    def _silent(self, node):
        """The parameters that are named silent; expect_silent checks them over the ball."""
        found = set()
        for n, value in enumerate(array(node.get('silent', []), f'{self.path}.silent')):
            path = f'{self.path}.silent[{n}]'
            expect(type(value) is dict, path, 'expected an object')
            if set(value) == {'layer', 'unit'} or set(value) == {'layer', 'input'}:
                key = 'unit' if 'unit' in value else 'input'
                at, which = count(value['layer'], path), count(value[key], path)
                part = {p for p in self.all if p[0] == at and p[1 if key == 'unit' else 2] == which}
                expect(part, path, 'there is no such parameter')
                found |= part
            else:
                found.add(self._read_parameter(value, path))
        return found

    def expect_silent(self, radius):
        """At every sample and position, all over the box: the weight's input is constantly 0, or its unit is strictly inside
        a piece of slope 0."""
        if not self.silent:
            return
        parameters = self.parameters(radius, lambda x, n: x)
        layers = self.problem.network.layers
        after = followers(layers)
        for i, x in enumerate(self.problem.inputs):
            entering, zero = {}, {}
            forward(layers, parameters, list(map(Enclosed.of, x)), Enclosing, entering)
            zeros(layers, [not entry for entry in x], entering, zero)
            for at, u, q in self.silent:
                layer = self.free[at]
                h = after.get(layer.at)
                for p in range(layer.positions):
                    if q is not None and (layer.reads[q][p] is None or zero[layer.at][layer.reads[q][p]]):
                        continue
                    still = h and constant(h.h, entering[h.at][u * layer.positions + p])
                    expect(still, f'{self.path}.silent', f'not-silent: sample {i}, layer {at}, unit {u}, input {q}')


def followers(layers):
    """The activation that directly follows a layer, by the layer's number."""
    found = {}
    for layer, after in zip(layers, layers[1:] + [None]):
        if isinstance(after, Between):
            found[layer.at] = after
        if isinstance(layer, Residual):
            found.update(followers(layer.layers))
    return found


def constant(h, z):
    first, last = h.met(Enclosed.of(z))
    return first == last and h.constant(first)


def zeros(layers, flags, entering, found):
    """found[layer.at]: which entries of what enters the layer are constantly 0; answers those of what leaves the last one."""
    for layer in layers:
        found[layer.at] = flags
        x = entering[layer.at]
        if isinstance(layer, Affine):
            flags = [False] * (layer.units * layer.positions)
        elif isinstance(layer, Between):
            flags = [constant(layer.h, z) and layer.h.intercept(layer.h.met(Enclosed.of(z))[0]) == 0 for z in x]
        elif isinstance(layer, (AveragePool, MaxPool)):
            flags = [all(flags[v] for v in window) for window in layer.windows]
        else:
            zeros(layer.layers, flags, entering, found)
            flags = [False] * len(x)
    return flags
