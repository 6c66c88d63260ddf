"""Enclosures of real numbers: intervals whose ends are integers over 2^BITS, rounded outward, and the functions of
format.md section 3 on them, each from a series with its remainder, or from a guess that is verified by such a series.

Written apart from the kernel's: exp by Taylor's series at x / 2^k and k squarings, log and atan by a guess (Newton) that
exp, or sin and cos, show to be close enough, erf by its alternating series.
"""

import math
from fractions import Fraction
from functools import cache

from reading import Declined

BITS = 224
UNIT = 1 << BITS
MAX_EXPONENT = 4096  # of exp: e^x beyond is declined


def floor_root(n):
    return math.isqrt(n)


def ceil_root(n):
    root = math.isqrt(n)
    return root if root * root == n else root + 1


class Enclosed:
    """The reals from low / 2^BITS to high / 2^BITS."""

    __slots__ = ('low', 'high')

    def __init__(self, low, high):
        self.low, self.high = low, high

    @staticmethod
    def of(number):
        """The number, as an interval: exact where it is a multiple of 2^-BITS."""
        if isinstance(number, Enclosed):
            return number
        scaled = number * UNIT
        if isinstance(scaled, int):
            return Enclosed(scaled, scaled)
        return Enclosed(scaled.numerator // scaled.denominator, -(-scaled.numerator // scaled.denominator))

    @staticmethod
    def hull(*parts):
        parts = list(map(Enclosed.of, parts))
        return Enclosed(min(x.low for x in parts), max(x.high for x in parts))

    def ends(self):
        """Lower and upper end, as fractions."""
        return Fraction(self.low, UNIT), Fraction(self.high, UNIT)

    def __bool__(self):
        return bool(self.low or self.high)

    def __add__(self, other):
        other = Enclosed.of(other)
        return Enclosed(self.low + other.low, self.high + other.high)

    def __neg__(self):
        return Enclosed(-self.high, -self.low)

    def __sub__(self, other):
        other = Enclosed.of(other)
        return Enclosed(self.low - other.high, self.high - other.low)

    def __rsub__(self, other):
        return Enclosed.of(other) - self

    def __mul__(self, other):
        if isinstance(other, int):
            ends = (self.low * other, self.high * other)
            return Enclosed(min(ends), max(ends))
        other = Enclosed.of(other)
        a, b, c, d = self.low, self.high, other.low, other.high
        if a >= 0 and c >= 0:
            return Enclosed(a * c >> BITS, -(-b * d >> BITS))
        products = (a * c, a * d, b * c, b * d)
        return Enclosed(min(products) >> BITS, -(-max(products) >> BITS))

    __radd__, __rmul__ = __add__, __mul__

    def square(self):
        if self.low >= 0:
            return Enclosed(self.low**2 >> BITS, -(-self.high**2 >> BITS))
        if self.high <= 0:
            return (-self).square()
        return Enclosed(0, -(-max(self.low**2, self.high**2) >> BITS))

    def __truediv__(self, other):
        other = Enclosed.of(other)
        if other.low <= 0 <= other.high:
            raise Undefined('a division by an interval that holds 0')
        # The range of 1 / other, then a product whose ends are rounded once more.
        quotients = [Fraction(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        low, high = min(quotients) * UNIT, max(quotients) * UNIT
        return Enclosed(math.floor(low), math.ceil(high))

    def __rtruediv__(self, other):
        return Enclosed.of(other) / self

    def __abs__(self):
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Enclosed(0, max(-self.low, self.high))

    def positive(self):
        return self.low > 0

    def negative(self):
        return self.high < 0

    def __repr__(self):
        return f'[{float(Fraction(self.low, UNIT))}, {float(Fraction(self.high, UNIT))}]'


class Undefined(Declined):
    """A function was asked for outside its domain, or where the enclosure does not show that it is inside."""


ZERO, ONE = Enclosed(0, 0), Enclosed(UNIT, UNIT)


# ---- series at one number, over 2^w; each answers integers (low, high) over 2^w ----

def _taylor(first, ratio, w):
    """The sum of t_0 = first (an integer over 2^w, |first| <= 2^w), t_j = t_{j-1} * ratio(j), where ratio(j) is a pair
    (integer over 2^w, divisor) of a number of size <= 1/2: every product is rounded down once, and so are its errors."""
    total, term, j = first, first, 0
    while term not in (0, -1):
        j += 1
        numerator, divisor = ratio(j)
        term = (term * numerator) // (divisor << w)
        total += term
    # An error of a term is at most half the error before and 1 of its own, so less than 2; the tail is below one unit
    # of the last term's bound, 2 units.
    error = 2 * j + 4
    return total - error, total + error


def _exp_at(n, w):
    """e^(n / 2^w) over 2^w."""
    size = max(0, abs(n).bit_length() - w)
    if n < 0 and -n > (w + 8) << w:
        return 0, 1
    if n > MAX_EXPONENT << w:
        raise Undefined('exp of a large number')
    k = size + 8
    more = k + 64 + (0 if n < 0 else 2 * ((n >> w) + 1))
    W = w + more
    y = n << (more - k)  # n / 2^w / 2^k over 2^W, exactly; its size is at most 2^-8
    low, high = _taylor(1 << W, lambda j: (y, j), W)
    for _ in range(k):
        low, high = low * low >> W, -(-high * high >> W)
    return low >> more, -(-high >> more)


def _wave_at(n, w):
    """(sin, cos) of n / 2^w over 2^w, each as (low, high): Taylor at x / 2^k, then k doublings."""
    size = max(0, abs(n).bit_length() - w)
    if size > 64:
        raise Undefined('sin or cos of a large number')
    k = size + 8
    more = 3 * k + 64
    W = w + more
    y = n << (more - k)
    square = y * y >> W
    one = 1 << W
    c = _taylor(one, lambda j: (-square, (2 * j - 1) * (2 * j)), W)
    s = _taylor(y, lambda j: (-square, (2 * j) * (2 * j + 1)), W)
    # square is rounded down by less than one unit: each series moves by less than two.
    c, s = (c[0] - 2, c[1] + 2), (s[0] - 2, s[1] + 2)

    def product(a, b):
        products = [x * z for x in a for z in b]
        return min(products) >> W, -(-max(products) >> W)

    for _ in range(k):
        sc, ss = product(s, c), product(s, s)
        c, s = (max(-one, one - 2 * ss[1]), min(one, one - 2 * max(0, ss[0]))), (2 * sc[0], 2 * sc[1])
    return tuple((max(-(1 << w), a >> more), min(1 << w, -(-b >> more))) for a, b in (s, c))


def _log_at(n, w):
    """log(n / 2^w) over 2^w, n > 0: a guess, and exp on both sides of it."""
    if n <= 0:
        raise Undefined('log of a number that is not > 0')
    W = w + 32 + max(0, abs(n.bit_length() - w))
    x = n << (W - w)
    k = n.bit_length() - w
    guess = int((math.log(Fraction(n, 1 << n.bit_length())) + k * math.log(2)) * 2**60) << (W - 60)
    precision = 40
    while precision < 2 * W:
        e = sum(_exp_at(guess, W)) // 2
        guess += ((x - e) << (W + 1)) // (x + e)
        precision *= 3
    delta = 1 << 8
    while True:
        if _exp_at(guess - delta, W)[1] <= x <= _exp_at(guess + delta, W)[0]:
            return (guess - delta) >> (W - w), -(-(guess + delta) >> (W - w))
        delta *= 16


@cache
def _quarter(w):
    """pi / 4 over 2^w."""
    return _atan_at(1 << w, w)


def _atan_at(n, w):
    """atan(n / 2^w) over 2^w: c is below it iff x cos c - sin c > 0, for |c| < pi/2."""
    if n < 0:
        low, high = _atan_at(-n, w)
        return -high, -low
    W = w + 32
    if n > 1 << w:  # pi/2 - atan(1/x); atan rises by no more than its argument
        inner, quarter = _atan_at((1 << (W + w)) // n, W), _quarter(W)
        return (2 * quarter[0] - inner[1] - 1) >> 32, -(-(2 * quarter[1] - inner[0]) >> 32)
    x = n << 32
    guess = int(math.atan(n / (1 << w)) * 2**60) << (W - 60)
    precision = 40
    while precision < W:
        precision = min(3 * precision, W)
        V = precision + 32  # enough for the next guess
        s, c = (sum(part) // 2 for part in _wave_at(guess >> (W - V) if V < W else guess << (V - W), V))
        y = x >> (W - V) if V < W else x << (V - W)
        step = (((y * c >> V) - s) << V) // (c + (y * s >> V))
        guess += step << (W - V) if V < W else step >> (V - W)
    delta = 1 << 8
    while True:
        (_, s_high), (c_low, _) = _wave_at(guess - delta, W)
        (s_low, _), (_, c_high) = _wave_at(guess + delta, W)
        if x * c_low >= s_high << W and x * c_high <= s_low << W and guess - delta > -(1 << W) and guess + delta < 1 << W:
            return (guess - delta) >> 32, -(-(guess + delta) >> 32)
        delta *= 16


def _erf_at(n, w):
    """erf(n / 2^w) over 2^w: 2/sqrt(pi) times the alternating series of x^(2k+1) / (k! (2k+1))."""
    if n < 0:
        low, high = _erf_at(-n, w)
        return -high, -low
    if n * n > w << (2 * w):  # 1 - erf x < e^(-x^2) < 2^-w
        return (1 << w) - 1, 1 << w
    more = 64 + 4 * ((n * n >> (2 * w)) + 1)  # the terms are at most e^(x^2)
    W = w + more
    x = n << more
    square = x * x >> W
    low = high = 0
    p, k = (x, x), 0
    while True:
        part = p[0] // (2 * k + 1), -(-p[1] // (2 * k + 1))
        low, high = (low + part[0], high + part[1]) if k % 2 == 0 else (low - part[1], high - part[0])
        k += 1
        p = p[0] * square // (k << W), -(-p[1] * (square + 1) // (k << W))
        if p[1] <= 1 and (square >> W) < k:  # from here on the terms decrease, and alternate
            low, high = low - p[1] - 1, high + p[1] + 1
            break
    pi = 4 * _atan_at(1 << W, W)[0], 4 * _atan_at(1 << W, W)[1]
    roots = floor_root(pi[0] << W), ceil_root(pi[1] << W)
    low, high = (2 * max(low, 0) << W) // roots[1], -((-2 * high << W) // roots[0])
    return low >> more, min(1 << w, -(-high >> more))


# ---- on intervals ----

def increasing(at):
    def function(x):
        x = Enclosed.of(x)
        low = at(x.low, BITS)
        return Enclosed(low[0], low[1] if x.high == x.low else at(x.high, BITS)[1])
    return function


exp = increasing(_exp_at)
log = increasing(_log_at)
erf = increasing(_erf_at)


def atan(x):
    """Increasing, and by no more than its argument."""
    x = Enclosed.of(x)
    low, high = _atan_at(x.low, BITS)
    width = x.high - x.low
    return Enclosed(low, high + width if width < UNIT >> 32 else _atan_at(x.high, BITS)[1])


PI = 4 * atan(ONE)


def sqrt(x):
    if x.low < 0:
        raise Undefined('the root of a number that may be < 0')
    return Enclosed(floor_root(x.low << BITS), ceil_root(x.high << BITS))


def acos(x):
    """Of a number in [-1, 1] that x encloses: 2 atan sqrt((1-c)/(1+c)), decreasing."""
    low, high = max(x.low, -UNIT), min(x.high, UNIT)
    if low == -UNIT:
        return Enclosed(PI.low if high == -UNIT else acos(Enclosed(high, high)).low, PI.high)
    ratio = Enclosed(((UNIT - high) << BITS) // (UNIT + high), -(-((UNIT - low) << BITS) // (UNIT + low)))
    return 2 * atan(sqrt(ratio))


def _wave(x, shift):
    """sin (shift 0) or cos (shift 1) on an interval: extrema where x / (pi/2) + shift is 1 or 3 modulo 4."""
    ends = [_wave_at(end, BITS)[shift] for end in (x.low, x.high)]
    low, high = min(a for a, _ in ends), max(b for _, b in ends)
    if x.high - x.low >= 7 * UNIT:
        return Enclosed(-UNIT, UNIT)
    quarters = 2 * x / PI
    first, last = -(-quarters.low >> BITS) - 1, (quarters.high >> BITS) + 1
    for n in range(first, last + 1):
        # n is a candidate if n pi/2 may lie in [x.low, x.high].
        at = PI * n
        if at.high >= 2 * x.low and at.low <= 2 * x.high and (n + shift) % 2:
            low, high = (low, UNIT) if (n + shift) % 4 == 1 else (-UNIT, high)
    return Enclosed(low, high)


def sin(x):
    return _wave(Enclosed.of(x), 0)


def cos(x):
    return _wave(Enclosed.of(x), 1)


def sigmoid(x):
    def at(n, w):
        e = Enclosed(*_exp_at(-abs(n), w))
        upper = ONE / (ONE + e)
        found = upper if n >= 0 else ONE - upper if n > -8 * UNIT else e / (ONE + e)
        return max(0, found.low), min(UNIT, found.high)
    return increasing(at)(x)


def tanh(x):
    x = Enclosed.of(x)
    found = 2 * sigmoid(2 * x) - 1
    return Enclosed(max(-UNIT, found.low), min(UNIT, found.high))


def softplus(x):
    def at(n, w):
        found = Enclosed(max(n, 0), max(n, 0)) + log(ONE + Enclosed(*_exp_at(-abs(n), w)))
        return found.low, found.high
    return increasing(at)(x)


def log_cosh(x):
    """|x| + log(1 + e^(-2|x|)) - log 2, increasing in |x|."""
    def at(n, w):
        found = Enclosed(n, n) + log(ONE + exp(Enclosed(-2 * n, -2 * n))) - log(ONE * 2)
        return max(0, found.low), found.high
    return increasing(at)(abs(Enclosed.of(x)))


def power(x, exponent):
    """x^q for x >= 0 and a rational q > 0; increasing."""
    def at(n, w):
        if n == 0:
            return 0, 0
        found = exp(Enclosed(*_log_at(n, w)) * Enclosed.of(exponent))
        return max(0, found.low), found.high
    return increasing(at)(Enclosed.of(x))
