"""Polynomials in one variable over fractions: lists of coefficients, lowest degree first, without zeros at the end."""

from fractions import Fraction

from functions import derivative, evaluate, trimmed


def times(a, b):
    total = [Fraction(0)] * max(0, len(a) + len(b) - 1)
    for i, x in enumerate(a):
        if x:
            for j, y in enumerate(b):
                total[i + j] += x * y
    return trimmed(total)


def plus(a, b):
    length = max(len(a), len(b))
    a, b = ([*c, *[Fraction(0)] * (length - len(c))] for c in (a, b))
    return trimmed([x + y for x, y in zip(a, b)])


def divided(a, b):
    """Quotient and remainder."""
    quotient, rest = [Fraction(0)] * max(0, len(a) - len(b) + 1), list(a)
    for shift in range(len(a) - len(b), -1, -1):
        factor = rest[shift + len(b) - 1] / b[-1]
        quotient[shift] = factor
        for i, c in enumerate(b):
            rest[shift + i] -= factor * c
    return trimmed(quotient), trimmed(rest[:len(b) - 1])


def common(a, b):
    """The greatest common divisor, with leading coefficient 1."""
    while b:
        a, b = b, divided(a, b)[1]
    return [c / a[-1] for c in a]


def odd_part(p):
    """The product of the factors of odd multiplicity of a polynomial that is not 0 (Yun): p changes its sign at its roots."""
    found = [Fraction(1)]
    shared = common(p, derivative(p)) if len(p) > 1 else [Fraction(1)]
    rest, multiplicity = divided(p, shared)[0], 1
    while len(rest) > 1:
        deeper = common(rest, shared)
        if multiplicity % 2:
            found = times(found, divided(rest, deeper)[0])
        rest, shared, multiplicity = deeper, divided(shared, deeper)[0], multiplicity + 1
    return found


def real_roots(p):
    """The number of different real roots of a polynomial that is not 0 (Sturm)."""
    chain = [p, derivative(p)]
    while chain[-1]:
        chain.append([-c for c in divided(chain[-2], chain[-1])[1]])
    chain.pop()

    def variations(signs):
        signs = [s for s in signs if s]
        return sum(a != b for a, b in zip(signs, signs[1:]))
    right = [(q[-1] > 0) - (q[-1] < 0) for q in chain]
    left = [s if len(q) % 2 else -s for s, q in zip(right, chain)]
    return variations(left) - variations(right)


def nonnegative(p):
    """Whether p >= 0 on all of R."""
    p = trimmed(p)
    return not p or p[-1] > 0 and real_roots(odd_part(p)) == 0


def sign_at(p, x):
    value = evaluate(p, x)
    return (value > 0) - (value < 0)
