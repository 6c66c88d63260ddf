"""Problems and points: format.md sections 5 and 6, samples written out."""

from fractions import Fraction

import enclosures
from boxes import Box
from families import read_range, reader
from fields import Field
from gaussian import GaussianTeacher
from jets import Jet
from losses import expect_targets, read_loss
from network import Network
from profile_family import Curve, is_parametrized
from reading import Declined, array, expect, fields, matrix, positive, quantity, show, string, vector


class Problem:
    def __init__(self, value, path):
        fields(value, path, ('network', 'loss', 'data'), ('regularization',))
        self.network = Network(value['network'], f'{path}.network')
        self.loss = read_loss(value['loss'], f'{path}.loss')
        self._read_data(value['data'], f'{path}.data')
        self.decay = Fraction(0)
        if 'regularization' in value:
            fields(value['regularization'], f'{path}.regularization', ('l2',))
            self.decay = positive(value['regularization']['l2'], f'{path}.regularization.l2')
            if self.box or self.teacher or self.curve:
                raise Declined(f'unsupported-combination: {path}.regularization: weight decay is for samples')

    def penalty(self, point):
        """l2 times the sum of the squares of all free weights and biases."""
        return self.decay * sum((x * x for layer, (weights, bias) in zip(self.network.affine, point) if not layer.fixed
                                 for row in weights + [bias or []] for x in row), Fraction(0))

    def penalty_jet(self, parameters):
        """The same over a box of parameters that all move, each by itself."""
        value, first, second = enclosures.ZERO, {}, {}
        for layer, (weights, bias) in zip(self.network.affine, parameters):
            for x in () if layer.fixed else (x for row in weights + [bias or []] for x in row):
                ((n, _),) = x.first.items()
                value += self.decay * x.value.square()
                first[n], second[n, n] = 2 * self.decay * x.value, enclosures.Enclosed.of(2 * self.decay)
        return Jet(value, first, second)

    def _read_data(self, value, path):
        expect(type(value) is dict and 'type' in value, path, 'missing-key: expected an object with the key "type"')
        kind = string(value['type'], f'{path}.type')
        self.teacher = self.box = self.curve = None
        if kind == 'gaussian-teacher':
            self.teacher = GaussianTeacher(value, path, self.network, self.loss)
            return
        if is_parametrized(value):
            Box.expect_form(self.network, self.loss)
            self.curve = Curve(value, path, self.network, self.loss)
            return
        if kind == 'box':
            self.box = Box(value, path, self.network, self.loss)
            return
        expect(kind == 'samples', f'{path}.type', f'unknown data type {show(kind)}')
        expect('file' not in value, path, 'file-reference: a certificate contains its data')
        fields(value, path, ('type', 'inputs', 'targets'), ('weights',))
        self.inputs = matrix(value['inputs'], f'{path}.inputs', None, self.network.inputs)
        self.samples = len(self.inputs)
        expect(self.samples > 0, f'{path}.inputs', 'expected at least one sample')
        self.targets = matrix(value['targets'], f'{path}.targets', self.samples, self.network.outputs)
        expect_targets(self.loss, self.targets, f'{path}.targets')
        self.weights = [Fraction(1)] * self.samples
        if 'weights' in value:
            self.weights = vector(value['weights'], f'{path}.weights', self.samples)
            for at, weight in enumerate(self.weights):
                expect(weight > 0, f'{path}.weights[{at}]', 'expected a quantity > 0')

    def read_point(self, value, path):
        """One (weights, bias or None) for every affine layer, the fixed ones included."""
        return [layer.fixed or entry for layer, entry in zip(self.network.affine, self.read_move(value, path))]

    def read_point_in_field(self, value, path):
        """A point, and the field that it is written with, or None."""
        if type(value) is not dict or 'field' not in value:
            return self.read_point(value, path), None
        fields(value, path, ('field', 'layers'))
        field = Field(value['field'], f'{path}.field')
        moves = self.read_move({'layers': value['layers']}, path, field.read)
        return [layer.fixed or entry for layer, entry in zip(self.network.affine, moves)], field

    def read_curve(self, node, path, field):
        """The coefficients, rational or in the field of the point."""
        curve = []
        for at, entry in enumerate(array(node['coefficients'], f'{path}.coefficients')):
            where = f'{path}.coefficients[{at}]'
            if type(entry) is dict and 'field' in entry:
                fields(entry, where, ('field', 'layers'))
                own = Field(entry['field'], f'{where}.field')
                expect(field is not None and field.is_same(own), f'{where}.field', 'different-field')
                entry = {'layers': entry['layers']}
                curve.append(self.read_move(entry, where, field.read))
            else:
                curve.append(self.read_move(entry, where))
        expect(curve, f'{path}.coefficients', 'expected at least one coefficient')
        return curve

    def read_family(self, value, path):
        """A family, and the range of its parameters."""
        fields(value, path, ('parameters', 'layers'))
        over = read_range(value['parameters'], f'{path}.parameters')
        moves = self.read_move({'layers': value['layers']}, path, reader(over))
        return [layer.fixed or entry for layer, entry in zip(self.network.affine, moves)], over

    def read_move(self, value, path, read=quantity):
        """The shape of a point, and None in the place of a fixed layer: a direction, or a coefficient of a curve."""
        if type(value) is dict and 'field' in value:
            raise Declined(f'unsupported-point: {path}.field')
        fields(value, path, ('layers',))
        free = [layer for layer in self.network.affine if not layer.fixed]
        entries = array(value['layers'], f'{path}.layers', len(free))
        found = {layer.index: layer.read_parameters(entry, f'{path}.layers[{at}]', read)
                 for at, (layer, entry) in enumerate(zip(free, entries))}
        return [found.get(layer.index) for layer in self.network.affine]
