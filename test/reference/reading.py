"""Reading untrusted text: strict JSON, and the numbers of formats.md section 1.

Nothing here knows about networks. Every reader takes the value and its path, and either answers the decoded value or
raises `Rejected` (the text is wrong) or `Declined` (the text may be right, but is beyond this checker).
"""

import json
import re
import sys
from fractions import Fraction
from math import gcd, lcm

if hasattr(sys, 'set_int_max_str_digits'):
    sys.set_int_max_str_digits(0)  # the limit below is ours, and is asked before any conversion

MAX_BYTES = 256 * 1024 * 1024
MAX_DIGITS = 100_000
MAX_NESTING = 200
MAX_DEGREE = 1_000


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


# ---- quantities ----

_QUANTITY = re.compile(r'(-?)(0|[1-9][0-9]*)(?:\.([0-9]+)|/([1-9][0-9]*))?')
_INTEGER = re.compile(r'-?(?:0|[1-9][0-9]*)')
_seen = {}


def quantity(value, path):
    """A number written "7", "-0.125" or "3/7". A zero with a sign is refused, however it is written."""
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
    if sign:
        expect(number != 0, path, f'expected a quantity, found {show(value)}: zero has no sign')
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


def quantities(value, path, length=None):
    """An array of quantities, without the common-denominator form."""
    return [quantity(entry, f'{path}[{at}]') for at, entry in enumerate(array(value, path, length))]


def _numerators(value, path, denominator):
    def one(entry, where):
        string(entry, where)
        expect(_INTEGER.fullmatch(entry) is not None, where, f'expected an integer, found {show(entry)}')
        return quantity(entry, where) / denominator

    return lambda row, where, length: [one(entry, f'{where}[{at}]') for at, entry in enumerate(array(row, where, length))]


def _common_denominator(value, path):
    """For {"denominator": "6", "numerators": ...}: the numerators, and a reader of a row of them."""
    fields(value, path, ('denominator', 'numerators'))
    string(value['denominator'], f'{path}.denominator')
    expect(_INTEGER.fullmatch(value['denominator']) is not None, f'{path}.denominator', 'expected an integer > 0')
    denominator = positive(value['denominator'], f'{path}.denominator')
    return value['numerators'], _numerators(value, path, denominator)


def vector(value, path, length=None):
    if type(value) is dict:
        numerators, read = _common_denominator(value, path)
        return read(numerators, f'{path}.numerators', length)
    return quantities(value, path, length)


def matrix(value, path, rows=None, columns=None):
    read = quantities
    if type(value) is dict:
        value, read = _common_denominator(value, path)
        path = f'{path}.numerators'
    return [read(row, f'{path}[{at}]', columns) for at, row in enumerate(array(value, path, rows))]


# ---- common denominators ----

def integers(rows):
    """Rows of fractions as rows of integers over one denominator: rows = answer / denominator."""
    denominator = lcm(*(entry.denominator for row in rows for entry in row))
    return [[entry.numerator * (denominator // entry.denominator) for entry in row] for row in rows], denominator


def reduced(rows, denominator):
    """The same matrix over the least denominator."""
    common = denominator
    for row in rows:
        common = gcd(common, *row)
        if common == 1:
            return rows, denominator
    return [[entry // common for entry in row] for row in rows], denominator // common
