"""Functions of one real variable: activations and losses (format.md sections 3 and 4).

A polynomial is a list of fractions, lowest degree first, without zeros at its end. `evaluate` works for whatever can be
added and multiplied: fractions, and the power series of landscape.py.
"""

from bisect import bisect_left
from fractions import Fraction

from reading import MAX_BITS, MAX_DEGREE, Declined, array, expect, fields, positive, quantities, quantity, show, string

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)

OTHER_ACTIVATIONS = ('sigmoid', 'tanh', 'atan', 'softplus', 'silu', 'gelu', 'sin', 'quadratic')
OTHER_LOSSES = ('log-cosh', 'logistic', 'cross-entropy', 'polynomial')

# f(0), where that is rational, of the functions that a smooth piece can be made of.
VALUE_AT_ZERO = {'exp': ONE, 'tanh': ZERO, 'sigmoid': HALF, 'atan': ZERO, 'sin': ZERO, 'softplus': None, 'erf': ZERO,
                 'isru': ZERO}


def trimmed(polynomial):
    while polynomial and not polynomial[-1]:
        polynomial = polynomial[:-1]
    return polynomial


def evaluate(polynomial, r):
    if len(polynomial) > 3 and isinstance(r, Fraction):
        if len(polynomial) * (r.numerator.bit_length() + r.denominator.bit_length()) > MAX_BITS:
            raise Declined('limit-bits: a power of a long number')
    total = ZERO
    for c in reversed(polynomial):
        total = total * r + c
    return total


def derivative(polynomial):
    return [degree * c for degree, c in enumerate(polynomial)][1:]


# ---- activations ----

class Smooth:
    """A piece that is no polynomial. All that is known of it: its value at one point, or at none (None)."""

    def __init__(self, point, value):
        self.point, self.value = point, value

    def at(self, z):
        return self.value if z == self.point else None


def piece_at(piece, z):
    """The value of a piece at z: a fraction, or None if it is not known exactly."""
    return piece.at(z) if isinstance(piece, Smooth) else evaluate(piece, z)


class SmoothPiece(Declined):
    """A value inside a smooth piece was asked for."""


class Activation:
    """A continuous function, given by polynomials and smooth pieces on intervals; equal neighbours are merged.

    After merging, the slopes of two affine pieces on the sides of a breakpoint differ.
    """

    def __init__(self, breakpoints, pieces, path=''):
        expect(len(pieces) == len(breakpoints) + 1, path, 'expected one piece more than breakpoints')
        expect(all(a < b for a, b in zip(breakpoints, breakpoints[1:])), path, 'breakpoints must increase strictly')
        pieces = [piece if isinstance(piece, Smooth) else trimmed(piece) for piece in pieces]
        self.breakpoints, self.pieces = [], [pieces[0]]
        for at, piece in zip(breakpoints, pieces[1:]):
            left, right = piece_at(self.pieces[-1], at), piece_at(piece, at)
            if left is None or right is None:
                raise Declined(f'continuity-undecided: {path}: at {at}')
            expect(left == right, path, f'discontinuous: at {at}')
            if isinstance(piece, Smooth) or self.pieces[-1] != piece:
                self.breakpoints.append(at)
                self.pieces.append(piece)
        self.piecewise_affine = all(map(self.affine, range(len(self.pieces))))

    def affine(self, m):
        """Whether piece m is affine."""
        return not isinstance(self.pieces[m], Smooth) and len(self.pieces[m]) <= 2

    def constant(self, m):
        """Whether piece m is affine of slope 0."""
        return self.affine(m) and self.slope(m) == 0

    def slope(self, m):
        return self.pieces[m][1] if len(self.pieces[m]) == 2 else ZERO

    def intercept(self, m):
        return self.pieces[m][0] if self.pieces[m] else ZERO

    def piece(self, z):
        """The piece that contains z: at a breakpoint, the left one."""
        return bisect_left(self.breakpoints, z)

    def at_breakpoint(self, z):
        return z in self.breakpoints

    def value(self, z):
        m = self.piece(z)
        found = piece_at(self.pieces[m], z)
        if found is None:
            raise SmoothPiece(f'smooth-piece: the value of an activation at {z} is not known exactly')
        return found


def ramp(slope):
    return Activation([ZERO], [[ZERO, slope], [ZERO, ONE]])


def smooth_below_zero(slope):
    """elu and its relatives: smooth and 0 at 0 on the left, slope * t on the right."""
    return Activation([ZERO], [Smooth(ZERO, ZERO), [ZERO, slope]])


PARAMETERS = {  # required, optional
    'relu': ((), ()), 'identity': ((), ()), 'abs': ((), ()), 'leaky-relu': ((), ('slope',)), 'prelu': (('slope',), ()),
    'hardtanh': ((), ()), 'relu6': ((), ()), 'hard-sigmoid': ((), ()), 'softshrink': ((), ('threshold',)),
    'elu': ((), ('alpha',)), 'celu': ((), ('alpha',)), 'isrlu': ((), ('alpha',)), 'selu': ((), ('alpha', 'scale')),
    'hardswish': ((), ()), 'piecewise': (('breakpoints', 'pieces'), ()),
}


def read_activation(value, path):
    """An activation layer; `type` has been read."""
    expect('function' in value, path, 'missing-key: expected the key "function"')
    name = string(value['function'], f'{path}.function')
    if name in OTHER_ACTIVATIONS:
        raise Declined(f'unsupported-activation: {path}.function: {name}')
    expect(name in PARAMETERS, f'{path}.function', f'unknown-function: {show(name)}')
    required, optional = PARAMETERS[name]
    fields(value, path, ('type', 'function') + required, ('name',) + optional)
    if name == 'relu':
        return ramp(ZERO)
    if name == 'identity':
        return Activation([], [[ZERO, ONE]])
    if name == 'abs':
        return ramp(-ONE)
    if name in ('leaky-relu', 'prelu'):
        return ramp(quantity(value['slope'], f'{path}.slope') if 'slope' in value else Fraction(1, 100))
    if name == 'hardtanh':
        return Activation([-ONE, ONE], [[-ONE], [ZERO, ONE], [ONE]])
    if name == 'relu6':
        return Activation([ZERO, Fraction(6)], [[], [ZERO, ONE], [Fraction(6)]])
    if name == 'hard-sigmoid':
        return Activation([Fraction(-3), Fraction(3)], [[], [HALF, Fraction(1, 6)], [ONE]])
    if name == 'softshrink':
        threshold = quantity(value['threshold'], f'{path}.threshold') if 'threshold' in value else HALF
        expect(threshold >= 0, f'{path}.threshold', 'expected a quantity >= 0')
        if threshold == 0:
            return Activation([], [[ZERO, ONE]])
        return Activation([-threshold, threshold], [[threshold, ONE], [], [-threshold, ONE]])
    if name in ('elu', 'celu', 'isrlu', 'selu'):
        for key in optional:
            if key in value:
                positive(value[key], f'{path}.{key}')
        scale = Fraction('1.0507009873554804934193349852946') if name == 'selu' else ONE
        return smooth_below_zero(quantity(value['scale'], path) if 'scale' in value else scale)
    if name == 'hardswish':
        return Activation([Fraction(-3), Fraction(3)], [[], [ZERO, HALF, Fraction(1, 6)], [ZERO, ONE]])
    breakpoints = quantities(value['breakpoints'], f'{path}.breakpoints')
    pieces = [read_piece(piece, f'{path}.pieces[{at}]') for at, piece in enumerate(array(value['pieces'], f'{path}.pieces'))]
    return Activation(breakpoints, pieces, path)


def read_piece(value, path):
    """A polynomial, or offset + scale f(rate t + shift)."""
    if type(value) is dict and 'function' in value:
        fields(value, path, ('function', 'scale', 'rate', 'shift', 'offset'))
        name = string(value['function'], f'{path}.function')
        expect(name in VALUE_AT_ZERO, f'{path}.function', f'unknown-function: {show(name)}')
        scale, rate, shift, offset = (quantity(value[key], f'{path}.{key}') for key in ('scale', 'rate', 'shift', 'offset'))
        if scale == 0 or rate == 0:
            raise Declined(f'unsupported-piece: {path}: a constant written as a smooth piece')
        f0 = VALUE_AT_ZERO[name]
        return Smooth(None, None) if f0 is None else Smooth(-shift / rate, offset + scale * f0)
    fields(value, path, ('polynomial',))
    polynomial = quantities(value['polynomial'], f'{path}.polynomial')
    expect(polynomial, f'{path}.polynomial', 'expected at least one coefficient')
    if len(polynomial) > MAX_DEGREE + 1:
        raise Declined(f'limit-degree: {path}.polynomial')
    return polynomial


# ---- losses ----

class Loss:
    """l(p, y) = sum over the outputs of a convex, continuously differentiable, piecewise polynomial function of p - y.

    Convexity of the named losses is a fact of calculus, once their parameters are in range: read_loss tests those.
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


def read_loss(value, path):
    expect(type(value) is dict and 'function' in value, path, 'missing-key: expected an object with the key "function"')
    name = string(value['function'], f'{path}.function')
    if name in OTHER_LOSSES:
        raise Declined(f'unsupported-loss: {path}.function: {name}')
    own = {'squared': (), 'power': ('exponent',), 'huber': ('threshold',), 'smooth-quantile': ('level', 'width')}
    expect(name in own, f'{path}.function', f'unknown-function: {show(name)}')
    fields(value, path, ('function',) + own[name], ('factor',))
    factor = positive(value['factor'], f'{path}.factor') if 'factor' in value else ONE
    if name == 'squared':
        return Loss([], [[ZERO, ZERO, ONE]], factor)
    if name == 'power':
        exponent = quantity(value['exponent'], f'{path}.exponent')
        expect(exponent > 1, f'{path}.exponent', 'expected a quantity > 1')
        if exponent.denominator != 1:
            raise Declined(f'unsupported-loss: {path}.exponent: not an integer')
        if exponent > MAX_DEGREE:
            raise Declined(f'limit-degree: {path}.exponent')
        power = [ZERO] * int(exponent) + [ONE]
        if exponent % 2 == 0:
            return Loss([], [power], factor)
        return Loss([ZERO], [[-c for c in power], power], factor)
    if name == 'huber':
        delta = positive(value['threshold'], f'{path}.threshold')
        return Loss([-delta, delta],
                    [[-delta**2 / 2, -delta], [ZERO, ZERO, HALF], [-delta**2 / 2, delta]], factor)
    tau = quantity(value['level'], f'{path}.level')
    expect(0 < tau < 1, f'{path}.level', 'expected a quantity between 0 and 1')
    w = positive(value['width'], f'{path}.width')
    return Loss([-w * tau, w * (1 - tau)],
                [[-w * tau**2 / 2, -tau], [ZERO, ZERO, 1 / (2 * w)], [-w * (1 - tau)**2 / 2, 1 - tau]], factor)
