"""Activations (format.md section 3).

A polynomial is a list of fractions, lowest degree first, without zeros at its end. `evaluate` works for whatever can be
added and multiplied: fractions, the power series of landscape.py, enclosures.
"""

from bisect import bisect_left, bisect_right
from fractions import Fraction

import enclosures
from enclosures import Enclosed
from reading import (
    MAX_BITS, MAX_DEGREE, Declined, array, expect, fields, positive, quantities, quantity, show, string,
)

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)

# f(0) and f'(0), where they are rational, of the functions that a smooth piece can be made of; the last two by name only.
AT_ZERO = {'exp': (ONE, ONE), 'tanh': (ZERO, ONE), 'sigmoid': (HALF, Fraction(1, 4)), 'atan': (ZERO, ONE),
           'sin': (ZERO, ONE), 'softplus': (None, HALF), 'erf': (ZERO, None), 'isru': (ZERO, ONE),
           'silu': (ZERO, HALF), 'gelu': (ZERO, HALF)}
PIECES = tuple(name for name in AT_ZERO if name not in ('silu', 'gelu'))


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
    """The piece offset + scale f(rate t + shift); isru is z / sqrt(1 + alpha z^2)."""

    def __init__(self, function, scale=ONE, rate=ONE, shift=ZERO, offset=ZERO, alpha=ONE):
        self.function, self.scale, self.rate, self.shift, self.offset = function, scale, rate, shift, offset
        self.alpha = alpha
        self.point = -shift / rate  # where f is asked at 0

    def at(self, z):
        """The value at a fraction, or None if it is not known to be rational."""
        f0 = AT_ZERO[self.function][0]
        return self.offset + self.scale * f0 if z == self.point and f0 is not None else None

    def slope_at(self, z):
        f1 = AT_ZERO[self.function][1]
        return self.scale * self.rate * f1 if z == self.point and f1 is not None else None

    def jet(self, z):
        """Enclosures of the value and of two derivatives, for z in an interval."""
        value, first, second = smooth_jet(self.function, z * self.rate + self.shift, self.alpha)
        return (self.offset + self.scale * value, self.scale * self.rate * first, self.scale * self.rate**2 * second)


def smooth_jet(function, z, alpha):
    """f, f', f'' on an interval, by the rules of calculus."""
    if function == 'exp':
        e = enclosures.exp(z)
        return e, e, e
    if function == 'tanh':
        t = enclosures.tanh(z)
        first = 1 - t.square()
        return t, first, -2 * (t * first)
    if function == 'sigmoid':
        s, opposite = enclosures.sigmoid(z), enclosures.sigmoid(-z)
        return s, s * opposite, s * opposite * (opposite - s)
    if function == 'softplus':
        s, opposite = enclosures.sigmoid(z), enclosures.sigmoid(-z)
        return enclosures.softplus(z), s, s * opposite
    if function == 'atan':
        q = 1 + z.square()
        return enclosures.atan(z), 1 / q, -2 * z / q.square()
    if function == 'sin':
        s = enclosures.sin(z)
        return s, enclosures.cos(z), -s
    if function == 'isru':
        q = 1 + alpha * z.square()
        root = enclosures.sqrt(q)
        return z / root, 1 / (q * root), -3 * alpha * z / (q.square() * root)
    density = enclosures.exp(Fraction(-1, 2) * z.square()) / enclosures.sqrt(2 * enclosures.PI)
    if function == 'erf':
        # erf'(z) = 2 e^(-z^2) / sqrt pi
        first = 2 * enclosures.exp(-z.square()) / enclosures.sqrt(enclosures.PI)
        return enclosures.erf(z), first, -2 * z * first
    if function == 'silu':
        s, opposite = enclosures.sigmoid(z), enclosures.sigmoid(-z)
        slope = s * opposite
        return z * s, s + z * slope, 2 * slope + z * slope * (opposite - s)
    # gelu: z Phi(z), Phi' = density, density' = -z density
    phi = HALF * (1 + enclosures.erf(z / enclosures.sqrt(2 * enclosures.ONE)))
    return z * phi, phi + z * density, density * (2 - z.square())


def piece_at(piece, z):
    """The value of a piece at z: a fraction, or None if it is not known exactly."""
    return piece.at(z) if isinstance(piece, Smooth) else evaluate(piece, z)


def piece_jet(piece, z):
    """Value and two derivatives of a piece on an interval."""
    if isinstance(piece, Smooth):
        return piece.jet(z)
    first = derivative(piece)
    return tuple(Enclosed.of(evaluate(part, z)) for part in (piece, first, derivative(first)))


def slope_of(piece, at):
    """The slope of a piece at a fraction; None if it is not known to be rational."""
    return piece.slope_at(at) if isinstance(piece, Smooth) else evaluate(derivative(piece), at)


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
        self.polynomial = not any(isinstance(piece, Smooth) for piece in self.pieces)

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


    def met(self, z):
        """The first and the last piece that a closed interval meets; z is an enclosure."""
        low, high = z.ends()
        return bisect_left(self.breakpoints, low), bisect_right(self.breakpoints, high)

    def enclose(self, z):
        first, last = self.met(z)
        return Enclosed.hull(*(piece_jet(piece, z)[0] for piece in self.pieces[first:last + 1]))

    def jet(self, z, where):
        """Value, h' and h'' on an interval: hulls over the pieces met. At breakpoints that are met h must be C^1."""
        first, last = self.met(z)
        for m in range(first, last):
            slopes = [slope_of(self.pieces[side], self.breakpoints[m]) for side in (m, m + 1)]
            expect(None not in slopes and slopes[0] == slopes[1], where, 'strict-piece: the ball meets a kink')
        jets = [piece_jet(piece, z) for piece in self.pieces[first:last + 1]]
        return tuple(Enclosed.hull(*parts) for parts in zip(*jets))


def ramp(slope):
    return Activation([ZERO], [[ZERO, slope], [ZERO, ONE]])


def smooth_below_zero(name, alpha, scale):
    """elu and its relatives: smooth and 0 at 0 on the left, scale * t on the right."""
    if name == 'isrlu':
        left = Smooth('isru', alpha=alpha)
    elif name == 'celu':
        left = Smooth('exp', scale=alpha, rate=1 / alpha, offset=-alpha)
    else:
        left = Smooth('exp', scale=scale * alpha, offset=-scale * alpha)
    return Activation([ZERO], [left, [ZERO, scale]])


SELU_ALPHA = Fraction('1.6732632423543772848170429916717')
SELU_SCALE = Fraction('1.0507009873554804934193349852946')

PARAMETERS = {  # required, optional
    'relu': ((), ()), 'identity': ((), ()), 'abs': ((), ()), 'leaky-relu': ((), ('slope',)), 'prelu': (('slope',), ()),
    'hardtanh': ((), ()), 'relu6': ((), ()), 'hard-sigmoid': ((), ()), 'softshrink': ((), ('threshold',)),
    'elu': ((), ('alpha',)), 'celu': ((), ('alpha',)), 'isrlu': ((), ('alpha',)), 'selu': ((), ('alpha', 'scale')),
    'hardswish': ((), ()), 'sigmoid': ((), ()), 'tanh': ((), ()), 'atan': ((), ()), 'softplus': ((), ()), 'silu': ((), ()),
    'gelu': ((), ()), 'sin': ((), ()), 'quadratic': ((), ()), 'piecewise': (('breakpoints', 'pieces'), ()),
}


def read_activation(value, path):
    """An activation layer; `type` has been read."""
    expect('function' in value, path, 'missing-key: expected the key "function"')
    name = string(value['function'], f'{path}.function')
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
        alpha, scale = (positive(value[key], f'{path}.{key}') if key in value else default
                        for key, default in (('alpha', SELU_ALPHA if name == 'selu' else ONE),
                                             ('scale', SELU_SCALE if name == 'selu' else ONE)))
        return smooth_below_zero(name, alpha, scale)
    if name == 'quadratic':
        return Activation([], [[ZERO, ZERO, ONE]])
    if name in AT_ZERO:
        return Activation([], [Smooth(name)])
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
        expect(name in PIECES, f'{path}.function', f'unknown-function: {show(name)}')
        scale, rate, shift, offset = (quantity(value[key], f'{path}.{key}') for key in ('scale', 'rate', 'shift', 'offset'))
        if scale == 0 or rate == 0:
            raise Declined(f'unsupported-piece: {path}: a constant written as a smooth piece')
        return Smooth(name, scale, rate, shift, offset)
    fields(value, path, ('polynomial',))
    polynomial = quantities(value['polynomial'], f'{path}.polynomial')
    expect(polynomial, f'{path}.polynomial', 'expected at least one coefficient')
    if len(polynomial) > MAX_DEGREE + 1:
        raise Declined(f'limit-degree: {path}.polynomial')
    return polynomial
