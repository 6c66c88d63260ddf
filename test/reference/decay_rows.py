"""Rows of the self-test for weight decay, logits, exact gradients of formal sums and curved pieces, and gradients over a ball."""

from further_rows import LOWER, of_near
from writing import SPAN, act, certificate, column, conv, dense, edited, layers, local, pool, problem, q, residual, row, rule

FLATTEN = {'type': 'flatten'}
NODE, DESCENT, PROBLEM = ('proof', 'localMinimum'), ('proof', 'descent'), ('statement', 'problem')
HESSIAN, BOUND = rule('exact-hessian'), rule('gradient-bound')


def decayed(of, l2):
    return {**of, 'regularization': {'l2': q(l2)}}


# ---- weight decay: 2 (w - 4)^2 + 2 (b - 1)^2 + 2 (w^2 + b^2) has its minimum 17 at (2, 1/2) ----

line = decayed(problem(column(1, -1), column(5, -3), [dense(1)]), 2)
at_minimum, without = layers(([[2]], ['1/2'])), layers(([[4]], [1]))
critical = local(line, at_minimum, HESSIAN)
row('decay: the minimum', critical, 'proved', risk=('17', None, None))
row('decay: the minimum without it', local(line, without, HESSIAN), 'rejected', 'gradient')
row('decay: the bias counts', local(line, layers(([[2]], [1])), HESSIAN), 'rejected', 'gradient')
for name, path, value, verdict, reason in [
    ('another l2', ('regularization', 'l2'), '1', 'rejected', 'gradient'),
    ('l2 is 0', ('regularization', 'l2'), '0', 'rejected', '> 0'),
    ('l2 < 0', ('regularization', 'l2'), '-2', 'rejected', '> 0'),
    ('no l2', ('regularization', 'l2'), None, 'rejected', 'missing-key'),
    ('l1', ('regularization', 'l1'), '1', 'rejected', 'unknown-key'),
    ('a number', ('regularization',), '2', 'rejected', 'object'),
]:
    row(f'decay: {name}', edited(critical, PROBLEM + path, value), verdict, reason)
for hint in ('gauge', 'silent'):
    row(f'decay: {hint}', local(line, at_minimum, rule('exact-hessian', **{hint: []})), 'rejected', 'wrong-hint')
row('decay: a logit', local(line, at_minimum, rule('exact-hessian', logit=0)), 'rejected', 'wrong-hint')
row('decay: a better point', certificate('spurious-local-minimum', line, at_minimum, {'localMinimum': HESSIAN, 'lowerRisk': LOWER},
                                         betterPoint=without), 'rejected', 'lower-risk')
row('decay: affine-span knows nothing of it', local(line, at_minimum, SPAN), 'declined', 'weight decay')
row('decay: nor convex-span', certificate('global-minimum', line, at_minimum, {'globalMinimum': rule('convex-span')}), 'declined', 'weight decay')
row('decay: nor descents', certificate('not-local-minimum', line, without, {'descent': rule('descent-direction', direction=at_minimum)}),
    'declined', 'weight decay')
row('decay: lower', certificate('not-global-minimum', line, without, {'lowerRisk': LOWER}, betterPoint=at_minimum), 'proved', risk=('34', '17', '17'))
row('decay: lower without it', certificate('not-global-minimum', line, at_minimum, {'lowerRisk': LOWER}, betterPoint=without), 'rejected', 'lower-risk')
on_box = {'network': line['network'], 'loss': line['loss'], 'regularization': line['regularization'],
          'data': {'type': 'box', 'lower': ['0'], 'upper': ['1'], 'targets': [{'terms': []}]}}
row('decay: on a box', certificate('not-global-minimum', on_box, without, {'lowerRisk': LOWER}, betterPoint=at_minimum), 'declined', 'samples')
frozen = decayed(problem([[1]], [[1]], [dense(1, False), dense(1, False, ([[3]],))]), 9)
row('decay: frozen weights do not count', local(frozen, layers(([['1/6']],)), HESSIAN), 'proved', risk=('1/2', None, None))
row('decay: frozen weights, another point', local(frozen, layers(([['1/3']],)), HESSIAN), 'rejected', 'gradient')
off = decayed(problem([[1]], [[2]], [dense(2, False), act(), dense(1, False)]), '1/4')
row('decay: a unit that is off', local(off, layers(([[1], [-1]],), ([[1, 1]],)), HESSIAN), 'rejected', 'gradient')

ball = of_near('local-minimum-near', line, at_minimum, '1/100', rule('strongly-convex-ball', modulus='7'))
row('decay: the ball', ball, 'proved')
for name, path, value, reason in [
    ('a modulus above the Hessian', NODE + ('modulus',), '9', 'definite'),
    ('the minimum without it', ('statement', 'point'), without, 'small-gradient'),
    ('an empty gauge', NODE + ('gauge',), [], 'wrong-hint'),
    ('nothing silent', NODE + ('silent',), [], 'wrong-hint'),
    ('redundant columns', NODE + ('redundant',), {'columns': [0, 1], 'T': q([[1, 0], [0, 1]])}, 'wrong-hint'),
    ('a logit', NODE + ('logit',), 0, 'wrong-hint'),
]:
    row(f'decay: the ball, {name}', edited(ball, path, value), 'rejected', reason)
away = of_near('no-local-minimum-near', line, without, '1/10', BOUND)
row('decay: no minimum where there is one without it', away, 'proved', risk=('34', None, None))
row('decay: a gradient that may vanish', edited(away, ('statement', 'point'), at_minimum), 'rejected', 'gradient-bound')
row('decay: a large ball', edited(away, ('statement', 'radius'), '3'), 'rejected', 'gradient-bound')
deep = problem([[1]], [[1]], [dense(1, False), dense(1, False)])
ONES = layers(([[1]],), ([[1]],))
bent = of_near('no-local-minimum-near', decayed(deep, '1/2'), layers(([[0]],), ([[0]],)), '1/100', rule('negative-curvature', direction=ONES))
row('decay: bends down', bent, 'proved')
row('decay: the penalty outweighs the curvature', edited(bent, PROBLEM + ('regularization', 'l2'), '2'), 'rejected', 'curvature')

# ---- formal gradients ----

well = problem([[1]], [[1]], [dense(1, False), act('quadratic'), dense(1, True, ([[1]], [-1]))], {'function': 'logistic'})
row('decay: logits in balance', local(decayed(well, '1/2'), layers(([[1]],)), HESSIAN), 'proved')
for l2 in ('1', '1/4', '1/3'):
    row(f'decay: logits, l2 = {l2}', local(decayed(well, l2), layers(([[1]],)), HESSIAN), 'rejected', 'gradient')
radical = decayed(problem([[1]], [[2]], [dense(1, False)], {'function': 'power', 'exponent': '3/2'}), '3/4')
row('decay: radicals in balance', local(radical, layers(([[1]],)), HESSIAN), 'proved')
row('decay: an irrational root', local(edited(radical, ('data', 'targets'), [['3']]), layers(([[1]],)), HESSIAN), 'rejected', 'gradient')
row('decay: the other sign', local(edited(radical, ('data', 'targets'), [['0']]), layers(([[1]],)), HESSIAN), 'rejected', 'gradient')

X, Y = column(-3, -1, 1, 3), column('-1/2', '-3/2', '-1/2', '5/2')
HALF_X = layers(([['1/2']], [0]))
for loss in ({'function': 'log-cosh'}, {'function': 'power', 'exponent': '5/2'}, {'function': 'power', 'exponent': '3/2'}, {'function': 'squared'}):
    fit = problem(X, Y, [dense(1)], loss)
    row(f'hessian: {loss}', local(fit, HALF_X, HESSIAN), 'proved')
    row(f'hessian: {loss}, a target', local(edited(fit, ('data', 'targets', 0), ['-1/3']), HALF_X, HESSIAN), 'rejected', 'gradient')
huber = problem(column(1, 1), column(-2, 2), [dense(1, False)], {'function': 'huber', 'threshold': '1'})
row('hessian: huber, far from both', local(huber, layers(([[0]],)), HESSIAN), 'rejected', 'definite')
for name, network, point, verdict, reason in [
    ('a square', [dense(1, False), act('quadratic'), dense(1, False, ([[1]],))], layers(([[1]],)), 'proved', None),
    ('a cube', [dense(1, False), act('piecewise', breakpoints=[], pieces=[{'polynomial': q([0, 0, 0, 1])}]), dense(1, False, ([[1]],))], layers(([[1]],)),
     'proved', None),
    ('a cube, not critical', [dense(1, False), act('piecewise', breakpoints=[], pieces=[{'polynomial': q([0, 0, 0, 1])}]), dense(1, False, ([[1]],))],
     layers(([[2]],)), 'rejected', 'gradient'),
    ('a square that is flat', [dense(1, False), act('quadratic'), dense(1, False, ([[1]],))], layers(([[0]],)), 'rejected', 'definite'),
    ('C^1 at a breakpoint', [dense(1), act('piecewise', breakpoints=['0'], pieces=[{'polynomial': q([0, 1])}, {'polynomial': q([0, 1, 1])}]),
                             dense(1, True, ([[1]], [1]))], layers(([[1]], [-1])), 'rejected', 'definite'),
    ('hardswish', [dense(1, False), act('hardswish'), dense(1, False, ([[6]],))], layers(([[-4]],)), 'rejected', 'definite'),
    ('tanh', [dense(1, False), act('tanh'), dense(1, False)], layers(([[1]],), ([[1]],)), 'declined', 'smooth-piece'),
]:
    row(f'hessian: {name}', local(problem([[1]], [[1]], network), point, HESSIAN), verdict, reason)
breaking = problem(column(0, 1), column(0, 1), [dense(1, False), act('piecewise', breakpoints=['0'], pieces=[
    {'polynomial': q([0, 1])}, {'polynomial': q([0, 1, 1])}]), dense(1, False, ([['1/2']],))])
row('hessian: critical at a C^1 breakpoint', local(breaking, layers(([[1]],)), HESSIAN), 'proved')
row('hessian: a kink at a datum', local(edited(breaking, ('network', 'layers', 1, 'pieces', 0), {'polynomial': q([0, 2])}), layers(([[1]],)), HESSIAN),
    'rejected', 'strict-piece')
pooled = problem([[1, 2]], [[4]], [conv(1, 1, False), act('quadratic'), pool('maxpool', 2), FLATTEN, dense(1, False, ([[1]],))], shape=[1, 2])
row('hessian: a square and a pool', local(pooled, layers(([[[1]]],)), HESSIAN), 'proved')
row('hessian: a tied pool', local(edited(pooled, ('data', 'inputs'), q([[2, 2]])), layers(([[[1]]],)), HESSIAN), 'rejected', 'tied-pool')
past = problem([[1, 2]], [[5]], [conv(1, 1, False), residual(act('quadratic')), pool('avgpool', 2), FLATTEN, dense(1, False, ([[1]],))], shape=[1, 2])
row('hessian: a residual of a square', local(edited(past, ('data', 'targets'), [['4']]), layers(([[[1]]],)), HESSIAN), 'proved')
row('hessian: a residual of a square, a target', local(past, layers(([[[1]]],)), HESSIAN), 'rejected', 'gradient')

# ---- logits ----

even = [['1/4', '3/4'], ['3/4', '1/4'], ['3/4', '1/4'], ['1/4', '3/4']]
softmax = problem(X, even, [dense(2)], {'function': 'cross-entropy'})
NONE = layers(([[0], [0]], [0, 0]))
row('logit: one row stays', local(softmax, NONE, rule('exact-hessian', logit=1)), 'proved')
row('logit: the other row', local(softmax, NONE, rule('exact-hessian', logit=0)), 'proved')
for name, of, point, node, reason in [
    ('all rows move', softmax, NONE, HESSIAN, 'definite'),
    ('no such row', softmax, NONE, rule('exact-hessian', logit=2), 'no such output'),
    ('two rows', softmax, NONE, rule('exact-hessian', logit=[0, 1]), 'logit'),
    ('another target', edited(softmax, ('data', 'targets', 0), ['1/2', '1/2']), NONE, rule('exact-hessian', logit=1), 'gradient'),
    ('another loss', edited(softmax, ('loss', 'function'), 'logistic'), NONE, rule('exact-hessian', logit=1), 'not-a-gauge'),
    ('a frozen last layer', problem(X, even, [dense(1), dense(2, True, ([[1], [0]], [0, 0]))], {'function': 'cross-entropy'}), layers(([[0]], [0])),
     rule('exact-hessian', logit=1), 'not-a-gauge'),
    ('a convolution', problem([[1]], [['1/2', '1/2']], [conv(2, 1)], {'function': 'cross-entropy'}, shape=[1, 1]), layers(([[[0]], [[0]]], [0, 0])),
     rule('exact-hessian', logit=1), 'not-a-gauge'),
]:
    row(f'logit: {name}', local(of, point, node), 'rejected', reason)
soft_ball = of_near('local-minimum-near', softmax, layers(([['1/10000'], [0]], [0, 0])), '1/100', rule('strongly-convex-ball', modulus='1/2', logit=1))
row('logit: the ball', soft_ball, 'proved')
row('logit: the ball, a large modulus', edited(soft_ball, NODE + ('modulus',), '2'), 'rejected', 'definite')
row('logit: the ball, all rows move', edited(soft_ball, NODE + ('logit',), None), 'rejected', 'definite')
row('logit: the ball, far away', edited(soft_ball, ('statement', 'point'), layers(([[1], [0]], [0, 0]))), 'rejected', 'small-gradient')
row('logit: with weight decay all rows move', edited(edited(soft_ball, PROBLEM, decayed(softmax, 1)), NODE + ('logit',), None), 'proved')
row('logit: a gradient over a ball', of_near('no-local-minimum-near', softmax, layers(([[1], [0]], [0, 0])), '1/10', BOUND), 'proved')
row('logit: a gradient that may vanish', of_near('no-local-minimum-near', softmax, NONE, '1/10', BOUND), 'rejected', 'gradient-bound')
hill = problem([[1]], [['1/2', '1/2']], [dense(1, False), act('quadratic'), dense(2, False, ([[1], [-1]],))], {'function': 'cross-entropy'})
row('logit: curvature', of_near('no-local-minimum-near', edited(hill, ('data', 'targets'), q([['3/4', '1/4']])), layers(([[0]],)), '1/10',
                                rule('negative-curvature', direction=layers(([[1]],)))), 'proved')
row('logit: curvature of the other sign', of_near('no-local-minimum-near', edited(hill, ('data', 'targets'), q([['1/4', '3/4']])), layers(([[0]],)), '1/10',
                                                  rule('negative-curvature', direction=layers(([[1]],)))), 'rejected', 'curvature')

# ---- gradients of smooth risks over a ball ----

TANH = [dense(1, False), act('tanh'), dense(1, False, ([[1]],))]
steep = of_near('no-local-minimum-near', problem([[1]], [[0]], TANH), layers(([[1]],)), '1/2', BOUND)
row('bound: tanh', steep, 'proved')
row('bound: tanh, its minimum on the edge', edited(steep, ('statement', 'radius'), '1'), 'rejected', 'gradient-bound')
low = problem([[1]], [[-10]], [dense(1, False), act('elu'), dense(1, False, ([[1]],))])
row('bound: across a C^1 breakpoint', of_near('no-local-minimum-near', low, layers(([[0]],)), '1/10', BOUND), 'proved')
row('bound: across a kink of a smooth activation', of_near('no-local-minimum-near', edited(low, ('network', 'layers', 1), act('elu', alpha='1/2')),
                                                          layers(([[0]],)), '1/10', BOUND), 'rejected', 'strict-piece')
row('bound: beside that kink', of_near('no-local-minimum-near', edited(low, ('network', 'layers', 1), act('elu', alpha='1/2')),
                                       layers(([[1]],)), '1/10', BOUND), 'proved')
root = problem(column(1, 1), column(0, 5), [dense(1, False)], {'function': 'power', 'exponent': '3/2'})
row('bound: |r|^(3/2) across 0', of_near('no-local-minimum-near', root, layers(([[0]],)), '1/10', BOUND), 'proved')
row('bound: |r|^(3/2) around its minimum', of_near('no-local-minimum-near', root, layers(([[2]],)), 1, BOUND), 'rejected', 'gradient-bound')
for loss in ('log-cosh', 'logistic'):
    of = problem([[1]], [[0]], [dense(1, False)], {'function': loss})
    row(f'bound: {loss}', of_near('no-local-minimum-near', of, layers(([[1]],)), '1/2', BOUND), 'proved')
row('bound: log-cosh at its minimum', of_near('no-local-minimum-near', problem([[1]], [[0]], [dense(1, False)], {'function': 'log-cosh'}),
                                              layers(([[0]],)), '1/2', BOUND), 'rejected', 'gradient-bound')
ridge = problem([[1, 1]], [[-9]], [conv(1, 1, False), act('quadratic'), pool('maxpool', 2), FLATTEN, dense(1, False, ([[1]],))], shape=[1, 2])
row('bound: a tied pool', of_near('no-local-minimum-near', ridge, layers(([[[1]]],)), '1/10', BOUND), 'rejected', 'tied-pool')
row('bound: a pool', of_near('no-local-minimum-near', edited(ridge, ('data', 'inputs'), q([[1, 2]])), layers(([[[1]]],)), '1/10', BOUND), 'proved')
row('bound: relu and log-cosh at a kink', of_near('no-local-minimum-near', problem([[1]], [[-9]], [dense(1, False), act(), dense(1)], {'function': 'log-cosh'}),
                                                  layers(([[0]],), ([[1]], [0])), '1/10', BOUND), 'rejected', 'strict-piece')

teaching = {'network': {'input': [2], 'layers': [dense(1, False), act(), dense(1, False, ([[1]],))]}, 'loss': {'function': 'squared', 'factor': '1/2'},
            'data': {'type': 'gaussian-teacher', 'dimension': 2, 'teacher': q([[1, 0]])}}
pulled = of_near('no-local-minimum-near', teaching, layers(([[0, 1]],)), '1/100', BOUND)
row('teacher: a gradient', pulled, 'proved')
row('teacher: a gradient around the minimum', edited(pulled, ('statement', 'point'), layers(([[1, '1/100']],))), 'rejected', 'parallel-units')
row('teacher: a gradient in a large ball', edited(pulled, ('statement', 'radius'), '2'), 'rejected', 'parallel-units')
row('teacher: a hint', edited(pulled, DESCENT + ('gauge',), []), 'rejected', 'unknown-key')
row('teacher: weight decay', edited(pulled, PROBLEM + ('regularization',), {'l2': '1'}), 'declined', 'samples')
smooth_better = certificate('not-global-minimum', problem([[1]], [[0]], TANH), layers(([[1]],)), {'lowerRisk': LOWER}, betterPoint=layers(([['1/2']],)))
row('6: a better point, both in smooth pieces', smooth_better, 'proved')
