"""Rows of the self-test for targets with parametrized pieces (theory.md 5c)."""

from writing import act, dense, edited, layers, q, row, rule

SQUARE, CUBE = [1, 0, 1], [1, 0, 3, 0, 3, 0, 1]


def ratio(n, d=(1,)):
    return {'numerator': q(list(n)), 'denominator': q(list(d))}


def cell(value):
    return value if isinstance(value, dict) else q(value)


def parametrized(low, high, x, G):
    return {'parametrized': {'from': q(low), 'to': q(high), 'x': cell(x), 'doubleIntegral': cell(G)}}


def polynomial(*coefficients):
    return {'polynomial': q(list(coefficients))}


def members(low, high, c, *units):
    """Units (w, b, v), entries in u."""
    return {'parameters': [{'name': 'u', 'from': q(low), 'to': q(high)}],
            'layers': [{'weights': [[cell(w)] for w, _, _ in units], 'bias': [cell(b) for _, b, _ in units]},
                       {'weights': [[cell(v) for _, _, v in units]], 'bias': [cell(c)]}]}


def claim(breakpoints, pieces, family, better, gap, moving):
    data = {'type': 'box', 'lower': ['0'], 'upper': ['1'], 'targets': [{'breakpoints': q(breakpoints), 'pieces': pieces}]}
    units = len(family['layers'][0]['bias'])
    problem = {'network': {'input': [1], 'layers': [dense(units), act(), dense(1)]}, 'loss': {'function': 'squared'}, 'data': data}
    return {'format': 'cairn-certificate', 'version': 1,
            'statement': {'kind': 'spurious-family', 'problem': problem, 'family': family, 'betterPoint': better,
                          'gap': q(gap), 'realizations': 'distinct'},
            'proof': {'localMinimum': rule('profile-family', parameter='u'), 'lowerRisk': rule('lower-risk'),
                      'injective': rule('strictly-monotone', coordinates=[{'layer': 0, 'bias': moving}])}}


KINK, SLOPE, JUMP = ratio([-1], SQUARE), ratio([0, -9, 0, -3]), ratio([3, 0, 9, 0, 9, 0, 3], [0, 0, 0, 1])
CONSTANT = ratio([0, 12, 0, 3])
ACTIVE, MOVING = (1, 1, SLOPE), (1, KINK, JUMP)
MIDDLE = parametrized('1/2', 2, ratio([1], SQUARE), ratio([0, 0, 0, 1], CUBE))
LEFT, RIGHT = polynomial('63/8', '-393/4', '1125/4'), polynomial('1527/8', '-1857/4', '1125/4')
BETTER = layers(([[-1], [1]], ['1/5', '-4/5']), ([['240/7', '240/7']], ['-48/35']))
two = claim(['1/5', '4/5'], [LEFT, MIDDLE, RIGHT], members('5/9', '9/5', CONSTANT, ACTIVE, MOVING), BETTER, '243/175', 1)
row('5c: two units', two, 'proved', risk=(None, None, '243/175'))

X1 = ratio([1, 0, -1], [1, 0, 3])
UNIT = (1, ratio([-1, 0, 1], [1, 0, 3]), ratio([12, 0, 72, 0, 108], [0, 0, 0, 16]))
one_pieces = [parametrized('1/3', 1, X1, ratio([-1, 0, -6, 16, -9], [1, 0, 6, 0, 9])), polynomial('218/3', -204, 144)]
one_better = layers(([[1], [1]], [1, '-2/3']), ([['27/4', '81/4']], ['-45/4']))
one = claim(['2/3'], one_pieces, members('2/5', '9/10', ratio([0, -6]), UNIT, (0, -1, 0)), one_better, '3/2', 0)
row('5c: one unit', one, 'proved', risk=(None, None, '3/2'))
row('5c: one unit, beside one that can tilt the whole',
    edited(one, ('statement', 'family'), members('2/5', '9/10', ratio([0, -6]), UNIT, (0, 1, 0))), 'rejected', 'orthogonal to x')

FAMILY, TARGET = ('statement', 'family'), ('statement', 'problem', 'data', 'targets', 0)
for name, value, verdict, reason in [
    ('the range to its first end', members('1/2', '9/5', CONSTANT, ACTIVE, MOVING), 'rejected', 'kink-off-piece'),
    ('the range to its last end', members('5/9', 2, CONSTANT, ACTIVE, MOVING), 'rejected', 'kink-off-piece'),
    ('a longer range', members('1/4', '9/5', CONSTANT, ACTIVE, MOVING), 'rejected', 'kink-off-piece'),
    ('another kink', members('5/9', '9/5', CONSTANT, ACTIVE, (2, KINK, JUMP)), 'rejected', 'kink-off-piece'),
    ('a kink that stands still', members('5/9', '9/5', CONSTANT, ACTIVE, (1, '-1/2', JUMP)), 'rejected', 'kink-off-piece'),
    ('a unit that is 0 at an end', members('5/9', '9/5', CONSTANT, (1, 0, SLOPE), MOVING), 'rejected', 'on-a-kink'),
    ('a unit that is 0 at an end for one parameter', members('5/9', '9/5', CONSTANT, (0, ratio([-5, 9]), SLOPE), MOVING), 'rejected', 'on-a-kink'),
    ('two kinks', members('5/9', '9/5', CONSTANT, (1, '-1/2', SLOPE), MOVING), 'declined', 'one kink'),
    ('no kink', members('5/9', '9/5', CONSTANT, ACTIVE, (0, -1, 0)), 'declined', 'one kink'),
    ('the best line', members('5/9', '9/5', 0, (1, 1, 0), (1, KINK, 0)), 'rejected', 'outgoing-weight'),
    ('an outgoing weight that is 0 at an end', members('5/9', '9/5', CONSTANT, ACTIVE, (1, KINK, ratio([-9, 5]))), 'rejected', 'outgoing-weight'),
    ('another constant', members('5/9', '9/5', ratio([1, 12, 0, 3]), ACTIVE, MOVING), 'rejected', 'orthogonal to 1'),
    ('another slope', members('5/9', '9/5', ratio(['-3/2', 12, 0, 3]), (1, 1, ratio([1, -9, 0, -3])), MOVING), 'rejected', 'orthogonal to x'),
    ('twice the fit', members('5/9', '9/5', ratio([0, 24, 0, 6]), (1, 1, ratio([0, -18, 0, -6])), (1, KINK, ratio([6, 0, 18, 0, 18, 0, 6], [0, 0, 0, 1]))),
     'rejected', 'orthogonal to the unit'),
    ('falling beside its kink', members('5/9', '9/5', ratio([-6, 0, -15], [0, 0, 0, 1]), (1, 1, ratio([3, 0, 9], [0, 0, 0, 1])),
                                        (-1, ratio([1], SQUARE), JUMP)), 'proved', None),
]:
    row(f'5c: {name}', edited(two, FAMILY, value), verdict, reason)

for name, at, value, verdict, reason in [
    ('a jump', 0, polynomial(8, '-393/4', '1125/4'), 'rejected', 'discontinuous'),
    ('another target at an end', 0, polynomial('-9/80', '-33/16'), 'rejected', 'moment'),
    ('a pole of G at an end', 1, parametrized('1/2', 2, ratio([1], SQUARE), ratio([1], [-2, 1])), 'rejected', 'vanishing-denominator'),
    ('a pole of X', 1, parametrized('1/2', 2, ratio([1], [-1, 1]), ratio([0, 0, 0, 1], CUBE)), 'rejected', 'vanishing-denominator'),
    ('X turns', 1, parametrized(-2, '-1/2', ratio(['41/20', 2, 1]), ratio([0, 0, 0, 1], CUBE)), 'rejected', 'derivative'),
    ('X is constant', 1, parametrized('1/2', 2, '1/2', ratio([0, 0, 0, 1], CUBE)), 'rejected', 'derivative'),
    ('too long', 1, parametrized('1/3', 2, ratio([1], SQUARE), ratio([0, 0, 0, 1], CUBE)), 'rejected', 'onto'),
    ('both forms', 1, {**MIDDLE, 'polynomial': ['1']}, 'rejected', 'unknown-key'),
]:
    row(f'5c: {name}', edited(two, TARGET + ('pieces', at), value), verdict, reason)
row("5c: X' = 0 at an end", edited(two, TARGET, {'breakpoints': ['4/5'], 'pieces': [parametrized(0, '1/2', ratio([0, 0, '16/5']), 0), RIGHT]}),
    'rejected', 'derivative')
row('5c: a breakpoint at an end', edited(two, TARGET + ('breakpoints',), ['1/5', '1']), 'rejected', 'breakpoints')

curved = claim([], [parametrized(0, 1, ratio([0, 1]), ratio([0, 0, '-7/12', '13/6', '-31/12', 1]))],
               members('1/10', '1/4', ratio(['-7/4', '-1/2', '45/4', -9], [0, 1]), (1, 1, ratio(['7/4', '-5/4', '-13/2', 6], [0, 1])),
                       (1, ratio([0, -1]), ratio(['-7/4', 3], [0, 1, -1]))), BETTER, '1/1000', 1)
row('5c: the risk of the best fits varies', curved, 'rejected', 'profile')

STATEMENT, PROOF = ('statement',), ('proof',)
for name, path, value, verdict, reason in [
    ('a larger gap', STATEMENT + ('gap',), '243000001/175000000', 'rejected', 'gap'),
    ('a smaller gap', STATEMENT + ('gap',), '1', 'proved', None),
    ('a density', STATEMENT + ('problem', 'data', 'density'), {'polynomial': ['2']}, 'declined', 'density'),
    ('the density 1', STATEMENT + ('problem', 'data', 'density'), {'polynomial': ['1', '0']}, 'proved', None),
    ('half the loss', STATEMENT + ('problem', 'loss'), {'function': 'squared', 'factor': '1/2'}, 'rejected', 'gap'),
    ('power 4', STATEMENT + ('problem', 'loss'), {'function': 'power', 'exponent': '4'}, 'declined', 'squared'),
    ('hardtanh', STATEMENT + ('problem', 'network', 'layers', 1), act('hardtanh'), 'declined', 'two lines'),
    ('a better point at an irrational parameter', STATEMENT + ('betterPoint', 'layers', 0, 'bias'), ['1/3', '-4/5'], 'declined', 'irrational'),
    ('a better point at a rational parameter', STATEMENT + ('betterPoint', 'layers', 0, 'bias'), ['1/2', '-4/5'], 'rejected', 'gap'),
    ('the same function', STATEMENT + ('realizations',), 'same-function', 'rejected', 'predictions-differ'),
    ('affine-span', PROOF + ('localMinimum',), rule('affine-span'), 'declined', 'affine-span'),
    ('another parameter', PROOF + ('localMinimum', 'parameter'), 't', 'rejected', 'wrong-hint'),
    ('predictions', PROOF + ('injective', 'predictions'), [{'input': ['0'], 'output': 0}], 'rejected', 'unknown-key'),
    ('a coordinate that stands still', PROOF + ('injective', 'coordinates'), [{'layer': 0, 'bias': 0}], 'rejected', 'not-monotone'),
]:
    row(f'5c: {name}', edited(two, path, value), verdict, reason)

flat = layers(([[0], [0]], [-1, -1]), ([[0, 0]], [0]))
beaten = {'format': 'cairn-certificate', 'version': 1,
          'statement': {'kind': 'not-global-minimum', 'problem': two['statement']['problem'], 'point': flat, 'betterPoint': BETTER},
          'proof': {'lowerRisk': rule('lower-risk')}}
row('5c: two points', beaten, 'proved', risk=(None, None, '768/175'))
row('5c: two equal points', edited(beaten, STATEMENT + ('point',), BETTER), 'rejected', 'lower-risk')
row('5c: a point', {**beaten, 'statement': {'kind': 'local-minimum', 'problem': two['statement']['problem'], 'point': flat},
                    'proof': {'localMinimum': rule('affine-span')}}, 'declined', 'parametrized')
