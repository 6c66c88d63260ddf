"""Numbers of a field Q(a) (format.md 6): a is the one root of a square-free polynomial between two fractions.

An element is a polynomial in a with fractions for coefficients, modulo that of a. Its sign is found by Sylvester's theorem, without
any enclosure of a: the sum of the signs of e over the roots of p in an interval is the difference of the sign variations, at its
ends, of the sequence of signed remainders that begins with p and p'e. Here that is one root.
"""

from fractions import Fraction

from enclosures import UNIT, Enclosed
from functions import derivative, trimmed
from polynomials import common, divided, plus, sign_at, times
from reading import MAX_DEGREE, Declined, expect, fields, plain_text, quantities, quantity

ONE = Fraction(1)


class Field:
    def __init__(self, value, path):
        fields(value, path, ('name', 'polynomial', 'root'))
        plain_text(value['name'], f'{path}.name', 200)
        p = trimmed(quantities(value['polynomial'], f'{path}.polynomial'))
        expect(len(p) > 1, f'{path}.polynomial', 'not-isolating: it is constant')
        if len(p) > MAX_DEGREE + 1:
            raise Declined(f'limit-degree: {path}.polynomial')
        self.p = [c / p[-1] for c in p]
        expect(len(common(self.p, derivative(self.p))) == 1, f'{path}.polynomial', 'not-square-free')
        self.low, self.high = quantities(value['root'], f'{path}.root', 2)
        expect(self.low < self.high, f'{path}.root', 'empty-range')
        for end in (self.low, self.high):
            expect(sign_at(self.p, end) != 0, f'{path}.root', 'not-isolating: an end is a root')
        expect(self.query([ONE]) == 1, f'{path}.root', 'not-isolating: expected one root')

    def query(self, e):
        """The number of roots between the ends at which e > 0, less those at which e < 0."""
        chain = [self.p, divided(times(derivative(self.p), e), self.p)[1]]
        while chain[-1]:
            chain.append([-c for c in divided(chain[-2], chain[-1])[1]])

        def variations(x):
            signs = [s for s in (sign_at(f, x) for f in chain[:-1]) if s]
            return sum(a != b for a, b in zip(signs, signs[1:]))
        return variations(self.low) - variations(self.high)

    def is_same(self, other):
        """Whether a is the same root of the same polynomial: then it is between both pairs of ends."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return self.p == other.p and low < high and sign_at(self.p, low) * sign_at(self.p, high) < 0

    def read(self, value, path):
        """An entry: a quantity, or a list of coefficients."""
        if type(value) is not list:
            return quantity(value, path)
        expect(1 <= len(value) < len(self.p), path, 'wrong-shape: the number of coefficients')
        return self.number([quantity(c, f'{path}[{at}]') for at, c in enumerate(value)])

    def number(self, coefficients):
        """A fraction where only one coefficient is left."""
        found = divided(coefficients, self.p)[1] if len(coefficients) >= len(self.p) else trimmed(coefficients)
        return Algebraic(self, found) if len(found) > 1 else found[0] if found else Fraction(0)


def coefficients_of(x):
    return x.coefficients if isinstance(x, Algebraic) else trimmed([Fraction(x)])


class Algebraic:
    __slots__ = ('field', 'coefficients', '_sign')

    def __init__(self, field, coefficients):
        self.field, self.coefficients, self._sign = field, coefficients, None

    def sign(self):
        if self._sign is None:
            self._sign = self.field.query(self.coefficients)
        return self._sign

    def __bool__(self):
        return self.sign() != 0

    def __add__(self, other):
        if isinstance(other, Enclosed):
            return NotImplemented
        return self.field.number(plus(self.coefficients, coefficients_of(other)))

    __radd__ = __add__

    def __neg__(self):
        return Algebraic(self.field, [-c for c in self.coefficients])

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, Enclosed):
            return NotImplemented
        return self.field.number(times(self.coefficients, coefficients_of(other)))

    __rmul__ = __mul__

    def __truediv__(self, other):
        if not isinstance(other, Algebraic):
            return self * (ONE / other)
        return self * other.inverse()

    def __rtruediv__(self, other):
        return self.inverse() * other

    def __pow__(self, n):
        total = ONE
        for _ in range(n):
            total = total * self
        return total

    def inverse(self):
        """By linear equations: the x with e x = 1 modulo p, or, where e has a factor in common with p, modulo the rest of p."""
        if not self:
            raise ZeroDivisionError('0 has no inverse')
        p = divided(self.field.p, common(self.field.p, self.coefficients))[0]
        n, e = len(p) - 1, self.coefficients
        columns = []
        for k in range(n):
            column = divided([Fraction(0)] * k + list(e), p)[1]
            columns.append(column + [Fraction(0)] * (n - len(column)))
        rows = [[column[i] for column in columns] + [ONE if i == 0 else Fraction(0)] for i in range(n)]
        for k in range(n):
            at = next(i for i in range(k, n) if rows[i][k])
            rows[k], rows[at] = rows[at], rows[k]
            rows[k] = [c / rows[k][k] for c in rows[k]]
            for i in range(n):
                if i != k and rows[i][k]:
                    rows[i] = [c - rows[i][k] * d for c, d in zip(rows[i], rows[k])]
        return self.field.number([row[-1] for row in rows])

    def __abs__(self):
        return -self if self.sign() < 0 else self

    def __eq__(self, other):
        return not self - other

    def __hash__(self):
        return 0  # one number may have several forms

    def __lt__(self, other):
        return sign_of(self - other) < 0

    def __gt__(self, other):
        return sign_of(self - other) > 0

    def __le__(self, other):
        return sign_of(self - other) <= 0

    def __ge__(self, other):
        return sign_of(self - other) >= 0


def sign_of(x):
    return x.sign() if isinstance(x, Algebraic) else (x > 0) - (x < 0)


def settled_number(x):
    """A fraction, or an enclosure by halving."""
    if not isinstance(x, Algebraic):
        return x
    size = 1
    while not -size < x < size:
        size *= 2
    low, high = -size * UNIT, size * UNIT
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if x > Fraction(middle, UNIT) else (low, middle)
    return Enclosed(low, high)
