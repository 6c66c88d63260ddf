"""Families of points (theory.md 9): rational functions of parameters on a closed box, ordered like numbers.

A comparison answers only if it holds for all parameters: of two functions one is equal to the other identically, or greater
everywhere. Otherwise it raises `Declined`. So whatever is computed with numbers can be computed with these, and holds for
every member of the family.
"""

import math
from fractions import Fraction

from landscape import Trace, forward
from multivariate import Range, partial, plus, times
from network import Affine, Between
from reading import (
    MAX_DEGREE, Declined, array, count, expect, fields, quantities, quantity, string, vector,
)

ZERO, ONE = Fraction(0), Fraction(1)


# ---- rational functions ----

class Function:
    """numerator / denominator, the denominator > 0 on the range."""

    __slots__ = ('numerator', 'denominator', 'range')

    def __init__(self, numerator, denominator, over):
        self.numerator, self.denominator, self.range = numerator, denominator, over

    def lift(self, other):
        if isinstance(other, Function):
            return other
        one = {(0,) * self.range.size: ONE}
        return Function({next(iter(one)): Fraction(other)} if other else {}, one, self.range)

    def __bool__(self):
        return bool(self.numerator)

    def __add__(self, other):
        other = self.lift(other)
        if self.denominator == other.denominator:
            return Function(plus(self.numerator, other.numerator), self.denominator, self.range)
        return Function(plus(times(self.numerator, other.denominator), times(other.numerator, self.denominator)),
                        times(self.denominator, other.denominator), self.range)

    def __mul__(self, other):
        other = self.lift(other)
        return Function(times(self.numerator, other.numerator), times(self.denominator, other.denominator), self.range)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + self.lift(other) * -1

    def __rsub__(self, other):
        return self.lift(other) - self

    __radd__, __rmul__ = __add__, __mul__

    def sign(self):
        """The sign on all of the range."""
        if not self.numerator:
            return 0
        sign = self.range.sign(self.numerator)
        if sign is None:
            raise Declined('unsupported-combination: a sign that may change on the range')
        return sign

    def __eq__(self, other):
        return not (self - other).numerator

    def __lt__(self, other):
        return (self - other).sign() < 0

    def __gt__(self, other):
        return (self - other).sign() > 0

    def __le__(self, other):
        return (self - other).sign() <= 0

    def __ge__(self, other):
        return (self - other).sign() >= 0

    __hash__ = None

    def constant(self):
        """The number that this is identically, or None."""
        at, d = next(iter(self.denominator.items()))
        value = self.numerator.get(at, ZERO) / d
        return value if plus(self.numerator, times(self.denominator, {(0,) * self.range.size: -value})) == {} else None

    def slope_numerator(self, k):
        """The derivative by parameter k, times the denominator's square."""
        n, d = self.numerator, self.denominator
        minus = {(0,) * self.range.size: -ONE}
        return plus(times(partial(n, k), d), times(minus, times(n, partial(d, k))))

    def value_at(self, parameters):
        values = [sum((c * math.prod((x**i for x, i in zip(parameters, e)), start=ONE) for e, c in part.items()), ZERO)
                  for part in (self.numerator, self.denominator)]
        return values[0] / values[1]


# ---- reading ----

def read_range(value, path):
    ends = []
    names = set()
    for at, parameter in enumerate(array(value, path)):
        where = f'{path}[{at}]'
        fields(parameter, where, ('name', 'from', 'to'))
        name = string(parameter['name'], f'{where}.name')
        expect(name not in names, f'{where}.name', 'a name is used twice')
        names.add(name)
        low, high = (quantity(parameter[key], f'{where}.{key}') for key in ('from', 'to'))
        expect(low < high, where, 'empty-range: from < to')
        ends.append((low, high))
    expect(ends, path, 'expected at least one parameter')
    return Range(ends)


def reader(over):
    """Reads an entry of a family: a quantity, or a rational function."""
    one = {(0,) * over.size: ONE}

    def polynomial(value, path):
        if over.size == 1:
            coefficients = quantities(value, path)
            expect(coefficients, path, 'expected at least one coefficient')
            terms = [((at,), c) for at, c in enumerate(coefficients)]
        else:
            terms = []
            for at, term in enumerate(array(value, path)):
                where = f'{path}[{at}]'
                fields(term, where, ('coefficient', 'exponents'))
                exponents = tuple(count(e, f'{where}.exponents[{k}]')
                                  for k, e in enumerate(array(term['exponents'], f'{where}.exponents', over.size)))
                terms.append((exponents, quantity(term['coefficient'], f'{where}.coefficient')))
            expect(terms, path, 'expected at least one term')
        total = {}
        for e, c in terms:
            if max(e) > MAX_DEGREE:
                raise Declined(f'limit-degree: {path}')
            total = plus(total, {e: c} if c else {})
        return total

    def read(value, path):
        if type(value) is not dict:
            return quantity(value, path)
        fields(value, path, ('numerator',), ('denominator',))
        numerator = polynomial(value['numerator'], f'{path}.numerator')
        denominator = polynomial(value['denominator'], f'{path}.denominator') if 'denominator' in value else one
        sign = over.sign(denominator) if denominator else None
        expect(sign is not None, f'{path}.denominator', 'vanishing-denominator: it is not shown to have one sign')
        if sign < 0:
            numerator, denominator = (times(part, {(0,) * over.size: -ONE}) for part in (numerator, denominator))
        found = Function(numerator, denominator, over)
        constant = found.constant()
        return found if constant is None else constant

    return read


# ---- the statement beside the local minima ----

def expect_gap(risk, better, gap):
    """risk - better >= gap on all of the range; better is an upper bound."""
    rest = risk - better - gap
    if isinstance(rest, Function):
        expect(not rest or rest.range.sign(rest.numerator, weakly=True) == 1, 'family', 'lower-risk: the gap is not reached')
    else:
        expect(rest >= 0, 'family', 'lower-risk: the gap is not reached')


def strictly_monotone(problem, family, over, node, path, distinct):
    fields(node, path, ('rule', 'coordinates') + (('predictions',) if distinct else ()))
    coordinates = array(node['coordinates'], f'{path}.coordinates', over.size)
    expect_monotone([coordinate(problem, family, entry, f'{path}.coordinates[{at}]') for at, entry in enumerate(coordinates)],
                    over, f'{path}.coordinates')
    if distinct:
        predictions = array(node['predictions'], f'{path}.predictions', over.size)
        expect_monotone([prediction(problem, family, entry, f'{path}.predictions[{at}]')
                         for at, entry in enumerate(predictions)], over, f'{path}.predictions')


def expect_monotone(functions, over, path):
    """Function j depends on the parameters 0 ... j only, and its derivative by parameter j is nowhere 0."""
    for j, f in enumerate(functions):
        expect(isinstance(f, Function), f'{path}[{j}]', 'not-monotone: it is constant')
        for k in range(j + 1, over.size):
            expect(not f.slope_numerator(k), f'{path}[{j}]', 'depends-on-later-parameter')
        slope = f.slope_numerator(j)
        expect(slope and over.sign(slope) is not None, f'{path}[{j}]', 'not-monotone: the derivative may vanish')


def coordinate(problem, family, value, path):
    fields(value, path, ('layer',), ('unit', 'input', 'bias'))
    free = [layer for layer in problem.network.affine if not layer.fixed]
    at = count(value['layer'], f'{path}.layer')
    expect(at < len(free), f'{path}.layer', 'there is no such layer')
    layer = free[at]
    weights, bias = family[layer.index]
    if 'bias' in value:
        fields(value, path, ('layer', 'bias'))
        unit = count(value['bias'], f'{path}.bias')
        expect(layer.bias and unit < layer.units, f'{path}.bias', 'there is no such bias')
        return bias[unit]
    fields(value, path, ('layer', 'unit', 'input'))
    unit, tap = count(value['unit'], f'{path}.unit'), count(value['input'], f'{path}.input')
    expect(unit < layer.units and tap < len(weights[0]), path, 'there is no such weight')
    return weights[unit][tap]


def prediction(problem, family, value, path):
    expect(type(value) is dict, path, 'expected an object')
    if 'sample' in value:
        fields(value, path, ('sample', 'output'))
        sample = count(value['sample'], f'{path}.sample')
        expect(sample < problem.samples, f'{path}.sample', 'there is no such sample')
        x = problem.inputs[sample]
    else:
        fields(value, path, ('input', 'output'))
        x = vector(value['input'], f'{path}.input', problem.network.inputs)
    output = count(value['output'], f'{path}.output')
    expect(output < problem.network.outputs, f'{path}.output', 'there is no such output')
    return forward(problem.network.layers, family, x, Trace.arithmetic, {})[output]


def same_function(problem, family):
    """The network is one function for all parameters: every unit that is read is a positive factor times a function without
    parameters, and factors other than 1 stand in front of activations that they pass through."""
    layers = problem.network.layers
    if not all(isinstance(layer, Between) or isinstance(layer, Affine) and layer.dense for layer in problem.network.all):
        raise Declined('unsupported-combination: same-function for other layers than dense ones')
    affine = [layer for layer in layers if isinstance(layer, Affine)]
    used = {affine[-1].index: set(range(affine[-1].units))}
    for before, layer in reversed(list(zip(affine, affine[1:]))):
        weights = family[layer.index][0]
        used[before.index] = {j for j in range(before.units) if any(weights[u][j] for u in used[layer.index])}
    scale, reads = [ONE] * problem.network.inputs, range(problem.network.inputs)
    for at, layer in enumerate(layers):
        if not isinstance(layer, Affine):
            continue
        after = layers[at + 1] if at + 1 < len(layers) and isinstance(layers[at + 1], Between) else None
        # Nothing between two layers is the identity, through which factors pass; outputs have the factor 1.
        passes = layer is not affine[-1] and (after is None or positively_homogeneous(after.h))
        weights, bias = family[layer.index]
        following = [ONE] * layer.units
        for u in used[layer.index]:
            row = [weights[u][j] * scale[j] for j in reads] + ([bias[u]] if bias else [])
            row = [settled(c) for c in row if c]
            if all(isinstance(c, Fraction) for c in row):
                continue
            expect(passes, f'unit {u}', 'same-function: it is not shown')
            first = row[0]
            if isinstance(first, Fraction):
                first = next(c for c in row if isinstance(c, Function)).lift(first)
            factor = first * first.sign()
            for c in row:
                # c / factor is constant iff its derivatives vanish: c' factor = c factor'.
                c = factor.lift(c)
                quotient = Function(times(c.numerator, factor.denominator), times(c.denominator, factor.numerator), c.range)
                expect(quotient.constant() is not None, f'unit {u}', 'same-function: it is not shown')
            following[u] = factor
        scale, reads = following, sorted(used[layer.index])


def positively_homogeneous(h):
    return h.piecewise_affine and set(h.breakpoints) <= {ZERO} and not any(h.intercept(m) for m in range(len(h.pieces)))


def settled(value):
    """A function that is constant, as its number."""
    if isinstance(value, Function):
        constant = value.constant()
        return value if constant is None else constant
    return value
