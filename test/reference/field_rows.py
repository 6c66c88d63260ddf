"""Rows of the self-test for points with entries in a field Q(a) (format.md 6)."""

from further_rows import LOWER, box, terms
from writing import act, certificate, dense, edited, layers, local, problem, q, row, rule

FIELD, POINT = ('statement', 'point', 'field'), ('statement', 'point', 'layers')
CURVE = ('proof', 'descent', 'coefficients')


def field(polynomial, low, high):
    return {'name': 'a', 'polynomial': q(polynomial), 'root': q([low, high])}


def moves(*entries):
    return {'coefficients': [layers(*entries)]}


# ---- an interval: N = 1 + a h(x + 1/2 - a/2), a^2 = 3, h of slopes 3 and 1, y = 3x - 1/2 ----

root3 = field([-3, 0, 1], 1, 2)
line = box([0], [1], terms(('-1/2', [0]), (3, [1])), [dense(1), act('leaky-relu', slope='3'), dense(1)])
theta = {'field': root3, 'layers': [{'weights': [['1']], 'bias': [['1/2', '-1/2']]}, {'weights': [[['0', '1']]], 'bias': ['1']}]}
down, up = moves(([[-3]], [-1]), ([[0]], [5])), moves(([[0]], [0]), ([[0]], [1]))
bent = certificate('saddle', line, theta, {'critical': rule('zero-gradient'), 'descent': rule('descent-curve', **down),
                                           'ascent': rule('ascent-curve', **up)})
row('field: a saddle', bent, 'proved')
for name, path, value, verdict, reason in [
    ('another interval', FIELD + ('root',), q(['3/2', 100]), 'proved', None),
    ('a multiple', FIELD + ('polynomial',), q(['3/2', 0, '-1/2']), 'proved', None),
    ('reducible', FIELD + ('polynomial',), q([15, 0, -8, 0, 1]), 'proved', None),
    ('a rational root beside it', FIELD + ('polynomial',), q([9, -3, -3, 1]), 'proved', None),
    ('the conjugate', FIELD + ('root',), q([-2, -1]), 'rejected', 'gradient'),
    ('no root', FIELD + ('root',), q([2, 3]), 'rejected', 'not-isolating'),
    ('two roots', FIELD + ('root',), q([-2, 2]), 'rejected', 'not-isolating'),
    ('an empty interval', FIELD + ('root',), q([2, 1]), 'rejected', 'empty-range'),
    ('three ends', FIELD + ('root',), q([1, 2, 3]), 'rejected', 'root'),
    ('a double root', FIELD + ('polynomial',), q([9, 0, -6, 0, 1]), 'rejected', 'not-square-free'),
    ('a constant', FIELD + ('polynomial',), q([3]), 'rejected', 'not-isolating'),
    ('another name', FIELD + ('name',), 'root', 'proved', None),
    ('no name', FIELD + ('name',), None, 'rejected', 'missing-key'),
    ('no field', FIELD, None, 'rejected', 'layers[0]'),
    ('too many coefficients', POINT + (0, 'bias', 0), q(['1/2', '-1/2', 0]), 'rejected', 'wrong-shape'),
    ('no coefficients', POINT + (0, 'bias', 0), [], 'rejected', 'wrong-shape'),
    ('near it', POINT + (0, 'bias', 0), '-36602540378443864676/100000000000000000000', 'rejected', 'gradient'),
    ('upward', CURVE, up['coefficients'], 'rejected', 'curve'),
    ('a curve in the field', CURVE + (0, 'field'), root3, 'proved', None),
    ('a curve in the conjugate field', CURVE + (0, 'field'), field([-3, 0, 1], -2, -1), 'rejected', 'different-field'),
    ('affine-span', ('statement', 'kind'), 'local-minimum', 'rejected', 'missing-key'),
]:
    row(f'field: {name}', edited(bent, path, value), verdict, reason)
row('field: an end is a root', edited(edited(bent, FIELD + ('polynomial',), q([0, -3, 0, 1])), FIELD + ('root',), q([0, 2])), 'rejected', 'an end')
row('field: 3 of (x - 3)(x^2 - 3)', edited(edited(bent, FIELD + ('polynomial',), q([9, -3, -3, 1])), FIELD + ('root',), q(['5/2', 4])), 'rejected', 'gradient')
row('field: a minimum on an interval', local(line, theta, rule('affine-span')), 'declined', 'algebraic')
exact = layers(([[1]], [1]), ([[3]], ['-7/2']))
row('field: a better point', certificate('not-global-minimum', line, theta, {'lowerRisk': LOWER}, betterPoint=exact), 'proved')
row('field: no better point', certificate('not-global-minimum', line, exact, {'lowerRisk': LOWER}, betterPoint=theta), 'rejected', 'lower-risk')
row('field: itself', certificate('not-global-minimum', line, theta, {'lowerRisk': LOWER}, betterPoint=theta), 'rejected', 'lower-risk')

# ---- a local minimum with a kink at 0: relu(sqrt(2) x)/sqrt(2), g = 1 + 2x left, 1 - 6x + 6x^2 right ----

tent = box([-1], [1], {'breakpoints': ['0'], 'pieces': [{'polynomial': q(['-1/2', -1])}, {'polynomial': q(['-1/2', 4, -3])}]}, [dense(1), act(), dense(1)])
low = {'field': field([-2, 0, 1], 1, 2), 'layers': [{'weights': [[['0', '1']]], 'bias': ['0']}, {'weights': [[['0', '1/2']]], 'bias': ['0']}]}
dominant = local(tent, low, rule('neuron-dominance-1d'))
row('field: a kink', dominant, 'proved')
row('field: steeper', edited(dominant, POINT + (1, 'weights', 0, 0), q(['1/1000000000', '1/2'])), 'rejected', 'moment')
row('field: shifted', edited(dominant, POINT + (0, 'bias', 0), q([0, '1/1000000000'])), 'rejected', 'moment')
row('field: the other root', edited(dominant, FIELD + ('root',), q([-2, -1])), 'rejected', 'moment')
row('field: the reduced Hessian', local(tent, low, rule('reduced-hessian-1d')), 'proved')

# ---- the best hinge for x^2 on [-1, 1]: its kink q = (sqrt 13 - 2)/3 is a root of 3q^2 + 4q - 3 ----

parabola = box([-1], [1], {'terms': [{'coefficient': '1', 'exponents': [2]}]}, [dense(1), act(), dense(1)])
best = {'field': field([-13, 0, 1], 3, 4),
        'layers': [{'weights': [['1']], 'bias': [q(['2/3', '-1/3'])]}, {'weights': [[q(['1/3', '1/3'])]], 'bias': [q(['32/27', '-7/27'])]}]}
hinge = local(parabola, best, rule('reduced-hessian-1d'))
row('field: an irrational kink', hinge, 'proved')
row('field: an irrational kink that bends downward', local(parabola, best, rule('neuron-dominance-1d')), 'rejected', 'bends-downward')
row('field: an irrational kink, moved', edited(hinge, POINT + (0, 'bias', 0), q(['2000000003/3000000000', '-1/3'])), 'rejected', 'moment')
row('field: an irrational kink of the conjugate', edited(hinge, FIELD + ('root',), q([-4, -3])), 'rejected', 'moment')
row('field: nothing goes out of an irrational kink', edited(edited(hinge, POINT + (1, 'weights', 0, 0), '0'), POINT + (1, 'bias', 0), '1/3'), 'rejected', 'bends-downward')

# ---- samples: the product of two weights is to be 2 ----

deep = problem([[1]], [[2]], [dense(1, False), dense(1, False)])
square = field([-2, 0, 1], 1, 2)


def two(first, second, over=square):
    return {'field': over, 'layers': [{'weights': [[first]]}, {'weights': [[second]]}]}


for name in ('zero-loss', 'convex-span'):
    proof = {'globalMinimum': rule(name)}
    row(f'field: 2 by {name}', certificate('global-minimum', deep, two(q([0, 1]), q([0, 1])), proof), 'proved', risk=('0', None, None))
    row(f'field: nearly 2 by {name}', certificate('global-minimum', deep, two(q([0, 1]), q(['1/1000000000', 1])), proof), 'rejected')
    both = [[6, 0, -5, 0, 1], '7/5', '3/2']
    row(f'field: 2 by {name}, reducible', certificate('global-minimum', deep, two(q([0, 1]), q([0, 1]), field(*both)), proof), 'proved')
zero = certificate('saddle', deep, two('0', '0'), {'critical': rule('zero-gradient'),
                                                  'descent': rule('descent-curve', coefficients=[two(q([0, 1]), q([0, 1]))]),
                                                  'ascent': rule('ascent-curve', coefficients=[two(q([0, 1]), q([0, -1]))])})
row('field: a saddle of a deep linear network', zero, 'proved')
row('field: beside it', edited(zero, POINT + (1, 'weights', 0, 0), q([0, '1/1000'])), 'rejected', 'linear-part')
row('field: a curve that rises', edited(zero, ('proof', 'descent', 'coefficients', 0, 'layers', 1, 'weights', 0, 0), q([0, -1])), 'rejected', 'curve')
relus = problem([[-1], [1]], [[1], [3]], [dense(1, False), act(), dense(1)])
fit = {'field': square, 'layers': [{'weights': [[['0', '1']]]}, {'weights': [[['0', '1']]], 'bias': ['1']}]}
row('field: affine-span', local(relus, fit, rule('affine-span')), 'proved', risk=('0', None, None))
row('field: affine-span, another constant', local(relus, edited(fit, ('layers', 1, 'bias', 0), ['2', '1']), rule('affine-span')), 'rejected')
row('field: neuron-dominance', local(relus, fit, rule('neuron-dominance', units=[{'multipliers': []}])), 'proved')
row('field: exact-hessian', local(relus, fit, rule('exact-hessian')), 'declined', 'algebraic')

# ---- the better map of rank 1 for (x + y, x): eigenvalues (3 ± sqrt 5)/2, a = (1 + sqrt 5)/2 ----

golden = field([-1, -1, 1], 1, 2)
pair = problem([[1, 0], [0, 1]], [[1, 1], [1, 0]], [dense(1, False), dense(2, False)])
kept = {'field': golden, 'layers': [{'weights': [[q(['2/5', '1/5']), q(['-1/5', '2/5'])]]}, {'weights': [[q([0, 1])], ['1']]}]}
S = [[q(['-1/5', '2/5']), q(['-2/5', '-1/5'])], [q(['-2/5', '-1/5']), q(['1/5', '3/5'])]]
young = certificate('global-minimum', pair, kept, {'globalMinimum': rule(
    'eckart-young', threshold='2', excess=S, bestFit={'weights': q([[1, 1], [1, 0]])})})
NODE = ('proof', 'globalMinimum')
row('field: eckart-young', young, 'proved')
row('field: eckart-young, the conjugate', edited(young, FIELD + ('root',), q([-1, 0])), 'rejected', 'excess')
row('field: eckart-young, a threshold too low', edited(young, NODE + ('threshold',), q([0, 1])), 'rejected', 'bound')
row('field: eckart-young, a negative threshold', edited(young, NODE + ('threshold',), q([0, -1])), 'rejected', 'threshold')
row('field: eckart-young, S near it', edited(young, NODE + ('excess', 0, 0), '0.4472135954'), 'rejected', 'excess')
row('field: eckart-young, S not symmetric', edited(young, NODE + ('excess', 0, 1), q(['-2/5', '1/5'])), 'rejected', 'symmetric')
