"""Sums of irrational numbers, on which "= 0" is decided.

`Exponentials`: by theory.md 0 an equation between rational functions of tau = e^(1/N) holds iff it is an identity in tau
(tau is transcendental). Identities are tested at one value of tau in the field of PRIME elements: one that holds passes, and
one that fails passes only at the roots of a polynomial. With degrees below 2^1000, and tau fixed before the certificate is
read, that is less likely than 2^-1200 for a certificate that does not aim at it; the prime is no secret, so this is a
check of the kernel, and no kernel.

`Radicals`: x^(a/b) for rationals x > 0 as a rational times a product of powers with exponents in [0, 1) of pairwise coprime
integers that are no perfect powers; two such products have a rational ratio only if they are the same, and then
(Mordell 1953) different ones are linearly independent over Q.
"""

import math
from fractions import Fraction

from reading import Declined

PRIME = 2**2281 - 1
_TAU = pow(3, 10**9 + 7, PRIME)


class Residue:
    __slots__ = ('value',)

    def __init__(self, value):
        self.value = value % PRIME

    @staticmethod
    def of(number):
        if isinstance(number, Residue):
            return number
        number = Fraction(number)
        if number.denominator % PRIME == 0:
            raise Declined('limit-residues: a denominator vanishes')
        return Residue(number.numerator * pow(number.denominator, -1, PRIME))

    def __bool__(self):
        return bool(self.value)

    def __eq__(self, other):
        return self.value == Residue.of(other).value

    def __add__(self, other):
        return Residue(self.value + Residue.of(other).value)

    def __sub__(self, other):
        return Residue(self.value - Residue.of(other).value)

    def __mul__(self, other):
        return Residue(self.value * Residue.of(other).value)

    def __truediv__(self, other):
        other = Residue.of(other)
        if not other.value:
            raise Declined('limit-residues: a denominator vanishes')
        return Residue(self.value * pow(other.value, -1, PRIME))

    __radd__, __rmul__ = __add__, __mul__


class Exponentials:
    """e^x for the given rationals x."""

    def __init__(self, exponents):
        exponents = set(exponents)
        self.denominator = math.lcm(*(x.denominator for x in exponents))
        if max((abs(x) for x in exponents), default=0) * self.denominator >= 2**1000:
            raise Declined('limit-residues: the exponents are too long')
        self.known = {}

    def power(self, x):
        if x not in self.known:
            self.known[x] = Residue(pow(_TAU, int(x * self.denominator), PRIME))
        return self.known[x]


class Combination:
    """A formal sum of rationals times names; that of 1 is ()."""

    __slots__ = ('terms',)

    def __init__(self, terms):
        self.terms = {name: c for name, c in terms.items() if c}

    @staticmethod
    def of(number):
        return number if isinstance(number, Combination) else Combination({(): number})

    def __bool__(self):
        return bool(self.terms)

    def __eq__(self, other):
        return self.terms == Combination.of(other).terms

    def __add__(self, other):
        total = dict(self.terms)
        for name, c in Combination.of(other).terms.items():
            total[name] = total.get(name, 0) + c
        return Combination(total)

    def __mul__(self, factor):
        return Combination({name: c * factor for name, c in self.terms.items()})

    __radd__, __rmul__ = __add__, __mul__


def coprime_base(numbers):
    """Pairwise coprime integers > 1, none of them a perfect power, of whose powers every number is a product."""
    base, waiting = [], [n for n in numbers if n > 1]
    while waiting:
        n = root_of(waiting.pop())
        for at, m in enumerate(base):
            g = math.gcd(n, m)
            if g > 1:
                if n != m:
                    del base[at]
                    waiting += [part for part in (g, n // g, m // g) if part > 1]
                break
        else:
            base.append(n)
    return base


def root_of(n):
    """The integer of which n is the highest power."""
    for k in range(n.bit_length(), 1, -1):
        root = integer_root(n, k)
        if root**k == n:
            return root
    return n


def integer_root(n, k):
    low, high = 1, 1 << (n.bit_length() // k + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**k <= n else (low, middle - 1)
    return low


class Radicals:
    """x^e for the given rationals x >= 0."""

    def __init__(self, numbers, exponent):
        self.exponent = exponent
        self.base = coprime_base({part for x in numbers if x for part in (x.numerator, x.denominator)})

    def of(self, x):
        if not x:
            return Combination({})
        rational, name = Fraction(1), []
        for b in self.base:
            n = 0
            for part, sign in ((x.numerator, 1), (x.denominator, -1)):
                while part % b == 0:
                    part, n = part // b, n + sign
            whole, rest = divmod(n * self.exponent, 1)
            rational *= Fraction(b) ** int(whole)
            if rest:
                name.append((b, rest))
        return Combination({tuple(name): rational})
