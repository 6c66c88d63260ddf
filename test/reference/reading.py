"""Reading untrusted text: strict JSON, and the numbers of format.md section 1.

Nothing here knows about networks. Every reader takes the value and its path, and either answers the decoded value or
raises `Rejected` (the text is wrong) or `Declined` (the text may be right, but is beyond this checker).
"""

import json
import re
import sys
from fractions import Fraction

if hasattr(sys, 'set_int_max_str_digits'):
    sys.set_int_max_str_digits(0)  # the limit below is ours, and is asked before any conversion

MAX_BYTES = 256 * 1024 * 1024
MAX_DIGITS = 100_000
MAX_NESTING = 200
MAX_DEGREE = 1_000
MAX_BITS = 1_000_000  # of one number, where a polynomial of degree > 2 is evaluated


class Rejected(Exception):
    """The certificate does not prove its statement."""


class Declined(Exception):
    """The certificate uses something this checker has no rule for, or exceeds a limit."""


class OtherNumber:
    """A JSON number that is no count: a sign, a point, an exponent, or too large."""

    def __init__(self, text):
        self.text = text


# ---- JSON ----

_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)  # an open string runs to the end
_COUNT = re.compile(r'0|[1-9][0-9]{0,9}')


def _count(text):
    if _COUNT.fullmatch(text) and int(text) < 2**31:
        return int(text)
    return OtherNumber(text)


def _constant(text):
    raise Rejected(f'malformed-json: {text} is not JSON')


def _object(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Rejected('duplicate-key: an object has the same key twice')
    return found


def parse_json(text):
    """The JSON value of the text. Counts are ints, every other number is an OtherNumber."""
    if len(text) > MAX_BYTES:
        raise Declined('limit-bytes: the text is too long')
    depth = 0
    for token in _BRACKETS.finditer(text):
        first = token.group()[0]
        if first in '[{':
            depth += 1
            if depth > MAX_NESTING:
                raise Declined('limit-nesting: arrays and objects are nested too deeply')
        elif first in ']}':
            depth -= 1
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_count, parse_float=OtherNumber, parse_constant=_constant)
    except ValueError as error:
        raise Rejected(f'malformed-json: {error}') from None


# ---- shapes ----

def show(value):
    """A short form of an untrusted value, for a message."""
    if isinstance(value, OtherNumber):
        return value.text[:40]
    if isinstance(value, (dict, list)):
        return 'an object' if isinstance(value, dict) else f'an array of {len(value)}'
    return json.dumps(value)[:60]


def expect(condition, path, message):
    if not condition:
        raise Rejected(f'{path}: {message}')


def fields(value, path, required=(), optional=()):
    """The object at the path, which has all the required keys, and besides them only optional ones."""
    expect(type(value) is dict, path, f'expected an object, found {show(value)}')
    for key in required:
        expect(key in value, path, f'missing-key: expected the key "{key}"')
    for key in value:
        expect(key in required or key in optional, path, f'unknown-key: {show(key)}')
    return value


def array(value, path, length=None):
    expect(type(value) is list, path, f'expected an array, found {show(value)}')
    expect(length is None or len(value) == length, path, f'expected an array of {length}, found {show(value)}')
    return value


def count(value, path, least=0):
    expect(type(value) is int and value >= least, path, f'expected an integer >= {least}, found {show(value)}')
    return value


def boolean(value, path):
    expect(type(value) is bool, path, f'expected true or false, found {show(value)}')
    return value


def string(value, path):
    expect(type(value) is str, path, f'expected a string, found {show(value)}')
    return value


def plain_text(value, path, most):
    """A text for people: not too long, without control characters and those that turn the direction of writing."""
    expect(len(string(value, path)) <= most, path, f'expected at most {most} characters')
    for c in value:
        bidirectional = c in '\u061c\u200e\u200f' or '\u202a' <= c <= '\u202e' or '\u2066' <= c <= '\u2069'
        expect(not (ord(c) < 32 or 127 <= ord(c) < 160 or bidirectional), path, 'a control-character')


# ---- quantities ----

_QUANTITY = re.compile(r'(-?)(0|[1-9][0-9]*)(?:\.([0-9]+)|/([1-9][0-9]*))?')
_INTEGER = re.compile(r'-?(?:0|[1-9][0-9]*)')
_seen = {}


def quantity(value, path):
    """A number written "7", "-0.125" or "3/7"; "-0" is refused."""
    if type(value) is not str:
        raise Rejected(f'{path}: expected a quantity (a string), found {show(value)}')
    known = _seen.get(value)
    if known is not None:
        return known
    match = _QUANTITY.fullmatch(value)
    expect(match is not None, path, f'expected a quantity, found {show(value)}')
    sign, whole, decimals, denominator = match.groups()
    if len(whole) > MAX_DIGITS or len(whole) + len(decimals or '') > MAX_DIGITS or len(denominator or '') > MAX_DIGITS:
        raise Declined(f'limit-digits: {path}')
    if denominator is not None:
        number = Fraction(int(whole), int(denominator))
    elif decimals is not None:
        number = Fraction(int(whole + decimals), 10 ** len(decimals))
    else:
        number = Fraction(int(whole))
    expect(value != '-0', path, 'expected a quantity, found "-0": zero has no sign')
    if sign:
        number = -number
    if len(value) < 100:
        if len(_seen) > 200_000:
            _seen.clear()
        _seen[value] = number
    return number


def positive(value, path):
    number = quantity(value, path)
    expect(number > 0, path, f'expected a quantity > 0, found {show(value)}')
    return number


# ---- vectors, matrices, tensors ----

def quantities(value, path, length=None):
    """An array of quantities, without the common-denominator form."""
    return _nested(value, path, (length,), quantity)


def tensor(value, path, shape, read=quantity):
    """Nested arrays of quantities (or of what else is read); a length None is free. Or {"denominator": "6", "numerators":
    nested integers}."""
    if type(value) is not dict:
        return _nested(value, path, shape, read)
    fields(value, path, ('denominator', 'numerators'))
    denominator = _integer(value['denominator'], f'{path}.denominator')
    expect(denominator > 0, f'{path}.denominator', 'expected an integer > 0')
    return _nested(value['numerators'], f'{path}.numerators', shape, lambda v, where: _integer(v, where) / denominator)


def vector(value, path, length=None):
    return tensor(value, path, (length,))


def matrix(value, path, rows=None, columns=None):
    return tensor(value, path, (rows, columns))


def _integer(value, path):
    expect(_INTEGER.fullmatch(string(value, path)) is not None, path, f'expected an integer, found {show(value)}')
    return quantity(value, path)


def _nested(value, path, shape, read):
    length, inner = shape[0], shape[1:]
    entries = enumerate(array(value, path, length))
    if inner:
        return [_nested(entry, f'{path}[{at}]', inner, read) for at, entry in entries]
    return [read(entry, f'{path}[{at}]') for at, entry in entries]
