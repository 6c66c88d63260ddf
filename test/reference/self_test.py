"""Tests of the second checker: `python3 test/reference/self_test.py`. Every row is a certificate, the verdict it must
get, and a word of the reason, so that nothing is rejected for the wrong reason."""

import copy
import json
import sys
from fractions import Fraction as F

sys.dont_write_bytecode = True

import check

ROWS = []


def row(name, certificate, verdict, reason=None, risk=None):
    ROWS.append((name, certificate, verdict, reason, risk))


def q(value):
    """Numbers, and lists of them, as quantities."""
    return [q(entry) for entry in value] if isinstance(value, (list, tuple)) else str(F(value))


def dense(units, bias=True, fixed=None):
    layer = {'type': 'dense', 'units': units, 'bias': bias}
    if fixed:
        layer['fixed'] = entry(*fixed)
    return layer


def act(function='relu', **parameters):
    return {'type': 'activation', 'function': function, **parameters}


def entry(weights, bias=None):
    return {'weights': q(weights)} if bias is None else {'weights': q(weights), 'bias': q(bias)}


def layers(*entries):
    return {'layers': [entry(*e) for e in entries]}


def problem(inputs, targets, network, loss=None, weights=None):
    data = {'type': 'samples', 'inputs': q(inputs), 'targets': q(targets)}
    if weights:
        data['weights'] = q(weights)
    return {'network': {'input': [len(inputs[0])], 'layers': network}, 'loss': loss or {'function': 'squared'}, 'data': data}


def certificate(kind, of, point, proof, **more):
    return {'format': 'cairn-certificate', 'version': 1,
            'statement': {'kind': kind, 'problem': of, 'point': point, **more}, 'proof': proof}


def rule(name, **hints):
    return {'rule': name, **hints}


def local(of, point, node):
    return certificate('local-minimum', of, point, {'localMinimum': node})


def falls(of, point, node):
    return certificate('not-local-minimum', of, point, {'descent': node})


def saddle(of, point, descent, ascent):
    return certificate('saddle', of, point, {'critical': rule('zero-gradient'), 'descent': descent, 'ascent': ascent})


def near(of, point, radius, node=None):
    return certificate('no-local-minimum-near', of, point, {'descent': node or rule('gradient-bound')}, radius=q(radius))


def column(*xs):
    return [[x] for x in xs]


SPAN = rule('affine-span')


def dominance(*units):
    return rule('neuron-dominance', units=list(units))


# ---- the worked certificate of formats.md section 9 ----

X, Y = column(-4, -3, -2, 2, 3, 4), column(4, 2, 2, 2, 4, 4)
WORKED = problem(X, Y, [dense(2), act(), dense(1)])
POINT = layers(([['3/29'], [0]], [3, -1]), ([[1, 0]], [0]))
BETTER = layers(([[-2], [1]], ['-2/3', '301/3']), ([[1, 1]], [-100]))
worked = certificate('spurious-local-minimum', WORKED, POINT,
                     {'localMinimum': SPAN, 'lowerRisk': rule('lower-risk')}, betterPoint=BETTER)
row('worked certificate', worked, 'proved', risk=('156/29', '4/3', '352/87'))
row('worked: better point is a local minimum with two groups', local(WORKED, BETTER, SPAN), 'proved', risk=('4/3', None, None))
row('worked: by neuron-dominance too', local(WORKED, BETTER, dominance({'multipliers': []}, {'multipliers': []})), 'proved')
row('worked: the dead unit has v = 0', local(WORKED, POINT, dominance({'multipliers': []}, {})), 'proved')
row('worked: {} where v != 0', local(WORKED, POINT, dominance({}, {})), 'rejected', 'multipliers')
row('worked: multipliers where v = 0', local(WORKED, POINT, dominance({'multipliers': []}, {'multipliers': []})),
    'rejected', 'unknown-key')
row('worked: a unit too few', local(WORKED, POINT, dominance({'multipliers': []})), 'rejected', 'array of 2')


def edited(base, path, value):
    copied = copy.deepcopy(base)
    at = copied
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copied


ST = ('statement',)
PR = ST + ('problem',)
for name, path, value, verdict, reason in [
    ('slope', ST + ('point', 'layers', 0, 'weights'), [['4/29'], ['0']], 'rejected', 'moment'),
    ('better is not better', ST + ('betterPoint',), POINT, 'rejected', 'lower-risk'),
    ('minus zero', ST + ('point', 'layers', 0, 'weights'), [['3/29'], ['-0']], 'rejected', 'no sign'),
    ('plus sign', ST + ('point', 'layers', 0, 'weights'), [['+3/29'], ['0']], 'rejected', 'quantity'),
    ('a number for a quantity', ST + ('point', 'layers', 0, 'weights'), [['3/29'], [0]], 'rejected', 'quantity'),
    ('1/0', ST + ('point', 'layers', 0, 'weights'), [['3/0'], ['0']], 'rejected', 'quantity'),
    ('unicode digits', ST + ('point', 'layers', 0, 'weights'), [['3/29'], ['\u0660']], 'rejected', 'quantity'),
    ('lowest terms are not asked for', ST + ('point', 'layers', 0, 'weights'), [['6/58'], ['0.00']], 'proved', None),
    ('common denominator', ST + ('point', 'layers', 0, 'weights'), {'denominator': '29', 'numerators': [['3'], ['0']]},
     'proved', None),
    ('common denominator of a vector', ST + ('point', 'layers', 0, 'bias'), {'denominator': '2', 'numerators': ['6', '-2']},
     'proved', None),
    ('numerators are integers', ST + ('point', 'layers', 0, 'weights'), {'denominator': '29', 'numerators': [['3.0'], ['0']]},
     'rejected', 'integer'),
    ('denominator 0', ST + ('point', 'layers', 0, 'weights'), {'denominator': '0', 'numerators': [['3'], ['0']]},
     'rejected', '> 0'),
    ('missing bias', ST + ('point', 'layers', 0, 'bias'), None, 'rejected', 'missing-key'),
    ('extra layer', ST + ('point', 'layers'), POINT['layers'] + [POINT['layers'][1]], 'rejected', 'array of 2'),
    ('ragged weights', ST + ('point', 'layers', 0, 'weights'), [['3/29', '0'], ['0']], 'rejected', 'array of 1'),
    ('a boolean version', ('version',), True, 'rejected', 'version'),
    ('version 2', ('version',), 2, 'declined', 'unsupported-version'),
    ('version 0', ('version',), 0, 'rejected', 'version'),
    ('no proof of lower risk', ('proof', 'lowerRisk'), None, 'rejected', 'lowerRisk'),
    ('an extra obligation', ('proof', 'descent'), rule('lower-risk'), 'rejected', 'unknown-key'),
    ('an unknown rule', ('proof', 'localMinimum'), rule('trust-me'), 'rejected', 'unknown-rule'),
    ('a rule in the wrong place', ('proof', 'localMinimum'), rule('lower-risk'), 'declined', 'unsupported-rule'),
    ('a hint where none is', ('proof', 'localMinimum'), rule('affine-span', bits=3), 'rejected', 'unknown-key'),
    ('unknown kind', ST + ('kind',), 'flat-minimum', 'rejected', 'unknown-kind'),
    ('unsupported kind', ST + ('kind',), 'spurious-local-minimum-near', 'declined', 'unsupported-kind'),
    ('kind without better', ST + ('kind',), 'local-minimum', 'rejected', 'unknown-key'),
    ('about', ('about',), {'theorem': 'x', 'text': 'y'}, 'proved', None),
    ('about with a newline', ('about',), {'text': 'a\nb'}, 'rejected', 'control'),
    ('about with another key', ('about',), {'proof': 'x'}, 'rejected', 'unknown-key'),
    ('smooth activation', PR + ('network', 'layers', 1), act('tanh'), 'declined', 'unsupported-activation'),
    ('unknown activation', PR + ('network', 'layers', 1), act('rely'), 'rejected', 'unknown-function'),
    ('relu with a slope', PR + ('network', 'layers', 1), act(slope='0'), 'rejected', 'unknown-key'),
    ('prelu without slope', PR + ('network', 'layers', 1), act('prelu'), 'rejected', 'missing-key'),
    ('prelu 0 is relu', PR + ('network', 'layers', 1), act('prelu', slope='0'), 'proved', None),
    ('relu as a table', PR + ('network', 'layers', 1), act('piecewise', breakpoints=['-5', '0'], pieces=[
        {'polynomial': ['0']}, {'polynomial': ['0', '0']}, {'polynomial': ['0', '1']}]), 'proved', None),
    ('discontinuous table', PR + ('network', 'layers', 1), act('piecewise', breakpoints=['0'], pieces=[
        {'polynomial': ['0']}, {'polynomial': ['1', '1']}]), 'rejected', 'discontinuous'),
    ('unordered table', PR + ('network', 'layers', 1), act('piecewise', breakpoints=['0', '0'], pieces=[
        {'polynomial': ['0']}, {'polynomial': ['0', '2']}, {'polynomial': ['0', '1']}]), 'rejected', 'increase'),
    ('final activation', PR + ('network', 'layers'), [dense(2), act(), dense(1), act()], 'declined', 'final-activation'),
    ('convolution', PR + ('network', 'layers', 0), {'type': 'conv1d', 'channels': 1, 'kernel': 1}, 'declined', 'layer'),
    ('no units', PR + ('network', 'layers', 0, 'units'), 0, 'rejected', '>= 1'),
    ('a unit too many', PR + ('network', 'layers', 0, 'units'), 3, 'rejected', 'array of 3'),
    ('input of another size', PR + ('network', 'input'), [2], 'rejected', 'array of 2'),
    ('negative weight', PR + ('data', 'weights'), q([1, 1, 1, 1, 1, -1]), 'rejected', '> 0'),
    ('zero weight', PR + ('data', 'weights'), q([1, 1, 1, 1, 1, 0]), 'rejected', '> 0'),
    ('equal weights', PR + ('data', 'weights'), q([2] * 6), 'proved', None),
    ('unequal weights', PR + ('data', 'weights'), q([1, 1, 1, 1, 1, 2]), 'rejected', 'moment'),
    ('negative factor', PR + ('loss', 'factor'), '-1', 'rejected', '> 0'),
    ('file reference', PR + ('data', 'file'), 'a.csv', 'rejected', 'file-reference'),
    ('unknown loss', PR + ('loss', 'function'), 'absolute', 'rejected', 'unknown-function'),
    ('unsupported loss', PR + ('loss', 'function'), 'logistic', 'declined', 'unsupported-loss'),
    ('power 2', PR + ('loss',), {'function': 'power', 'exponent': '2'}, 'proved', None),
    ('power 1', PR + ('loss',), {'function': 'power', 'exponent': '1'}, 'rejected', '> 1'),
    ('power 3/2', PR + ('loss',), {'function': 'power', 'exponent': '3/2'}, 'declined', 'unsupported-loss'),
    ('power 4', PR + ('loss',), {'function': 'power', 'exponent': '4'}, 'rejected', 'moment'),
    ('wide huber is squared', PR + ('loss',), {'function': 'huber', 'threshold': '1000', 'factor': '2'}, 'proved', None),
    ('narrow huber', PR + ('loss',), {'function': 'huber', 'threshold': '1/2'}, 'rejected', 'moment'),
    ('huber 0', PR + ('loss',), {'function': 'huber', 'threshold': '0'}, 'rejected', '> 0'),
    ('quantile level 1', PR + ('loss',), {'function': 'smooth-quantile', 'level': '1', 'width': '1'}, 'rejected', 'between'),
    ('wide quantile is squared', PR + ('loss',), {'function': 'smooth-quantile', 'level': '1/2', 'width': '1000'}, 'proved', None),
]:
    row(f'worked, changed: {name}', edited(worked, path, value), verdict, reason)

for name, text, reason in [
    ('empty', '', 'malformed-json'), ('trailing', json.dumps(worked) + ' 1', 'malformed-json'),
    ('duplicate key', json.dumps(worked)[:-1] + ', "version": 1}', 'duplicate-key'),
    ('NaN', json.dumps(worked)[:-1] + ', "about": NaN}', 'malformed-json'), ('an array', '[]', 'format'),
    ('version 1.0', json.dumps(worked).replace('"version": 1', '"version": 1.0'), 'version'),
    ('units 2e0', json.dumps(worked).replace('"units": 2', '"units": 2e0'), 'integer'),
    ('units -0', json.dumps(worked).replace('"units": 2', '"units": -0'), 'integer'),
    ('a byte order mark', '\ufeff' + json.dumps(worked), 'malformed-json'),
]:
    row(f'text: {name}', text, 'rejected', reason)
row('text: deep nesting', '[' * 100000, 'declined', 'limit-nesting')
row('text: many digits', edited(worked, ST + ('point', 'layers', 0, 'weights'), [['3/29'], ['1' * 100001]]), 'declined', 'limit-digits')

# ---- section 1 ----

no_hidden_bias = problem(column(1, 2), column(0, '5/2'), [dense(1, False), act(), dense(1)])
row('1: the 1 may not be left out when there is an output bias',
    local(no_hidden_bias, layers(([[1]],), ([[1]], [0])), SPAN), 'rejected', 'group-moment')
row('1: and it falls', falls(no_hidden_bias, layers(([[1]],), ([[1]], [0])),
                             rule('descent-direction', direction=layers(([[0]],), ([[0]], [-1])))), 'proved')
no_bias = problem(column(1, 2), column(-1, '5/2'), [dense(1, False), act(), dense(1, False)])
row('1: without any bias the 1 is left out', local(no_bias, layers(([['4/5']],), ([[1]],)), SPAN), 'proved')
tilted = problem(column(1, 2), column(-1, '5/2'), [dense(1, False), act('piecewise', breakpoints=[], pieces=[
    {'polynomial': ['1', '1']}]), dense(1, False)])
row('1: an intercept wants the 1', local(tilted, layers(([['1/5']],), ([[1]],)), SPAN), 'rejected', 'group-moment')
kinked = problem(column(-1, 1), column(0, 0), [dense(1), act(), dense(1)])
row('1: a kink', local(kinked, layers(([[1]], [1]), ([[0]], [0])), SPAN), 'rejected', 'strict-piece')
row('1: the same by dominance', local(kinked, layers(([[1]], [1]), ([[0]], [0])), dominance({})), 'proved')
# The path form: unit 1 is dead on the data with nonzero g, and without bias; 2 samples in 3 dimensions.
wide = problem([[1, 0, 0], [0, 1, 0]], column(1, -1), [dense(1, False), act(), dense(1)])
row('1: path form, v reads a strictly dead unit', local(wide, layers(([[-1, -1, 5]],), ([[7]], [0])), SPAN), 'proved')
row('1: path form, an active unit is not excused', local(wide, layers(([[1, 1, 5]],), ([[0]], [0])), SPAN), 'rejected', 'weights of layer 0')
# Shadowing: layer 2 is dead everywhere, so the kinks of layer 1 do not matter, and the output fits the mean.
deep = problem(column(0, 1), column(0, 2), [dense(1), act(), dense(1), act(), dense(1)])
row('1: kinks before a dead layer', local(deep, layers(([[1]], [0]), ([[1]], [-2]), ([[1]], [1])), SPAN), 'proved')
row('1: but not the mean', local(deep, layers(([[1]], [0]), ([[1]], [-2]), ([[1]], [0])), SPAN), 'rejected', 'group-moment')
row('1: a kink in the dead layer', local(deep, layers(([[1]], [0]), ([[1]], [-1]), ([[1]], [1])), SPAN), 'rejected', 'strict-piece')
row('1: a unit that is not dead shadows nothing', local(
    problem(column(0, 1), column(0, 2), [dense(1), act(), dense(2), act(), dense(1)]),
    layers(([[1]], [0]), ([[1], [0]], [-2, 1]), ([[1, 0]], [1])), SPAN), 'rejected', 'strict-piece')
linear = problem(column(0, 1, 2), column(0, 0, 3), [dense(1), dense(1)])
row('1: no activation at all', local(linear, layers(([[1]], [0]), ([['3/2']], ['-1/2'])), SPAN), 'proved')
row('6: which is global', certificate('global-minimum', linear, layers(([[1]], [0]), ([['3/2']], ['-1/2'])),
                                      {'globalMinimum': rule('convex-span')}), 'proved')
row('6: not the best fit', certificate('global-minimum', linear, layers(([[1]], [0]), ([['3/2']], ['0'])),
                                       {'globalMinimum': rule('convex-span')}), 'rejected', 'moment')
row('6: convex-span with a kink', certificate('global-minimum', WORKED, POINT, {'globalMinimum': rule('convex-span')}),
    'rejected', 'breakpoint')
row('6: leaky relu of slope 1 has none', certificate('global-minimum', problem(column(0, 1, 2), column(0, 0, 3), [
    dense(1), act('leaky-relu', slope='1'), dense(1)]), layers(([[1]], [0]), ([['3/2']], ['-1/2'])),
    {'globalMinimum': rule('convex-span')}), 'proved')
row('6: zero loss', certificate('global-minimum', kinked, layers(([[1]], [1]), ([[0]], [0])), {'globalMinimum': rule('zero-loss')}), 'proved')
row('6: not zero', certificate('global-minimum', WORKED, POINT, {'globalMinimum': rule('zero-loss')}), 'rejected', 'zero-loss')
row('6: single layer', local(problem(column(0, 1, 2), column(0, 0, 3), [dense(1)]), layers(([['3/2']], ['-1/2'])), SPAN), 'proved')
row('6: not global', certificate('not-global-minimum', WORKED, POINT, {'lowerRisk': rule('lower-risk', bits=64)},
                                 betterPoint=BETTER), 'proved', risk=('156/29', '4/3', '352/87'))

# ---- section 2 ----

one = problem(column(1), column('1/2'), [dense(1, False), act(), dense(1, False)])
at_zero = layers(([[0]],), ([[1]],))
row('2: a negative kink left undecided', local(one, at_zero, dominance({'multipliers': []})), 'rejected', 'undecided')
row('2: decided, it fails', local(one, at_zero, dominance({
    'sample': 0, 'nonnegative': {'multipliers': [], 'cone': ['0']}, 'nonpositive': {'multipliers': [], 'cone': ['0']}})),
    'rejected', 'balance')
row('2: and it falls', falls(one, at_zero, rule('descent-direction', direction=layers(([[1]],), ([[0]],)))), 'proved')
below = problem(column(1), column('-1/2'), [dense(1, False), act(), dense(1, False)])
row('2: a positive kink', local(below, at_zero, dominance({'multipliers': ['0']})), 'proved')
row('2: multiplier too large', local(below, at_zero, dominance({'multipliers': ['2']})), 'rejected', 'multiplier')
row('2: multiplier negative', local(below, at_zero, dominance({'multipliers': ['-1/2']})), 'rejected', 'multiplier')
row('2: multiplier that does not balance', local(below, at_zero, dominance({'multipliers': ['1/2']})), 'rejected', 'balance')
row('2: v = 0, where it is not a local minimum', local(below, layers(([[0]],), ([[0]],)), dominance({})), 'rejected', 'kink')
row('2: v = 0, flat then descent', falls(below, layers(([[0]],), ([[0]],)), rule('flat-then-descent', unit=0, direction=['1'])), 'proved')
row('2: v = 0, flat in this direction', falls(below, layers(([[0]],), ([[0]],)), rule('flat-then-descent', unit=0, direction=['-1'])),
    'rejected', 'flat-then-descent')
row('2: flat then descent wants v = 0', falls(below, at_zero, rule('flat-then-descent', unit=0, direction=['1'])), 'rejected', 'outgoing')
frozen_out = problem(column(1), column('-1/2'), [dense(1, False), act(), dense(1, False, ([[0]],))])
row('2: v = 0 frozen', local(frozen_out, layers(([[0]],)), dominance({})), 'proved')
row('2: flat then descent with v frozen', falls(frozen_out, layers(([[0]],)), rule('flat-then-descent', unit=0, direction=['1'])),
    'rejected', 'fixed')
frozen_in = problem(column(1), column('1/2'), [dense(1, False, ([[0]],)), act(), dense(1, False)])
row('2: hidden layer frozen', local(frozen_in, layers(([[1]],)), dominance({})), 'proved')
row('2: hidden layer frozen owes {}', local(frozen_in, layers(([[1]],)), dominance({'multipliers': []})), 'rejected', 'unknown-key')
row('2: hidden layer frozen, psi', local(problem(column(1), column('1/2'), [dense(1, False, ([[1]],)), act(), dense(1, False)]),
                                         layers(([[1]],)), dominance({})), 'rejected', 'psi')
row('2: output bias', local(problem(column(1), column('-1/2'), [dense(1, False), act(), dense(1)]),
                            layers(([[0]],), ([[1]], [0])), dominance({'multipliers': ['0']})), 'rejected', 'output-bias')
# Parallel rows: x = 1 and x = -2 at w = 0; kappa = 2, 6 merge into 2 + 12 relative to row 1, M = -12.
parallel = problem(column(1, -2), column(-1, -3), [dense(1, False), act(), dense(1, False, ([[1]],))])
row('2: merged rows', local(parallel, layers(([[0]],)), dominance({'multipliers': ['12']})), 'proved')
row('2: merged rows, one entry a class', local(parallel, layers(([[0]],)), dominance({'multipliers': ['0', '0']})), 'rejected', 'array of 1')
# Mixed signs that merge: kappa = 2 at x = 1 and -1 at x = 2 make 0 in all: neither P nor Q, and M = 0.
cancel = problem(column(1, 2), column(-1, '1/2'), [dense(1, False), act(), dense(1, False, ([[1]],))])
row('2: a class that cancels', local(cancel, layers(([[0]],)), dominance({'multipliers': []})), 'proved')
row('2: a row of zeros is dropped', local(problem(column(0, 1), column(5, -1), [dense(1, False), act(), dense(1, False, ([[1]],))]),
                                          layers(([[0]],)), dominance({'multipliers': ['0']})), 'proved')

# Trees. Rows (1,0), (0,1), (1,1) at w = 0, kappa = 2, 2, -2: max(a,0) + max(b,0) >= max(a+b,0).
tree = problem([[1, 0], [0, 1], [1, 1]], column(-1, -1, 1), [dense(1, False), act(), dense(1, False, ([[1]],))])
here = layers(([[0, 0]],))
split = {'sample': 2, 'nonnegative': {'multipliers': ['2', '2'], 'cone': ['0']},
         'nonpositive': {'multipliers': ['0', '0'], 'cone': ['0']}}
transport = {'transport': [['1'], ['1']], 'multipliers': ['0', '0']}
row('2: a tree', local(tree, here, dominance(split)), 'proved')
row('2: a tree, wrong multipliers', local(tree, here, dominance(edited(split, ('nonnegative', 'multipliers'), ['1', '2']))), 'rejected', 'balance')
row('2: a tree, cone used', local(tree, here, dominance(edited(split, ('nonpositive',), {'multipliers': ['0', '0'], 'cone': ['1']}))),
    'rejected', 'balance')
row('2: a tree, negative cone', local(tree, here, dominance(edited(split, ('nonnegative',), {'multipliers': ['1', '1'], 'cone': ['-1']}))),
    'rejected', '>= 0')
row('2: a split on P', local(tree, here, dominance(edited(split, ('sample',), 1))), 'rejected', 'negative merged')
row('2: split twice', local(tree, here, dominance(edited(split, ('nonnegative',), split))), 'rejected', 'decided above')
row('2: a half tree', local(tree, here, dominance(edited(split, ('nonpositive',), None))), 'rejected', 'missing-key')
row('2: a leaf without splits', local(tree, here, dominance({'multipliers': ['0', '0'], 'cone': ['0']})), 'rejected', 'undecided')
row('2: implied by nothing', local(tree, here, dominance({'sample': 2, 'nonnegative': split['nonnegative'], 'implied': []})),
    'rejected', 'implied')
row('2: transport', local(tree, here, dominance(transport)), 'proved')
row('2: transport over 1', local(tree, here, dominance(edited(transport, ('transport',), [['2'], ['1']]))), 'rejected', 'more than 1')
row('2: transport negative', local(tree, here, dominance(edited(transport, ('transport',), [['1'], ['-1']]))), 'rejected', '>= 0')
row('2: transport that does not balance', local(tree, here, dominance(edited(transport, ('transport',), [['1'], ['1/2']]))),
    'rejected', 'column 0')
row('2: transport spends the kinks', local(tree, here, dominance(edited(transport, ('multipliers',), ['1', '0']))), 'rejected', 'multiplier')
row('2: transport where Q is empty', local(below, at_zero, dominance({'transport': [[]], 'multipliers': ['0']})), 'rejected', 'unknown-key')
row('2: a tree under a transport', local(tree, here, dominance(edited(split, ('nonnegative',), transport))), 'rejected', 'missing-key')
# Implied signs. Rows a = (1,0), b = (0,1), a + b in Q with kappa = -1; p = (2,-1), r = (-1,2) in P with kappa = 2.
# a = (2p + r)/3, b = (p + 2r)/3, a + b = p + r: on every branch lambda is the sum of what is taken, and nu = 0.
implied = problem([[1, 0], [0, 1], [1, 1], [2, -1], [-1, 2]], column('1/2', '1/2', '1/2', -1, -1),
                  [dense(1, False), act(), dense(1, False, ([[1]],))])


def leaf(*multipliers):
    return {'multipliers': q(multipliers), 'cone': ['0', '0', '0']}


def implied_tree():
    return {'sample': 0,
            'nonnegative': {'sample': 1, 'nonnegative': {'sample': 2, 'nonnegative': leaf(2, 2), 'implied': ['1', '1']},
                            'nonpositive': {'sample': 2, 'nonnegative': leaf('5/3', '4/3'), 'nonpositive': leaf('2/3', '1/3')}},
            'nonpositive': {'sample': 1, 'nonnegative': {'sample': 2, 'nonnegative': leaf('4/3', '5/3'), 'nonpositive': leaf('1/3', '2/3')},
                            'nonpositive': {'sample': 2, 'nonpositive': leaf(0, 0), 'implied': ['1', '1']}}}


row('2: implied signs', local(implied, layers(([[0, 0]],)), dominance(implied_tree())), 'proved')
row('2: implied with a negative coefficient', local(implied, layers(([[0, 0]],)), dominance(
    edited(implied_tree(), ('nonnegative', 'nonnegative', 'implied'), ['-1', '1']))), 'rejected', '>= 0')
row('2: implied with the wrong sign', local(implied, layers(([[0, 0]],)), dominance(edited(
    implied_tree(), ('nonnegative', 'nonnegative'), {'sample': 2, 'nonpositive': leaf(2, 2), 'implied': ['1', '1']}))), 'rejected', 'implied')
row('2: implied not in the cone', local(implied, layers(([[0, 0]],)), dominance(edited(
    implied_tree(), ('nonnegative', 'nonpositive'), {'sample': 2, 'nonnegative': leaf('5/3', '4/3'), 'implied': ['1', '1']}))), 'rejected', 'implied')

# Vector outputs: one sample x = 1 without bias, w = 0, v = (1, 1), y = (-1, -1): kappa = <u, (2, 2)> > 0.
two = problem(column(1), [[-1, -1]], [dense(1, False), act(), dense(2, False)])
v11 = layers(([[0]],), ([[1], [1]],))
vertex = {'multipliers': ['0']}
row('2: vertices', local(two, v11, dominance({'radius': '1/2', 'vertices': [vertex] * 4})), 'proved')
row('2: a vertex too few', local(two, v11, dominance({'radius': '1/2', 'vertices': [vertex] * 3})), 'rejected', 'array of 4')
row('2: radius 0', local(two, v11, dominance({'radius': '0', 'vertices': [vertex] * 4})), 'rejected', '> 0')
row('2: radius too large', local(two, v11, dominance({'radius': '3', 'vertices': [vertex] * 4})), 'rejected', 'undecided')
row('2: vertices owed', local(two, v11, dominance(vertex)), 'rejected', 'missing-key')
row('2: v on the boundary', local(problem(column(1), [[-1, 0]], [dense(1, False), act(), dense(2, False)]),
                                  layers(([[0]],), ([[0], [1]],)),
                                  dominance({'radius': '1/2', 'vertices': [vertex, vertex, {'multipliers': []}, {'multipliers': []}]})),
    'rejected', 'undecided')
# A frozen first part is applied beforehand, kinks and all.
prefixed = problem(column(1, 0), column(-1, -1), [dense(1, False, ([[1]],)), act(), dense(1, False), act(), dense(1, False)])
row('2: a frozen first part', local(prefixed, at_zero, dominance({'multipliers': ['0']})), 'proved')
row('2: two free hidden layers', local(deep, layers(([[1]], [0]), ([[1]], [-2]), ([[1]], [1])), dominance({'multipliers': []})),
    'rejected', 'one-hidden-layer')
row('2: no hidden layer', local(problem(column(0), column(0), [dense(1)]), layers(([[0]], [0])), dominance()), 'rejected', 'one-hidden-layer')

# The counterexamples of theory.md that are beyond this checker may at least not be proved.
pooled = {'network': {'input': [1, 1], 'layers': [
    {'type': 'conv1d', 'channels': 2, 'kernel': 1}, {'type': 'maxpool', 'kernel': 1}, {'type': 'flatten'}, dense(1, False)]},
    'loss': {'function': 'squared'}, 'data': {'type': 'samples', 'inputs': q(column(1, -1)), 'targets': q(column(0, 0))}}
row('1: pool winners', local(pooled, layers(([[1], [-1]],), ([[1]],)), SPAN), 'declined', 'unsupported-layer')
convolved = {'network': {'input': [1, 2], 'layers': [
    {'type': 'conv1d', 'channels': 1, 'kernel': 1}, act(), {'type': 'flatten'}, dense(1)]},
    'loss': {'function': 'squared'}, 'data': {'type': 'samples', 'inputs': q([[1, 0], [0, 1]]), 'targets': q(column('3/2', '5/2'))}}
row('2: convolution and flatten', local(convolved, layers(([[0]], [1]), ([[1, 1]], [0])), dominance({})), 'declined', 'unsupported-layer')
row('3: relu(wx) with a frozen outgoing weight', local(
    problem(column(1), column(0), [dense(1, False), act(), dense(1, False, ([[1]],))]), layers(([[1]],)), SPAN),
    'rejected', 'weights of layer 0')
row('6: a constant that is not global', certificate('global-minimum', problem(column(-1, 0, 1), column(1, 0, 1), [
    dense(1), act(), dense(1)]), layers(([[0]], [-1]), ([[0]], ['2/3'])), {'globalMinimum': rule('enumeration')}),
    'declined', 'unsupported-rule')

# Two outputs, a linear network of width 1: the best approximation of rank 1 to diag(2, 1) is a global minimum, but the
# path form asks more than that. (It is exact for scalar outputs only.)
row('1: the path form is not necessary for two outputs', local(
    problem([[1, 0], [0, 1]], [[2, 0], [0, 1]], [dense(1, False), dense(2, False)]), layers(([[1, 0]],), ([[2], [0]],)), SPAN),
    'rejected', 'weights of layer 0')

# ---- section 7 ----

flat = problem(column(1, -1), column(1, -1), [dense(1, False), dense(1, False)])
origin = layers(([[0]],), ([[0]],))
down, up = layers(([[1]],), ([[1]],)), layers(([[1]],), ([[-1]],))
row('7: a saddle by curves', saddle(flat, origin, rule('descent-curve', coefficients=[down]),
                                    rule('ascent-curve', coefficients=[up])), 'proved')
row('7: a saddle by curvature', saddle(flat, origin, rule('negative-curvature', direction=down),
                                       rule('ascent-curve', coefficients=[up])), 'proved')
row('7: a saddle, ascent and descent swapped', saddle(flat, origin, rule('descent-curve', coefficients=[up]),
                                                      rule('ascent-curve', coefficients=[down])), 'rejected', 'curve')
row('7: a direction is blind here', saddle(flat, origin, rule('descent-direction', direction=down),
                                           rule('ascent-curve', coefficients=[up])), 'rejected', 'direction')
row('7: not critical', saddle(flat, layers(([[1]],), ([[0]],)), rule('descent-direction', direction=layers(([[0]],), ([[1]],))),
                              rule('ascent-direction', direction=layers(([[0]],), ([[-1]],)))), 'rejected', 'psi')
row('7: no curve', falls(flat, origin, rule('descent-curve', coefficients=[])), 'rejected', 'at least one')
row('7: a curve that stands still', falls(flat, origin, rule('descent-curve', coefficients=[origin])), 'rejected', 'curve')
row('7: a second-order curve', falls(flat, origin, rule('descent-curve', coefficients=[origin, down])), 'proved')
row('7: flat curvature', falls(flat, origin, rule('negative-curvature', direction=origin)), 'rejected', 'curvature')
row('7: curvature at a kink', falls(one, at_zero, rule('negative-curvature', direction=layers(([[1]],), ([[1]],)))), 'rejected', 'strict-piece')
huber_edge = problem(column(1), column(1), [dense(1, False), dense(1, False)], {'function': 'huber', 'threshold': '1'})
row('7: curvature at the edge of a loss piece', falls(huber_edge, origin, rule('negative-curvature', direction=down)), 'rejected', 'strict-loss')
row('7: a curve does not mind it', falls(huber_edge, origin, rule('descent-curve', coefficients=[down])), 'proved')
cubic = problem(column(1), column(1), [dense(1, False), dense(1, False)], {'function': 'power', 'exponent': '3'})
row('7: odd power', falls(cubic, origin, rule('descent-curve', coefficients=[down])), 'proved')
# x = 1, -1 with g = 2, -2 at w = 0: the rows are parallel, kappa = 2 and -2 merge to 0, and the linear part is 0 too.
cancels = problem(column(1, -1), column(-1, 1), [dense(1, False), act(), dense(1)])
row('7: merged kinks that cancel, a linear part that does not', saddle(
    cancels, layers(([[0]],), ([[1]], [0])), rule('descent-direction', direction=layers(([[-1]],), ([[0]], [0]))),
    rule('ascent-direction', direction=layers(([[1]],), ([[0]], [0])))), 'rejected', 'linear-part')
even = problem([[1, 0], [2, 0], [-1, 0], [-2, 0]], column(-2, 1, 2, -1), [dense(1, False), act(), dense(1, False, ([[1]],))])
row('7: kinks that cancel are critical', saddle(
    even, layers(([[0, 0]],)), rule('descent-curve', coefficients=[layers(([[1, 0]],))]),
    rule('ascent-curve', coefficients=[layers(([[1, 0]],))])), 'rejected', '$.proof.descent: curve')
row('7: a kink that does not cancel is not critical', saddle(below, at_zero, rule('descent-curve', coefficients=[layers(([[1]],), ([[0]],))]),
                                                              rule('ascent-direction', direction=layers(([[1]],), ([[0]],)))),
    'rejected', 'kink')
mirrored = problem(column(1, -1), column(-1, 1), [dense(1, False), act(), dense(1, False)])
row('7: a frozen layer does not move', falls(frozen_out, layers(([[0]],)), rule('descent-direction', direction=origin)), 'rejected', 'array of 1')
row('7: an expansion that stays at a kink', falls(
    problem(column(0), column(-1), [dense(1, False), act(), dense(1)]), layers(([[3]],), ([[1]], [0])),
    rule('descent-direction', direction=layers(([[-1]],), ([[0]], [-1])))), 'proved')
row('7: deep directions', falls(deep, layers(([[1]], [0]), ([[1]], [-1]), ([[1]], [1])),
                                rule('descent-direction', direction=layers(([[1]], [0]), ([[0]], [0]), ([[0]], [0])))), 'proved')
row('7: deep directions, the other side', falls(deep, layers(([[1]], [0]), ([[1]], [-1]), ([[1]], [1])),
                                                rule('descent-direction', direction=layers(([[-1]], [0]), ([[0]], [0]), ([[0]], [0])))),
    'rejected', 'direction')
deep_linear = problem(column(1, -1), column(1, -1), [dense(1, False), act('leaky-relu', slope='1'), dense(1, False), dense(1, False)])
row('7: deep, critical', saddle(deep_linear, layers(([[0]],), ([[0]],), ([[0]],)),
                                rule('descent-curve', coefficients=[layers(([[1]],), ([[1]],), ([[1]],))]),
                                rule('ascent-curve', coefficients=[layers(([[1]],), ([[1]],), ([[-1]],))])), 'proved')
row('7: deep, not critical', saddle(deep_linear, layers(([[1]],), ([[1]],), ([[0]],)),
                                    rule('descent-curve', coefficients=[layers(([[0]],), ([[0]],), ([[1]],))]),
                                    rule('ascent-curve', coefficients=[layers(([[0]],), ([[0]],), ([[-1]],))])), 'rejected', 'gradient')

# ---- gradient-bound ----

bowl = problem(column(1), column(-10), [dense(1, False), act('abs'), dense(1, False, ([[1]],))])
row('3: monotone over the ball', near(bowl, layers(([[1]],)), '99/100'), 'proved', risk=('121', None, None))
row('3: the closed ball touches a local minimum', near(bowl, layers(([[1]],)), 1), 'rejected', 'gradient-bound')
row('3: the ball contains a local minimum', near(bowl, layers(([[1]],)), 2), 'rejected', 'gradient-bound')
row('3: with bits', near(bowl, layers(([[1]],)), '1/2', rule('gradient-bound', bits=64)), 'proved')
row('3: radius 0', near(bowl, layers(([[1]],)), 0), 'rejected', '> 0')
row('3: at a local minimum', near(WORKED, POINT, '1/1000'), 'rejected', 'gradient-bound')
row('3: away from it', near(WORKED, layers(([['3/29'], [0]], [3, -1]), ([[1, 0]], [1])), '1/1000'), 'proved')
row('3: another rule', near(bowl, layers(([[1]],)), '1/2', rule('negative-curvature', direction=layers(([[1]],)))),
    'declined', 'unsupported-rule')
row('3: crossing kinks of a deep net', near(deep, layers(([[1]], [0]), ([[1]], [0]), ([[1]], [5])), '1/100'), 'proved')

# ---- fixed layers and odds and ends ----

row('fixed with a bias where there is none', local(problem(column(1), column(0), [dense(1, False, ([[1]], [0])), dense(1)]),
                                                   layers(([[0]], [0])), SPAN), 'rejected', 'unknown-key')
row('fixed, proved', local(problem(column(1, 2), column(0, 3), [dense(1, True, ([[1]], [0])), act(), dense(1)]),
                           layers(([[3]], [-3])), SPAN), 'proved')
for name in ('hardtanh', 'relu6', 'hard-sigmoid', 'softshrink', 'abs', 'identity', 'leaky-relu', 'relu'):
    row(f'activation {name}', falls(problem(column(1), column(-10), [dense(1), act(name), dense(1)]),
                                    layers(([[1]], [0]), ([[1]], [0])),
                                    rule('descent-direction', direction=layers(([[0]], [0]), ([[0]], [-1])))), 'proved')
row('activation hard-sigmoid, value', certificate('global-minimum', problem(column(1), column('2/3'), [dense(1), act('hard-sigmoid'), dense(1)]),
                                                  layers(([[1]], [0]), ([[1]], [0])), {'globalMinimum': rule('zero-loss')}), 'proved')
row('activation softshrink, value', certificate('global-minimum', problem(column(1, -1), column('3/4', '-3/4'), [
    dense(1), act('softshrink', threshold='1/4'), dense(1)]), layers(([[1]], [0]), ([[1]], [0])), {'globalMinimum': rule('zero-loss')}), 'proved')
for loss, value in [({'function': 'squared', 'factor': '1/2'}, '9/2'), ({'function': 'power', 'exponent': '3'}, '27'),
                    ({'function': 'huber', 'threshold': '2'}, '4'), ({'function': 'huber', 'threshold': '3'}, '9/2'),
                    ({'function': 'smooth-quantile', 'level': '1/4', 'width': '2'}, '27/16'),
                    ({'function': 'smooth-quantile', 'level': '1/4', 'width': '8'}, '9/16')]:
    row(f'loss {loss}', falls(problem(column(1), column(-3), [dense(1)], loss), layers(([[0]], [0])),
                              rule('descent-direction', direction=layers(([[0]], [-1])))), 'proved', risk=(value, None, None))


def main():
    failed = 0
    for name, cert, verdict, reason, risk in ROWS:
        text = cert if isinstance(cert, str) else json.dumps(cert)
        answer = check.verdict_of(name, text)
        found = tuple(answer['risk'][key] for key in ('point', 'better', 'gap'))
        wrong = answer['verdict'] != verdict or (reason is not None and reason not in (answer['reason'] or ''))
        if wrong or (risk and found != risk):
            failed += 1
            print(f'FAILED {name}: expected {verdict} ({reason}), found {answer}')
    print(f'{len(ROWS) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
