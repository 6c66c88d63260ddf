"""Certificates for the self-test, written shortly; and its rows: every row is a certificate, the verdict it must get, and a word
of the reason, so that nothing is rejected for the wrong reason."""

import copy
from fractions import Fraction as F

ROWS = []


def row(name, certificate, verdict, reason=None, risk=None):
    ROWS.append((name, certificate, verdict, reason, risk))


def q(value):
    """Numbers, and lists of them, as quantities."""
    return [q(entry) for entry in value] if isinstance(value, (list, tuple)) else str(F(value))


def dense(units, bias=True, fixed=None):
    layer = {'type': 'dense', 'units': units, 'bias': bias}
    if fixed:
        layer['fixed'] = entry(*fixed)
    return layer


def act(function='relu', **parameters):
    return {'type': 'activation', 'function': function, **parameters}


def entry(weights, bias=None):
    return {'weights': q(weights)} if bias is None else {'weights': q(weights), 'bias': q(bias)}


def layers(*entries):
    return {'layers': [entry(*e) for e in entries]}


def conv(channels, kernel, bias=True, **more):
    return {'type': 'conv2d' if isinstance(kernel, list) else 'conv1d', 'channels': channels, 'kernel': kernel, 'bias': bias, **more}


def pool(kind, kernel, **more):
    return {'type': kind, 'kernel': kernel, **more}


def residual(*inside):
    return {'type': 'residual', 'layers': list(inside)}


FLATTEN = {'type': 'flatten'}


def problem(inputs, targets, network, loss=None, weights=None, shape=None):
    data = {'type': 'samples', 'inputs': q(inputs), 'targets': q(targets)}
    if weights:
        data['weights'] = q(weights)
    return {'network': {'input': shape or [len(inputs[0])], 'layers': network}, 'loss': loss or {'function': 'squared'}, 'data': data}


def certificate(kind, of, point, proof, **more):
    return {'format': 'cairn-certificate', 'version': 1,
            'statement': {'kind': kind, 'problem': of, 'point': point, **more}, 'proof': proof}


def rule(name, **hints):
    return {'rule': name, **hints}


def local(of, point, node):
    return certificate('local-minimum', of, point, {'localMinimum': node})


def falls(of, point, node):
    return certificate('not-local-minimum', of, point, {'descent': node})


def saddle(of, point, descent, ascent):
    return certificate('saddle', of, point, {'critical': rule('zero-gradient'), 'descent': descent, 'ascent': ascent})


def near(of, point, radius, node=None):
    return certificate('no-local-minimum-near', of, point, {'descent': node or rule('gradient-bound')}, radius=q(radius))


def column(*xs):
    return [[x] for x in xs]


SPAN = rule('affine-span')


def dominance(*units):
    return rule('neuron-dominance', units=list(units))


def edited(base, path, value):
    copied = copy.deepcopy(base)
    at = copied
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copied
