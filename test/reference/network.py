"""Networks (format.md section 2): layers on flat rows of entries, in C order (channel, row, column).

`flatten` changes no entry and leaves no layer behind. Every other layer has a number `at`, its own among all layers, and
`Affine` layers a number `index` among themselves, in network order (residual: depth first).
"""

from functions import read_activation
from reading import (
    Declined, Rejected, array, boolean, count, expect, fields, plain_text, quantity, show, string, tensor,
)

MAX_CONNECTIONS = 4_000_000  # of one layer: pairs of a weight, or a pooled entry, and an output entry


class Affine:
    """Dense, or a convolution: the output entry at position p of unit (channel) u is

        z[u * positions + p] = bias[u] + sum over q of weights[u][q] * x[reads[q][p]],

    where reads[q][p] is None on the padding. A dense layer has one position, and reads[q] = [q].
    """

    def __init__(self, reads, units, weight_shape, bias):
        self.reads, self.units, self.positions, self.bias = reads, units, len(reads[0]), bias
        self.weight_shape = weight_shape  # of one unit
        self.dense = len(weight_shape) == 1
        self.fixed = None

    def read_parameters(self, value, path, read=quantity):
        """(weights, bias): a flat list of weights for each unit; the bias is None where the layer has none."""
        fields(value, path, ('weights', 'bias') if self.bias else ('weights',))
        weights = tensor(value['weights'], f'{path}.weights', (self.units,) + self.weight_shape, read)
        for _ in self.weight_shape[1:]:
            weights = [[entry for part in unit for entry in part] for unit in weights]
        return weights, tensor(value['bias'], f'{path}.bias', (self.units,), read) if self.bias else None

    @property
    def counts_as_biased(self):
        """A bias that is free, or frozen and nonzero."""
        return self.bias and (self.fixed is None or any(self.fixed[1]))


class Between:
    """An activation, applied to every entry."""

    def __init__(self, h):
        self.h = h


class AveragePool:
    def __init__(self, windows):
        self.windows = windows  # the entries that each output entry averages


class MaxPool:
    def __init__(self, windows):
        self.windows = windows


class Residual:
    """The input, plus what the layers make of it."""

    def __init__(self, layers):
        self.layers = layers


class Network:
    def __init__(self, value, path):
        fields(value, path, ('input', 'layers'))
        shape = tuple(count(size, f'{path}.input[{at}]', 1) for at, size in enumerate(array(value['input'], f'{path}.input')))
        expect(1 <= len(shape) <= 3, f'{path}.input', 'expected one to three sizes')
        self.inputs = size_of(shape, path)
        self.affine, self.all = [], []
        self._names = set()
        self.layers, shape, last = self._read_layers(value['layers'], f'{path}.layers', shape, 'input')
        if last not in ('dense', 'conv1d', 'conv2d'):
            raise Declined(f'final-activation: {path}.layers: the last layer is neither dense nor a convolution')
        self.outputs = size_of(shape, path)

    def _read_layers(self, value, path, shape, before):
        """The layers, the shape of their output, and the type of the last; before: input, fork, activation or other."""
        layers = []
        for at, layer in enumerate(array(value, path)):
            where = f'{path}[{at}]'
            expect(type(layer) is dict and 'type' in layer, where, 'missing-key: expected an object with the key "type"')
            kind = string(layer['type'], f'{where}.type')
            if 'name' in layer:
                plain_text(layer['name'], f'{where}.name', 200)
                expect(layer['name'] not in self._names, f'{where}.name', 'a name is used twice')
                self._names.add(layer['name'])
            if kind == 'activation':
                h = read_activation(layer, where)
                if before in ('input', 'activation'):
                    raise Declined(f'unsupported-network: {where}: an activation that follows nothing, or an activation')
                found = Between(h)
            elif kind == 'dense':
                expect(len(shape) == 1, where, 'dense wants a flat input')
                found, shape = self._read_dense(layer, where, shape)
            elif kind in ('conv1d', 'conv2d'):
                found, shape = self._read_convolution(layer, where, shape, 1 if kind == 'conv1d' else 2)
            elif kind in ('avgpool', 'maxpool'):
                found, shape = read_pool(layer, where, shape, AveragePool if kind == 'avgpool' else MaxPool)
            elif kind == 'flatten':
                fields(layer, where, ('type',), ('name',))
                flattened = len(shape) > 1
                found, shape = None, (size_of(shape, where),)
            elif kind == 'residual':
                fields(layer, where, ('type', 'layers'), ('name',))
                expect(layer['layers'] != [], f'{where}.layers', 'expected at least one layer')
                inside, shape_after, _ = self._read_layers(layer['layers'], f'{where}.layers', shape, 'fork')
                expect(shape_after == shape, where, f'the shape {shape} becomes {shape_after}: the two cannot be added')
                found = Residual(inside)
            else:
                raise Rejected(f'{where}.type: unknown layer {show(kind)}')
            if found:
                found.at, found.where = len(self.all), where
                self.all.append(found)
                layers.append(found)
            if kind != 'flatten' or flattened:  # a flatten of what is flat is nothing
                before = 'activation' if kind == 'activation' else 'other'
            last = kind
        expect(value, path, 'expected at least one layer')
        return layers, shape, last

    def _read_dense(self, value, path, shape):
        fields(value, path, ('type', 'units'), ('bias', 'name', 'fixed'))
        units = count(value['units'], f'{path}.units', 1)
        limit_connections(units * shape[0], path)
        return self._affine(value, path, [[q] for q in range(shape[0])], units, shape), (units,)

    def _read_convolution(self, value, path, shape, dimensions):
        fields(value, path, ('type', 'channels', 'kernel'), ('stride', 'padding', 'bias', 'name', 'fixed'))
        expect(len(shape) == dimensions + 1, path, f'expected an input of {dimensions + 1} sizes')
        units = count(value['channels'], f'{path}.channels', 1)
        kernel, stride = sizes(value, 'kernel', path, dimensions), sizes(value, 'stride', path, dimensions, 1)
        padding = sizes(value, 'padding', path, dimensions, 0, 0)
        after = positions_of(shape[1:], kernel, stride, padding, path)
        limit_connections(shape[0] * size_of(kernel, path) * size_of(after, path) * units, path)
        taps = [(c,) + offset for c in range(shape[0]) for offset in grid(kernel)]
        reads = [[entry_at(shape, c, offset, position, stride, padding) for position in grid(after)]
                 for c, *offset in taps]
        return self._affine(value, path, reads, units, (shape[0],) + kernel), (units,) + after

    def _affine(self, value, path, reads, units, weight_shape):
        bias = boolean(value['bias'], f'{path}.bias') if 'bias' in value else True
        layer = Affine(reads, units, weight_shape, bias)
        if 'fixed' in value:
            layer.fixed = layer.read_parameters(value['fixed'], f'{path}.fixed')
        layer.index = len(self.affine)
        self.affine.append(layer)
        return layer


def read_pool(value, path, shape, kind):
    fields(value, path, ('type', 'kernel'), ('stride', 'name'))
    dimensions = len(shape) - 1
    expect(dimensions >= 1, path, 'expected an input of two or three sizes')
    kernel = sizes(value, 'kernel', path, dimensions)
    stride = sizes(value, 'stride', path, dimensions, kernel)
    none = (0,) * dimensions
    after = positions_of(shape[1:], kernel, stride, none, path)
    limit_connections(shape[0] * size_of(after, path) * size_of(kernel, path), path)
    windows = [[entry_at(shape, c, offset, position, stride, none) for offset in grid(kernel)]
               for c in range(shape[0]) for position in grid(after)]
    return kind(windows), (shape[0],) + after


# ---- shapes and positions ----

def size_of(shape, path):
    total = 1
    for size in shape:
        total *= size
    limit_connections(total, path)
    return total


def limit_connections(number, path):
    if number > MAX_CONNECTIONS:
        raise Declined(f'limit-connections: {path}')


def sizes(value, key, path, dimensions, default=None, least=1):
    """One integer for conv1d and pools over a length, an array of two for rows and columns."""
    if key not in value and default is not None:
        return default if isinstance(default, tuple) else (default,) * dimensions
    where = f'{path}.{key}'
    if dimensions == 1:
        return (count(value[key], where, least),)
    return tuple(count(size, f'{where}[{at}]', least) for at, size in enumerate(array(value[key], where, dimensions)))


def positions_of(shape, kernel, stride, padding, path):
    """How often the kernel fits, in each dimension."""
    after = tuple((n + 2 * p - k) // s + 1 for n, k, s, p in zip(shape, kernel, stride, padding))
    expect(min(after) >= 1, path, 'the kernel is larger than its input')
    return after


def grid(shape):
    """All positions in C order."""
    found = [()]
    for size in shape:
        found = [position + (at,) for position in found for at in range(size)]
    return found


def entry_at(shape, channel, offset, position, stride, padding):
    """The entry that a kernel at the position reads at the offset; None on the padding."""
    entry = channel
    for n, k, p, s, pad in zip(shape[1:], offset, position, stride, padding):
        at = p * s + k - pad
        if not 0 <= at < n:
            return None
        entry = entry * n + at
    return entry
