"""Reads lines "function bits numerator", writes "low high": the smallest interval over 2^bits that holds f(numerator/2^bits).

Needs mpmath. Works at so many digits that a value as close to a multiple of 2^-bits as that is taken for the multiple itself.
"""

import sys

from mpmath import acos, atan, cos, erf, exp, floor, log, log1p, mp, mpf, sin, sqrt, tanh

FUNCTIONS = {
    "exp": exp,
    "log": log,
    "sqrt": sqrt,
    "sin": sin,
    "cos": cos,
    "atan": atan,
    "acos": acos,
    "tanh": tanh,
    # 1 - erf x < e^(-x^2); mpmath takes minutes to tell a large one from 1.
    "erf": lambda x: erf(x) if x * x < 2 * bits else mpf(1 if x > 0 else -1),
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "softplus": lambda x: max(x, mpf(0)) + log1p(exp(-abs(x))),
    "logCosh": lambda x: abs(x) + log1p(exp(-2 * abs(x))) - log(mpf(2)),
}

# e^(-x) decides their last bit, or e^x is as long.
LARGE = ("exp", "sigmoid", "softplus", "logCosh")
LIMITS = ("tanh", "erf", "sigmoid")

for line in sys.stdin:
    name, bits, numerator = line.split()
    bits, numerator = int(bits), int(numerator)
    size = max(0, abs(numerator).bit_length() - bits)
    mp.prec = 4 * bits + 700 + 4 * size + (8000 if size > 6 and name in LARGE else 0)
    scaled = FUNCTIONS[name](mpf(numerator) / mpf(2) ** bits) * mpf(2) ** bits
    nearest = int(floor(scaled + mpf(1) / 2))
    if name in LIMITS and abs(nearest) == 2**bits:
        # As close to its limit as that, which it never reaches.
        low = 2**bits - 1 if numerator > 0 else -(2**bits)
        print(low, low + 1)
    elif abs(scaled - nearest) < mpf(2) ** (300 + 2 * size - mp.prec):
        print(nearest, nearest)
    else:
        low = int(floor(scaled))
        print(low, low + 1)
