"""Networks, activations, losses, data and points: formats.md sections 2 to 6, as far as this checker goes.

Dense layers with piecewise affine activations between them, losses that are piecewise polynomial in the residual,
samples written out. Known names beyond that are declined.
"""

from bisect import bisect_left
from fractions import Fraction

from reading import (
    MAX_DEGREE, Declined, Rejected, array, boolean, count, expect, fields, integers, matrix, positive, quantities,
    quantity, show, string, vector,
)

OTHER_LAYERS = ('conv1d', 'conv2d', 'avgpool', 'maxpool', 'flatten', 'residual')
OTHER_ACTIVATIONS = ('elu', 'celu', 'isrlu', 'selu', 'hardswish', 'sigmoid', 'tanh', 'atan', 'softplus', 'silu', 'gelu',
                     'sin', 'quadratic')
SMOOTH_PIECES = ('exp', 'tanh', 'sigmoid', 'atan', 'sin', 'softplus', 'erf', 'isru')
OTHER_LOSSES = ('log-cosh', 'logistic', 'cross-entropy', 'polynomial')
OTHER_DATA = ('box', 'gaussian-teacher')


class Activation:
    """A continuous piecewise affine function, neighbours with equal slope and intercept merged.

    A *place* on the line is one integer: 2m strictly inside piece m, and 2m + 1 at the breakpoint between pieces m and
    m + 1. After merging, the slopes on both sides of a breakpoint differ.
    """

    def __init__(self, breakpoints, pieces, path):
        expect(len(pieces) == len(breakpoints) + 1, path, 'expected one piece more than breakpoints')
        expect(all(a < b for a, b in zip(breakpoints, breakpoints[1:])), path, 'breakpoints must increase strictly')
        self.breakpoints, self.pieces = [], [pieces[0]]
        for at, (slope, intercept) in zip(breakpoints, pieces[1:]):
            left = self.pieces[-1]
            expect(left[0] * at + left[1] == slope * at + intercept, path, f'discontinuous: at {at}')
            if left != (slope, intercept):
                self.breakpoints.append(at)
                self.pieces.append((slope, intercept))
        values = [[self.at_breakpoint(m) for m in range(len(self.breakpoints))]]
        (*table, breakpoint_values), self.denominator = integers([list(piece) for piece in self.pieces] + values)
        self.slopes = [row[0] for row in table]  # these three are integers over self.denominator
        self.intercepts = [row[1] for row in table]
        self.breakpoint_values = breakpoint_values

    def at_breakpoint(self, m):
        slope, intercept = self.pieces[m]
        return slope * self.breakpoints[m] + intercept

    def places(self, rows, denominator):
        """The place of every entry of a matrix of integers over one denominator."""
        cuts = [(at.denominator, at.numerator * denominator) for at in self.breakpoints]
        if not cuts:
            return [[0] * len(row) for row in rows]
        if len(cuts) == 1:
            (scale, cut), = cuts
            return [[1 if z * scale == cut else 2 if z * scale > cut else 0 for z in row] for row in rows]
        return [[sum((z * scale >= cut) + (z * scale > cut) for scale, cut in cuts) for z in row] for row in rows]

    def apply(self, rows, denominator, places):
        """Integers over self.denominator * denominator."""
        slopes, intercepts = self.slopes, [t * denominator for t in self.intercepts]
        return [[slopes[p // 2] * z + intercepts[p // 2] for z, p in zip(row, where)] for row, where in zip(rows, places)]


def _ramp(slope):
    return lambda path: Activation([Fraction(0)], [(slope, Fraction(0)), (Fraction(1), Fraction(0))], path)


def _table(breakpoints, pieces):
    return Activation([Fraction(b) for b in breakpoints], [(Fraction(s), Fraction(t)) for s, t in pieces], '')


def read_activation(value, path):
    """An activation layer; `type` has been read."""
    expect('function' in value, path, 'missing-key: expected the key "function"')
    name = string(value['function'], f'{path}.function')
    if name in OTHER_ACTIVATIONS:
        raise Declined(f'unsupported-activation: {path}.function: {name}')
    own = {'leaky-relu': (), 'prelu': ('slope',), 'piecewise': ('breakpoints', 'pieces')}.get(name, ())
    optional = {'leaky-relu': ('slope',), 'softshrink': ('threshold',)}.get(name, ())
    fields(value, path, ('type', 'function') + own, ('name',) + optional)
    if name == 'relu':
        return _table(['0'], [('0', '0'), ('1', '0')])
    if name == 'identity':
        return _table([], [('1', '0')])
    if name == 'abs':
        return _table(['0'], [('-1', '0'), ('1', '0')])
    if name in ('leaky-relu', 'prelu'):
        slope = quantity(value['slope'], f'{path}.slope') if 'slope' in value else Fraction(1, 100)
        return _ramp(slope)(path)
    if name == 'hardtanh':
        return _table(['-1', '1'], [('0', '-1'), ('1', '0'), ('0', '1')])
    if name == 'relu6':
        return _table(['0', '6'], [('0', '0'), ('1', '0'), ('0', '6')])
    if name == 'hard-sigmoid':
        return _table(['-3', '3'], [('0', '0'), ('1/6', '1/2'), ('0', '1')])
    if name == 'softshrink':
        threshold = positive(value['threshold'], f'{path}.threshold') if 'threshold' in value else Fraction(1, 2)
        return _table([-threshold, threshold], [(1, threshold), (0, 0), (1, -threshold)])
    if name == 'piecewise':
        breakpoints = quantities(value['breakpoints'], f'{path}.breakpoints')
        pieces = [read_piece(piece, f'{path}.pieces[{at}]')
                  for at, piece in enumerate(array(value['pieces'], f'{path}.pieces'))]
        return Activation(breakpoints, pieces, path)
    raise Rejected(f'unknown-function: {path}.function: {show(name)}')


def read_piece(value, path):
    """The slope and intercept of an affine piece."""
    if type(value) is dict and 'function' in value:
        name = string(value['function'], f'{path}.function')
        if name in SMOOTH_PIECES:
            raise Declined(f'unsupported-piece: {path}: {name}')
        raise Rejected(f'unknown-function: {path}.function: {show(name)}')
    fields(value, path, ('polynomial',))
    polynomial = quantities(value['polynomial'], f'{path}.polynomial')
    expect(polynomial, f'{path}.polynomial', 'expected at least one coefficient')
    if any(polynomial[2:]):
        raise Declined(f'unsupported-piece: {path}: a polynomial of degree > 1')
    return (polynomial[1] if len(polynomial) > 1 else Fraction(0)), polynomial[0]


class Loss:
    """l(p, y) = sum over the outputs of a convex, continuously differentiable, piecewise polynomial function of p - y.

    Each piece is a list of coefficients, lowest degree first. Convexity of the named losses is a fact of calculus, once
    their parameters are in range: read_loss tests those.
    """

    def __init__(self, breakpoints, pieces, factor):
        self.breakpoints = breakpoints
        self.pieces = [[factor * c for c in piece] for piece in pieces]
        self.slopes = [derivative(piece) for piece in self.pieces]
        self.degree = max(len(piece) for piece in pieces) - 1

    def value(self, r):
        return evaluate(self.pieces[bisect_left(self.breakpoints, r)], r)

    def slope(self, r):
        return evaluate(self.slopes[bisect_left(self.breakpoints, r)], r)

    def twice_differentiable(self, r):
        """Whether the second derivative exists and is continuous near r."""
        if r not in self.breakpoints:
            return True
        m = self.breakpoints.index(r)
        left, right = (evaluate(derivative(self.slopes[side]), r) for side in (m, m + 1))
        return left == right


def derivative(polynomial):
    return [degree * c for degree, c in enumerate(polynomial)][1:]


def evaluate(polynomial, r):
    total = Fraction(0)
    for c in reversed(polynomial):
        total = total * r + c
    return total


def read_loss(value, path):
    expect(type(value) is dict and 'function' in value, path, 'missing-key: expected an object with the key "function"')
    name = string(value['function'], f'{path}.function')
    if name in OTHER_LOSSES:
        raise Declined(f'unsupported-loss: {path}.function: {name}')
    own = {'squared': (), 'power': ('exponent',), 'huber': ('threshold',), 'smooth-quantile': ('level', 'width')}
    expect(name in own, f'{path}.function', f'unknown-function: {show(name)}')
    fields(value, path, ('function',) + own[name], ('factor',))
    factor = positive(value['factor'], f'{path}.factor') if 'factor' in value else Fraction(1)
    zero, one = Fraction(0), Fraction(1)
    if name == 'squared':
        return Loss([], [[zero, zero, one]], factor)
    if name == 'power':
        exponent = quantity(value['exponent'], f'{path}.exponent')
        expect(exponent > 1, f'{path}.exponent', 'expected a quantity > 1')
        if exponent.denominator != 1:
            raise Declined(f'unsupported-loss: {path}.exponent: not an integer')
        if exponent > MAX_DEGREE:
            raise Declined(f'limit-degree: {path}.exponent')
        power = [zero] * int(exponent) + [one]
        if exponent % 2 == 0:
            return Loss([], [power], factor)
        return Loss([zero], [[-c for c in power], power], factor)
    if name == 'huber':
        delta = positive(value['threshold'], f'{path}.threshold')
        return Loss([-delta, delta],
                    [[-delta**2 / 2, -delta], [zero, zero, one / 2], [-delta**2 / 2, delta]], factor)
    tau = quantity(value['level'], f'{path}.level')
    expect(0 < tau < 1, f'{path}.level', 'expected a quantity between 0 and 1')
    w = positive(value['width'], f'{path}.width')
    return Loss([-w * tau, w * (1 - tau)],
                [[-w * tau**2 / 2, -tau], [zero, zero, 1 / (2 * w)], [-w * (1 - tau)**2 / 2, 1 - tau]], factor)


class Dense:
    def __init__(self, inputs, units, bias, fixed):
        self.inputs, self.units, self.bias, self.fixed = inputs, units, bias, fixed


class Problem:
    """layers: the dense layers; activations[l]: what stands between layers l and l + 1 (identity if nothing does)."""

    def __init__(self, value, path):
        fields(value, path, ('network', 'loss', 'data'))
        self._read_network(value['network'], f'{path}.network')
        self.loss = read_loss(value['loss'], f'{path}.loss')
        self._read_data(value['data'], f'{path}.data')

    def _read_network(self, value, path):
        fields(value, path, ('input', 'layers'))
        shape = [count(size, f'{path}.input[{at}]', 1) for at, size in enumerate(array(value['input'], f'{path}.input'))]
        expect(1 <= len(shape) <= 3, f'{path}.input', 'expected one to three sizes')
        self.layers, self.activations, names = [], [], set()
        pending = None  # the activation since the last dense layer
        width = shape[0]
        for at, layer in enumerate(array(value['layers'], f'{path}.layers')):
            where = f'{path}.layers[{at}]'
            expect(type(layer) is dict and 'type' in layer, where, 'missing-key: expected an object with the key "type"')
            kind = string(layer['type'], f'{where}.type')
            if kind in OTHER_LAYERS:
                raise Declined(f'unsupported-layer: {where}: {kind}')
            if 'name' in layer:
                name = string(layer['name'], f'{where}.name')
                expect(name not in names, f'{where}.name', 'a name is used twice')
                names.add(name)
            if kind == 'activation':
                activation = read_activation(layer, where)
                if not self.layers or pending is not None:
                    raise Declined(f'unsupported-network: {where}: an activation that does not follow a dense layer')
                pending = activation
            elif kind == 'dense':
                expect(len(shape) == 1, where, 'dense wants a flat input')
                if self.layers:
                    self.activations.append(pending or _table([], [('1', '0')]))
                    pending = None
                self.layers.append(read_dense(layer, where, width))
                width = self.layers[-1].units
            else:
                raise Rejected(f'{where}.type: unknown layer {show(kind)}')
        expect(self.layers, f'{path}.layers', 'expected at least one dense layer')
        if pending is not None:
            raise Declined(f'final-activation: {path}.layers')
        self.outputs = width

    def _read_data(self, value, path):
        expect(type(value) is dict and 'type' in value, path, 'missing-key: expected an object with the key "type"')
        kind = string(value['type'], f'{path}.type')
        if kind in OTHER_DATA:
            raise Declined(f'unsupported-data: {path}.type: {kind}')
        expect(kind == 'samples', f'{path}.type', f'unknown data type {show(kind)}')
        expect('file' not in value, path, 'file-reference: a certificate contains its data')
        fields(value, path, ('type', 'inputs', 'targets'), ('weights',))
        inputs = matrix(value['inputs'], f'{path}.inputs', None, self.layers[0].inputs)
        self.samples = len(inputs)
        expect(self.samples > 0, f'{path}.inputs', 'expected at least one sample')
        self.inputs, self.inputs_denominator = integers(inputs)
        self.targets = matrix(value['targets'], f'{path}.targets', self.samples, self.outputs)
        self.weights = [Fraction(1)] * self.samples
        if 'weights' in value:
            self.weights = vector(value['weights'], f'{path}.weights', self.samples)
            for at, weight in enumerate(self.weights):
                expect(weight > 0, f'{path}.weights[{at}]', 'expected a quantity > 0')

    def read_point(self, value, path):
        """One (weights, bias or None) per dense layer, the fixed ones included."""
        if type(value) is dict and 'field' in value:
            raise Declined(f'unsupported-field: {path}')
        return [layer.fixed or entry for layer, entry in zip(self.layers, self.read_move(value, path))]

    def read_move(self, value, path):
        """The shape of a point, and None in the place of a fixed layer: a direction, or a coefficient of a curve."""
        fields(value, path, ('layers',))
        free = [layer for layer in self.layers if not layer.fixed]
        entries = iter(enumerate(array(value['layers'], f'{path}.layers', len(free))))
        answer = []
        for layer in self.layers:
            if layer.fixed:
                answer.append(None)
            else:
                at, entry = next(entries)
                answer.append(read_parameters(entry, f'{path}.layers[{at}]', layer.inputs, layer.units, layer.bias))
        return answer


def read_parameters(value, path, inputs, units, bias):
    fields(value, path, ('weights', 'bias') if bias else ('weights',))
    weights = matrix(value['weights'], f'{path}.weights', units, inputs)
    return weights, vector(value['bias'], f'{path}.bias', units) if bias else None


def read_dense(value, path, inputs):
    fields(value, path, ('type', 'units'), ('bias', 'name', 'fixed'))
    units = count(value['units'], f'{path}.units', 1)
    bias = boolean(value['bias'], f'{path}.bias') if 'bias' in value else True
    fixed = read_parameters(value['fixed'], f'{path}.fixed', inputs, units, bias) if 'fixed' in value else None
    return Dense(inputs, units, bias, fixed)
