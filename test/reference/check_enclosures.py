"""Holds enclosures against mpmath, at 250 digits and more: the kernel's, from stdin as print-enclosures.ts prints them, and those
of the reference checker itself.

    node --import tsx test/reference/print-enclosures.ts | python3 test/reference/check_enclosures.py [--perturb]

Every enclosure must hold the function's values at both ends of its interval and at points between. At a point it may not be
wider than at fewer bits, and is narrow at the most. Prints counts; exits with 1 if anything fails, and with 3 if mpmath is
missing. With --perturb one enclosure is moved off its value first: then the exit code is 0 if exactly that is found.
"""

import json
import sys
from collections import Counter
from fractions import Fraction
from random import Random

sys.dont_write_bytecode = True

try:
    import mpmath as m
except ImportError:
    print('mpmath is not installed (Debian: python3-mpmath)', file=sys.stderr)
    sys.exit(3)

import enclosures

DIGITS_IN_BITS = 840  # 250 digits
BETWEEN = 3
PERTURBED = 1234


def number(x):
    return m.mpf(x.numerator) / x.denominator


def erf(x):
    """mpmath takes minutes to tell a large erf from 1, from which it is less than e^(-x^2) away."""
    return m.erf(x) if x * x < 1400 else m.sign(x)


def sigmoid(x):
    return 1 / (1 + m.exp(-x)) if x > -10**7 else m.mpf(2)**-100000


def tanh(x):
    return m.tanh(x) if abs(x) < 10**4 else m.sign(x)


def log_cosh(x):
    return abs(x) + m.log1p(m.exp(-2 * abs(x))) - m.log(2)


def softplus(x):
    return max(x, m.mpf(0)) + m.log1p(m.exp(-abs(x)))


FUNCTIONS = {'exp': m.exp, 'log': m.log, 'sqrt': m.sqrt, 'sin': m.sin, 'cos': m.cos, 'atan': m.atan, 'acos': m.acos, 'tanh': tanh,
             'sigmoid': sigmoid, 'softplus': softplus, 'logCosh': log_cosh, 'erf': erf}
# Where there need not be an enclosure of the values on [a, b]. Numbers below 2^-bits may round down to 0.
OUTSIDE = {'log': lambda a, b, bits: a * 2**bits < 1, 'sqrt': lambda a, b, bits: a < 0,
           'acos': lambda a, b, bits: b < -1 or a > 1, 'exp': lambda a, b, bits: b > 4095}


def derivatives(name, alpha):
    """f, f', f'' by formulas that are written apart from the kernel's."""
    def sech(x):
        return 1 / m.cosh(x)

    def phi(x):
        return m.exp(-x * x / 2) / m.sqrt(2 * m.pi)

    def bell(x):
        return 1 / (2 + m.exp(x) + m.exp(-x))  # sigmoid'

    def isru(x):
        return x / m.sqrt(1 + alpha * x * x)
    return {
        'exp': (m.exp, m.exp, m.exp),
        'tanh': (m.tanh, lambda x: sech(x)**2, lambda x: -2 * m.sinh(x) / m.cosh(x)**3),
        'sigmoid': (sigmoid, bell, lambda x: -bell(x) * m.tanh(x / 2)),
        'atan': (m.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x)**2),
        'sin': (m.sin, m.cos, lambda x: -m.sin(x)),
        'softplus': (softplus, sigmoid, bell),
        'erf': (erf, lambda x: 2 * phi(m.sqrt(2) * x) * m.sqrt(2), lambda x: -4 * x * m.exp(-x * x) / m.sqrt(m.pi)),
        'isru': (isru, lambda x: (1 + alpha * x * x)**m.mpf(-1.5), lambda x: -3 * alpha * x * (1 + alpha * x * x)**m.mpf(-2.5)),
        'silu': (lambda x: x * sigmoid(x), lambda x: sigmoid(x) + x * bell(x), lambda x: bell(x) * (2 - x * m.tanh(x / 2))),
        'gelu': (lambda x: x * m.ncdf(x), lambda x: m.ncdf(x) + x * phi(x), lambda x: phi(x) * (2 - x * x)),
    }[name]


def value(name, order, x):
    """At a fraction."""
    if ' piece' not in name:
        return FUNCTIONS[name](number(x))
    function, stretched = name.split(' piece')
    if not stretched:
        return derivatives(function, m.mpf(1))[order](number(x))
    alpha = m.mpf(3) / 2 if function == 'isru' else m.mpf(1)
    at = derivatives(function, alpha)[order](number(Fraction(5, 4) * x - Fraction(1, 3)))
    return m.mpf(2) / 3 * (m.mpf(5) / 4)**order * at - (m.mpf(1) / 7 if order == 0 else 0)


def places(a, b, chance):
    return [a] if a == b else [a, b] + [a + (b - a) * Fraction(chance.randrange(1, 2**20), 2**20) for _ in range(BETWEEN)]


def failure(name, order, bits, a, b, low, high, chance):
    """What is wrong with an enclosure over [a, b]; None if nothing is found."""
    if low is None:
        return None if name in OUTSIDE and OUTSIDE[name](a, b, bits) else 'no enclosure'
    if low > high:
        return 'the ends are in the wrong order'
    for x in places(a, b, chance):
        if name == 'acos':
            x = max(Fraction(-1), min(Fraction(1), x))  # an end may round out of [-1, 1]
        size = max(0, abs(x.numerator).bit_length() - x.denominator.bit_length())
        m.mp.prec = max(DIGITS_IN_BITS, 4 * bits) + 4 * min(size, 400) + (6000 if 'exp' in name else 0)
        scaled = value(name, order, x) * m.mpf(2)**bits
        # Values that mpmath has exactly, such as exp 0, may be an end; others miss it by no more than its own error.
        slack = abs(scaled) * m.mpf(2)**(64 - m.mp.prec) + m.mpf(2)**(64 - m.mp.prec)
        if not low - slack <= scaled <= high + slack:
            return f'the value at {float(x)!r} is outside'
    return None


def check_kernel(lines, perturb):
    chance, counts, failed, widths = Random(1), Counter(), [], {}
    for at, line in enumerate(lines):
        entry = json.loads(line)
        name, order, bits = entry['function'], entry['derivative'], entry['bits']
        a, b = Fraction(entry['from']), Fraction(entry['to'])
        low, high = (None if entry[key] is None else int(entry[key]) for key in ('low', 'high'))
        if perturb and at == PERTURBED:
            low, high = (high, 2 * high - low) if high > low else (low + 1, high + 1)
            low, high = low + 1, high + 1
        counts[name] += 1
        wrong = failure(name, order, bits, a, b, low, high, chance)
        if wrong is None and low is not None and a == b:
            width, key = Fraction(high - low, 2**bits), (name, order, a)
            if width > widths.get(key, width):
                wrong = 'wider than at fewer bits'
            if bits >= 256 and width * 2**100 > 1 + abs(a)**3:
                wrong = 'not narrow'
            widths[key] = width
        if wrong:
            failed.append((at, f'{name}, derivative {order}, {bits} bits, from {float(a)!r} to {float(b)!r}: {wrong}'))
    return counts, failed


def check_reference(count):
    """The reference checker's own functions, over random intervals."""
    chance, failed = Random(2), []
    of = {'exp': enclosures.exp, 'log': enclosures.log, 'sin': enclosures.sin, 'cos': enclosures.cos, 'atan': enclosures.atan,
          'acos': enclosures.acos, 'tanh': enclosures.tanh, 'sigmoid': enclosures.sigmoid, 'softplus': enclosures.softplus,
          'logCosh': enclosures.log_cosh, 'erf': enclosures.erf, 'sqrt': enclosures.sqrt}
    for name, function in of.items():
        for n in range(count):
            a = Fraction(chance.randrange(-2**20, 2**20), 2**20) * Fraction(2)**chance.randrange(-60, 1 if name == 'acos' else 7)
            a = abs(a) + Fraction(1, 2**70) if name in ('log', 'sqrt') else a
            b = a + chance.choice([0, 0, Fraction(1, 2**90), Fraction(chance.randrange(2**10), 2**10)])
            if name == 'acos':
                b = min(b, Fraction(1))
            found = function(enclosures.Enclosed.hull(a, b))
            wrong = failure(name, 0, enclosures.BITS, a, b, found.low, found.high, chance)
            if wrong:
                failed.append((None, f'reference {name} from {float(a)!r} to {float(b)!r}: {wrong}'))
    return count * len(of), failed


def main(arguments):
    perturb = arguments == ['--perturb']
    counts, failed = check_kernel(sys.stdin, perturb)
    if perturb:
        found = [at for at, _ in failed] == [PERTURBED]
        print(f'one enclosure of {sum(counts.values())} moved off its value: {"found" if found else "NOT FOUND"}')
        return 0 if found else 1
    own, more = check_reference(40)
    failed += more
    for at, message in failed[:40]:
        print(f'FAILED line {at}: {message}')
    print(', '.join(f'{name} {count}' for name, count in counts.items()))
    print(f'{sum(counts.values())} enclosures of the kernel, {own} of the reference checker, {len(failed)} failed')
    return 1 if failed or sum(counts.values()) <= PERTURBED else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
