"""Rows of the self-test for `enumeration` and `ill-posed-best-approximation`."""

from writing import act, certificate, column, dense, edited, layers, problem, q, row, rule

KEPT = {'kept': True}


def split(sample, breakpoint, below, above):
    return {'sample': sample, 'breakpoint': breakpoint, 'below': below, 'above': above}


def empty(*multipliers):
    return {'infeasible': q(multipliers)}


def choice(prediction, *multipliers):
    return {'prediction': q(prediction), 'multipliers': q(multipliers)}


def least(of, point, node):
    return certificate('global-minimum', of, point, {'globalMinimum': node})


# Two hinges are equally good on three points.
VALLEY = problem(column(-1, 0, 1), column(1, 0, 1), [dense(1), act(), dense(1)])
HINGE, MIRRORED = (layers(([[slope]], [0]), ([[1]], ['1/2'])) for slope in ('1/2', '-1/2'))
CONSTANT = layers(([[0]], [-1]), ([[0]], ['2/3']))
NODE = rule(
    'enumeration',
    tree=split(0, 0, split(1, 0, split(2, 0, KEPT, KEPT), split(2, 0, empty(1, 2, 1), KEPT)), split(1, 0, split(2, 0, KEPT, empty(1, 2, 1)), split(2, 0, KEPT, KEPT))),
    combinations=[
        choice(['2/3', '2/3', '2/3'], [0, 0, 0]),
        choice(['2/3', '2/3', '2/3'], [0, 0, 0]),
        choice(['2/3', '2/3', '2/3'], [0, 0, '2/3']),
        choice(['1/2', '1/2', 1], [0, 0, 0]),
        choice(['2/3', '2/3', '2/3'], ['2/3', 0, 0]),
        choice(['1/2', '1/2', 1], [0, 1, 0]),
        choice(['1/2', '1/2', 1], [1, 0, 0]),
        choice([1, '1/2', '1/2'], [0, 0, 0]),
        choice(['1/2', '1/2', 1], ['1/2', 0, '1/2']),
        choice([1, '1/2', '1/2'], [0, 1, 0]),
        choice(['2/3', '2/3', '2/3'], [0, 0, 0]),
        choice(['2/3', '2/3', '2/3'], [0, 0, 0]),
    ])
good = least(VALLEY, HINGE, NODE)
row('6: a hinge on three points', good, 'proved', risk=('1/2', None, None))
row('6: its mirror image', least(VALLEY, MIRRORED, NODE), 'proved')
row('6: a constant that is not global', least(VALLEY, CONSTANT, NODE), 'rejected', 'bound')
row('6: a point a little above', least(VALLEY, layers(([['1/2']], [0]), ([[1]], ['501/1000'])), NODE), 'rejected', 'bound')
row('6: another rule', least(VALLEY, HINGE, rule('zero-loss')), 'rejected')
row('6: two units have more combinations',
    least(problem(column(-1, 0, 1), column(1, 0, 1), [dense(2), act(), dense(1)]),
          layers(([['1/2'], [0]], [0, 0]), ([[1, 0]], ['1/2'])), NODE), 'rejected')
row('6: two outputs', least(problem(column(-1, 0, 1), [[1, 0], [0, 0], [1, 0]], [dense(1), act(), dense(2)]),
                            layers(([['1/2']], [0]), ([[1], [0]], ['1/2', 0])), NODE), 'declined')
row('6: another convex loss',
    least(problem(column(-1, 0, 1), column(1, 0, 1), [dense(1), act(), dense(1)], {'function': 'huber', 'threshold': '1/4'}),
          HINGE, NODE), 'rejected')
NODE_PATH = ('proof', 'globalMinimum')
TREE = NODE_PATH + ('tree',)
ONE = NODE_PATH + ('combinations', 2)
for name, path, value, reason in [
    ('sample out of range', TREE + ('sample',), 3, 'out of range'),
    ('breakpoint out of range', TREE + ('breakpoint',), 1, 'out of range'),
    ('split twice', TREE + ('below', 'sample'), 0, 'repeated'),
    ('kept too early', TREE + ('below',), KEPT, 'undecided'),
    ('kept: false', TREE + ('below',), {'kept': False}, 'true'),
    ('one side is missing', TREE + ('above',), None, 'missing-key'),
    ('not empty', TREE + ('below',), empty(1), 'combination'),
    ('multipliers 0', TREE + ('below',), empty(0), 'not-infeasible'),
    ('no multipliers', TREE, empty(), 'not-infeasible'),
    ('a negative multiplier', TREE + ('below',), empty(-1), 'negative'),
    ('a short prediction', ONE + ('prediction', 0), None, 'array of 3'),
    ('sum of g', ONE + ('prediction', 0), '2', 'residual-sum'),
    ('one list a unit', ONE + ('multipliers',), q([[0, 0, 0], [0, 0, 0]]), 'array of 1'),
    ('a negative cone multiplier', ONE + ('multipliers', 0, 0), '-1', 'negative'),
    ('another cone multiplier', ONE + ('multipliers', 0, 0), '1001/1000', 'combination'),
    ('a combination is missing', NODE_PATH + ('combinations', 11), None, 'for each combination'),
    ('a combination too many', NODE_PATH + ('combinations',), NODE['combinations'] + NODE['combinations'][:1], 'for each combination'),
]:
    row(f'6: {name}', edited(good, path, value), 'rejected', reason)


def ill(other, jump, of=VALLEY, point=HINGE, node=NODE):
    return certificate('ill-posed-best-approximation', of, point, {'globalMinimum': node}, otherPoint=other, jump=jump)


row('6: ill-posed', ill(MIRRORED, '1/2'), 'proved', risk=('1/2', None, None))
row('6: ill-posed, a smaller jump', ill(MIRRORED, '1/3'), 'proved')
row('6: ill-posed, a larger jump', ill(MIRRORED, '501/1000'), 'rejected', 'jump')
row('6: ill-posed, jump 0', ill(MIRRORED, '0'), 'rejected', '> 0')
row('6: ill-posed, one point twice', ill(HINGE, '1/1000'), 'rejected', 'jump')
row('6: ill-posed, another risk', ill(CONSTANT, '1/10'), 'rejected', 'equal-risk')
row('6: ill-posed, not global', ill(HINGE, '1/10', point=CONSTANT), 'rejected', 'bound')
row('6: ill-posed, another rule', ill(MIRRORED, '1/2', node=rule('zero-loss')), 'declined')
for name, loss in [('Huber', {'function': 'huber', 'threshold': '1'}),
                   ('a fourth power', {'function': 'power', 'exponent': '4'})]:
    of = problem(column(-1, 0, 1), column(1, 0, 1), [dense(1), act(), dense(1)], loss)
    row(f'6: ill-posed, {name}', ill(MIRRORED, '1/2', of=of), 'rejected')

# hardtanh on one sample: contradictory signs, breakpoints that are not 0, and a form that falls with |v|.
ALONE = problem(column(1), column(3), [dense(1), act('hardtanh'), dense(1)])
TANH = rule(
    'enumeration',
    tree=split(0, 0, split(0, 1, KEPT, empty(1, 1)), split(0, 1, KEPT, KEPT)),
    combinations=[
        choice([3], [0, 0]),
        choice([3], [0, 0]),
        choice([3], [0, 0]),
        choice([3], [0, 0]),
        choice([3], [0, 0]),
        choice([3], [0, 0]),
    ])
settled = least(ALONE, {'layers': [{'weights': [['0']], 'bias': ['0']}, {'weights': [['0']], 'bias': ['3']}]}, TANH)
row('6: hardtanh', settled, 'proved', risk=('0', None, None))
row('6: contradictory signs', edited(settled, TREE + ('below', 'above'), KEPT), 'rejected', 'contradictory')
row('6: hardtanh, the strip is not empty', edited(settled, TREE + ('above', 'below'), empty(1, 1)), 'rejected', 'not-infeasible')
row('6: hardtanh, w does not drop out', edited(settled, TREE + ('below', 'above'), empty(1, 2)), 'rejected', 'combination')
FREE = problem(column(1), column(3), [dense(1), act('hardtanh'), dense(1, False)])
CONE = rule(
    'enumeration',
    tree=split(0, 0, split(0, 1, KEPT, empty(1, 1)), split(0, 1, KEPT, KEPT)),
    combinations=[
        choice([3], [0, 0]),
        choice([3], [0, 0]),
        choice([3], [0, 0]),
        choice([3], [0, 0]),
        choice([3], [0, 0]),
        choice([3], [0, 0]),
    ])
cone = least(FREE, {'layers': [{'weights': [['-1']], 'bias': ['0']}, {'weights': [['-3']]}]}, CONE)
row('6: without an output bias', cone, 'proved', risk=('0', None, None))
row('6: a form that falls with |v|', edited(cone, NODE_PATH + ('combinations', 5, 'prediction'), ['2']), 'rejected', 'negative on a cone')

# Without a hidden bias nothing is crossed at x = 0: a split there would show everything to be empty.
ORIGIN = problem(column(-1, 0, 2), column(2, 0, 1), [dense(1, False), act(), dense(1)])
nothing = rule('enumeration', tree=split(1, 0, empty(1), empty(1)), combinations=NODE['combinations'])
row('6: never crossed', least(ORIGIN, layers(([[1]],), ([[1]], [0])), nothing), 'rejected', 'never-crossed')
