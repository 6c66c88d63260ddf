"""Rows of the self-test for one hidden layer on an interval (theory.md 5a, 5b, 7)."""

from further_rows import LOWER, box, terms
from writing import act, certificate, dense, edited, falls, layers, local, q, row, rule, saddle

DOMINANCE, REDUCED = rule('neuron-dominance-1d'), rule('reduced-hessian-1d')
PROBLEM, POINT = ('statement', 'problem'), ('statement', 'point', 'layers')


def net(units=1, function='relu', hidden=True, **parameters):
    return [dense(units, hidden), act(function, **parameters), dense(1)]


X, SQUARE = terms((1, [1])), terms((1, [2]))


def pieces(breakpoints, *polynomials):
    return {'breakpoints': q(breakpoints), 'pieces': [{'polynomial': q(p)} for p in polynomials]}


# ---- 5a ----

# y = x on [0, 1]: the mean 1/2, whose g = 1 - 2x is 1 at 0 and -1 at 1.
line = box([0], [1], X, net())
semi = local(line, layers(([[-1]], [0]), ([[1]], ['1/2'])), DOMINANCE)
row('5a: inactive', local(line, layers(([[1]], [-2]), ([[1]], ['1/2'])), DOMINANCE), 'proved', risk=('1/12', None, None))
row('5a: inactive, another constant', local(line, layers(([[1]], [-2]), ([[1]], ['1/3'])), DOMINANCE), 'rejected', 'moment')
row('5a: semi-inactive at 0', semi, 'proved', risk=('1/12', None, None))
row('5a: semi-inactive at 1', local(line, layers(([[1]], [-1]), ([[-1]], ['1/2'])), DOMINANCE), 'proved')
for name, path, value, verdict, reason in [
    ('the other sign', POINT + (1, 'weights'), [['-1']], 'rejected', 'bends-downward'),
    ('the outgoing weight 0', POINT + (1, 'weights'), [['0']], 'rejected', 'bends-downward'),
    ('semi-active', POINT + (0, 'weights'), [['1']], 'rejected', 'moment'),
    ('degenerate', POINT + (0, 'weights'), [['0']], 'declined', 'degenerate'),
    ('a density', PROBLEM + ('data', 'density'), {'polynomial': ['0', '1']}, 'rejected', 'moment'),
    ('huber', PROBLEM + ('loss',), {'function': 'huber', 'threshold': '1'}, 'declined', 'not one polynomial'),
    ('hardtanh', PROBLEM + ('network', 'layers', 1), act('hardtanh'), 'declined', 'two lines'),
    ('shifted', PROBLEM + ('network', 'layers', 1), act('piecewise', breakpoints=['0'], pieces=[{'polynomial': ['1']}, {'polynomial': ['1', '1']}]), 'declined', 'two lines'),
    ('a curve', PROBLEM + ('network', 'layers', 1), act('quadratic'), 'declined', 'two lines'),
    ('another kind', ('statement', 'kind'), 'global-minimum', 'rejected', 'missing-key'),
    ('a hint', ('proof', 'localMinimum', 'units'), [], 'rejected', 'unknown-key'),
]:
    row(f'5a: {name}', edited(semi, path, value), verdict, reason)
best = local(box([0], [1], X, net()), layers(([[1]], [1]), ([[1]], [-1])), DOMINANCE)
row('5a: affine', best, 'proved', risk=('0', None, None))
row('5a: affine, moved', edited(best, POINT + (1, 'bias'), ['-2']), 'rejected', 'moment')
free_of_bias = box([0], [1], X, [dense(1), act(), dense(1, False)])
row('5a: nothing moves the constant', local(free_of_bias, layers(([[1]], [-2]), ([[1]],)), DOMINANCE), 'proved')
row('5a: samples', local({**line, 'data': {'type': 'samples', 'inputs': [['0']], 'targets': [['0']]}}, layers(([[1]], [-2]), ([[1]], [0])), DOMINANCE),
    'declined', 'interval')
flat = box([0, 0], [1, 1], terms((1, [1, 0])), net())
row('5a: a box', local(flat, layers(([[0, 0]], [-2]), ([[1]], ['1/2'])), DOMINANCE), 'declined', 'interval')
two_outputs = {**box([0], [1], X, [dense(1), act(), dense(2)])}
row('5a: two outputs', local(edited(two_outputs, ('data', 'targets'), [X, X]), layers(([[1]], [-2]), ([[1], [1]], ['1/2', '1/2'])), DOMINANCE), 'declined', 'one output')
row('5a: two hidden layers', local(box([0], [1], X, [dense(1), act(), dense(1), act(), dense(1)]), layers(([[1]], [-2]), ([[1]], [-1]), ([[1]], ['1/2'])), DOMINANCE),
    'declined', 'one hidden layer')
row('5a: a loss that is not convex', local(edited(line, ('loss',), {'function': 'polynomial', 'coefficients': q([0, 0, 1, 0, -1])}),
    layers(([[1]], [-2]), ([[1]], ['1/2'])), DOMINANCE), 'rejected', 'not-convex')

# A kink at 0 on [-1, 1]: N = relu(x), and N - y = 30 x^4 - 36 x^2 + 9 - ... must be orthogonal to 1 and x on each side: (on the right) the
# shifted Legendre polynomial 6 x^2 - 6 x + 1, and its mirror image, with the value 1 at 0.
bend = box([-1], [1], pieces([0], [-1, -6, -6], [-1, 7, -6]), net())
at_kink = layers(([[1]], [0]), ([[1]], [0]))
kinked = local(bend, at_kink, DOMINANCE)
row('5a: a kink', kinked, 'proved')
row('5a: a kink, mirrored', local(box([-1], [1], pieces([0], [-1, -7, -6], [-1, 6, -6]), net()), layers(([[-1]], [0]), ([[1]], [0])), DOMINANCE), 'proved')
for name, path, value, reason in [
    ('g < 0 there', PROBLEM + ('data', 'targets'), [pieces([0], [1, 6, 6], [1, -5, 6])], 'bends-downward'),
    ('the outgoing weight 0', POINT, layers(([[1]], [0]), ([[0]], [0]))['layers'], 'moment'),
    ('another place', POINT, layers(([[1]], ['1/10']), ([[1]], [0]))['layers'], 'moment'),
    ('another height', POINT, layers(([[1]], [0]), ([[2]], [0]))['layers'], 'moment'),
    ('a moment of x', PROBLEM + ('data', 'targets'), [pieces([0], [-1, -6, -6], [-1, 1])], 'moment'),
]:
    row(f'5a: a kink, {name}', edited(kinked, path, value), 'rejected', reason)
# theory.md 5a: only the active side looked at. g = 6 x^2 - 6 x + 1 on the right, 1 + 2 x on the left, where the integral of x g is not 0.
leaky = box([-1], [1], pieces([0], ['-1/2', '-1/2'], ['-1/2', 4, -3]), net(1, 'leaky-relu', slope='1/2'))
row('5a: the left side of a leaky kink', local(leaky, layers(([[1]], [0]), ([[1]], [0])), DOMINANCE), 'rejected', 'moment')
leaky = box([-1], [1], pieces([0], [-1, '-11/2', -6], [-1, 7, -6]), net(1, 'leaky-relu', slope='1/2'))
row('5a: a leaky kink', local(leaky, at_kink, DOMINANCE), 'proved')
beside = box([-1], [1], pieces([0], [-1, -6, -6], [-1, 7, -6]), net(2))
row('5a: a kink beside an affine unit', local(beside, layers(([[1], [1]], [0, 2]), ([[1, 0]], [0])), DOMINANCE), 'proved')
row('5a: two kinks at one place', local(beside, layers(([[1], [1]], [0, 0]), ([['1/2', '1/2']], [0])), DOMINANCE), 'proved')
row('5a: two kinks, one upside down', local(beside, layers(([[1], [1]], [0, 0]), ([[2, -1]], [0])), DOMINANCE), 'rejected', 'bends-downward')

# ---- 5b: y = x^2 on [0, 1]; the best hinge is 1/27 + 4/3 relu(x - 1/3) ----

square = box([0], [1], SQUARE, net())
HINGE = layers(([[1]], ['-1/3']), ([['4/3']], ['1/27']))
hinge = local(square, HINGE, REDUCED)
row('5b: the best hinge', hinge, 'proved')
row('5b: scaled', local(square, layers(([[2]], ['-2/3']), ([['2/3']], ['1/27'])), REDUCED), 'proved')
row('5b: neuron-dominance-1d sees g < 0 there', local(square, HINGE, DOMINANCE), 'rejected', 'bends-downward')
for name, path, value, verdict, reason in [
    ('another constant', POINT + (1, 'bias'), ['1/26'], 'rejected', 'moment'),
    ('another height', POINT + (1, 'weights'), [['1']], 'rejected', 'moment'),
    ('another place', POINT + (0, 'bias'), ['-1/2'], 'rejected', 'moment'),
    ('the outgoing weight 0', POINT + (1, 'weights'), [['0']], 'rejected', ''),
    ('degree 4', PROBLEM + ('loss',), {'function': 'power', 'exponent': '4'}, 'declined', 'degree 2'),
    ('a density', PROBLEM + ('data', 'density'), {'polynomial': ['1', '1']}, 'rejected', 'moment'),
    ('degenerate', POINT + (0,), layers(([[0]], [0]))['layers'][0], 'declined', 'degenerate'),
]:
    row(f'5b: {name}', edited(hinge, path, value), verdict, reason)
pair = box([0], [1], SQUARE, net(2))
for name, point, verdict, reason in [
    ('an inactive unit', layers(([[1], [1]], ['-1/3', -2]), ([['4/3', 1]], ['1/27'])), 'proved', None),
    ('an affine unit of height 0', layers(([[1], [1]], ['-1/3', 1]), ([['4/3', 0]], ['1/27'])), 'rejected', 'moment'),
    ('an affine unit of no slope', layers(([[1], [0]], ['-1/3', 1]), ([['4/3', 0]], ['1/27'])), 'rejected', 'moment'),
    ('a second kink of height 0', layers(([[1], [1]], ['-1/3', '-1/2']), ([['4/3', 0]], ['1/27'])), 'rejected', 'bends-downward'),
    ('two halves', layers(([[1], [1]], ['-1/3', '-1/3']), ([['2/3', '2/3']], ['1/27'])), 'rejected', 'repeated-kink'),
    ('a boundary unit', layers(([[1], [1]], ['-1/3', -1]), ([['4/3', -1]], ['1/27'])), 'proved', None),
    ('a boundary unit of the other sign', layers(([[1], [1]], ['-1/3', -1]), ([['4/3', 1]], ['1/27'])), 'rejected', 'bends-downward'),
]:
    row(f'5b: {name}', local(pair, point, REDUCED), verdict, reason)
# Beside an affine unit, with a kink that is not at its best place.
double = box([-1], [1], SQUARE, net(2))
row('5b: a line and a kink', local(double, layers(([[1], [1]], [0, 2]), ([[2, -1]], ['47/24'])), REDUCED), 'rejected', None)
row('5b: the maximum of a hinge', local(box([-1], [1], pieces([0], [1, 6, 6], [1, -5, 6]), net()), at_kink, REDUCED), 'rejected', 'definite')
row('5b: a hinge with g > 0', local(bend, at_kink, REDUCED), 'proved')
spurious = certificate('spurious-local-minimum', square, HINGE, {'localMinimum': REDUCED, 'lowerRisk': LOWER}, betterPoint=layers(([[1]], [1]), ([[1]], ['-7/6'])))
row('5b: a better line', spurious, 'rejected', 'lower-risk')

# ---- 7: curves, and critical points ----

ZERO_STEP = layers(([[0]], [0]), ([[0]], [0]))


def curve(*steps):
    return rule('descent-curve', coefficients=list(steps))


def rising(*steps):
    return rule('ascent-curve', coefficients=list(steps))


OPEN = layers(([[1]], [0]), ([[0]], [0]))  # the unit -x at 0 begins to see
dead = layers(([[1]], [-1]), ([[1]], ['1/2']))  # semi-inactive at 1, where g = -1: opening it is lower
opens = layers(([[0]], [1]), ([[0]], [0]))
row('7: a semi-inactive unit opens', falls(line, dead, curve(opens)), 'proved')
for name, point, steps, reason in [
    ('it closes', dead, [layers(([[0]], [-1]), ([[0]], [0]))], 'curve'),
    ('nothing moves', dead, [ZERO_STEP], 'curve'),
    ('of the other sign', layers(([[1]], [-1]), ([[-1]], ['1/2'])), [opens], 'curve'),
    ('the constant', dead, [layers(([[0]], [0]), ([[0]], [1]))], 'curve'),
    ('no steps', dead, [], 'at least one'),
    ('it closes first', dead, [layers(([[0]], [-1]), ([[0]], [0])), opens], 'curve'),
]:
    row(f'7: {name}', falls(line, point, curve(*steps)), 'rejected', reason)
row('7: it opens at second order', falls(line, dead, curve(ZERO_STEP, opens)), 'proved')
row('7: a kink moves', falls(square, layers(([[1]], ['-1/2']), ([['4/3']], ['1/27'])), curve(layers(([[0]], ['1/10']), ([[0]], [0])))), 'proved')
row('7: a kink turns round', falls(square, layers(([[0]], [0]), ([[1]], ['1/3'])), curve(layers(([[1]], ['-1/3']), ([[0]], [0])))), 'proved')
row('7: a kink at the best hinge', falls(square, HINGE, curve(layers(([[1]], [0]), ([[0]], [0])))), 'rejected', 'curve')
degenerate = layers(([[0]], [0]), ([[0]], ['1/2']))
TILT = layers(([[1]], [0]), ([[1]], [0]))
row('7: a degenerate unit', falls(line, degenerate, curve(TILT)), 'proved')
row('7: a degenerate unit, upside down', falls(line, degenerate, curve(layers(([[1]], [0]), ([[-1]], [0])))), 'rejected', 'curve')
row('7: a degenerate unit, one half alone', falls(line, degenerate, curve(layers(([[1]], [0]), ([[0]], [0])))), 'rejected', 'curve')
LIFT = layers(([[0]], [0]), ([[0]], [1]))
critical = saddle(line, degenerate, curve(TILT), rising(LIFT))
row('7: a saddle', critical, 'proved', risk=('1/12', None, None))
for name, path, value, reason in [
    ('not critical', POINT + (1, 'bias'), ['1/3'], 'gradient'),
    ('a degenerate unit that is read', POINT + (1, 'weights'), [['1']], 'not-differentiable'),
    ('no descent', ('proof', 'descent'), curve(LIFT), 'curve'),
    ('no ascent', ('proof', 'ascent'), rising(TILT), 'curve'),
    ('it is constant', POINT + (0, 'bias'), ['1'], 'curve'),
]:
    row(f'7: a saddle, {name}', edited(critical, path, value), 'rejected', reason)
row('7: the affine fit is critical, and no saddle', saddle(line, layers(([[1]], [1]), ([[1]], [-1])), curve(TILT), rising(LIFT)), 'rejected', 'curve')
row('7: a kink is critical', saddle(square, HINGE, curve(TILT), rising(LIFT)), 'rejected', 'curve')
row('7: a kink is not critical', saddle(square, layers(([[1]], ['-1/3']), ([[1]], ['1/27'])), curve(TILT), rising(LIFT)), 'rejected', 'gradient')
down = box([0], [1], terms((-1, [2])), net(1, 'quadratic'))
flat_square = layers(([[0]], [0]), ([[-1]], ['-1/3']))
row('7: a curved unit', falls(down, flat_square, curve(layers(([[1]], [0]), ([[0]], [0])))), 'proved')
row('7: a curved unit is critical', saddle(down, flat_square, curve(layers(([[1]], [0]), ([[0]], [0]))), rising(LIFT)), 'proved')
row('7: a direction on an interval', falls(line, dead, rule('descent-direction', direction=opens)), 'declined', None)
row('7: curvature on an interval, on one side only', falls(line, dead, rule('negative-curvature', direction=opens)), 'rejected', 'curvature')
row('7: curvature on an interval', falls(line, layers(([[0]], [1]), ([[0]], ['1/2'])), rule('negative-curvature', direction=layers(([[1]], [0]), ([[1]], [-1])))), 'proved')
row('7: curvature on an interval, upward', falls(line, layers(([[0]], [1]), ([[0]], ['1/2'])), rule('negative-curvature', direction=layers(([[1]], [0]), ([[-1]], [1])))), 'rejected', 'curvature')
row('7: two outputs', falls(edited(two_outputs, ('data', 'targets'), [X, X]), layers(([[1]], [-1]), ([[1], [1]], ['1/2', '1/2'])),
                            curve(layers(([[0]], [1]), ([[0], [0]], [0, 0])))), 'proved')
row('7: two outputs that outweigh each other', falls(edited(two_outputs, ('data', 'targets'), [X, X]), layers(([[1]], [-1]), ([[1], [-1]], ['1/2', '1/2'])),
                                                     curve(layers(([[0]], [1]), ([[0], [0]], [0, 0])))), 'rejected', 'curve')
row('7: a curve on a box', falls(flat, layers(([[0, 0]], [-2]), ([[1]], [0])), curve(layers(([[0, 0]], [0]), ([[0]], [1])))), 'declined', 'interval')
row('7: a curve of two hidden layers', falls(box([0], [1], X, [dense(1), act(), dense(1), act(), dense(1)]), layers(([[1]], [-2]), ([[1]], [-1]), ([[1]], [0])),
                                             curve(layers(([[0]], [0]), ([[0]], [0]), ([[0]], [1])))), 'declined', 'one hidden layer')
frozen = box([0], [1], X, [dense(1), act(), dense(1, True, ([[1]], ['1/2']))])
row('7: a frozen layer', falls(frozen, layers(([[1]], [-1])), curve(layers(([[0]], [1])))), 'proved')
row('7: a step for a frozen layer', falls(frozen, layers(([[1]], [-1])), curve(opens)), 'rejected', 'array of 1')
row('7: a hidden layer without bias', falls(box([0], [1], X, [dense(1, False), act(), dense(1)]), layers(([[0]],), ([[1]], ['1/2'])), curve(layers(([[1]],), ([[0]], [0])))), 'proved')
