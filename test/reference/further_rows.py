"""Rows of the self-test for what is not decided in fractions of numbers: irrational losses, smooth pieces, families, boxes,
Gaussian teachers, and what holds near a point."""

from writing import SPAN, act, certificate, column, conv, dense, edited, layers, local, pool, problem, q, row, rule

LOWER = rule('lower-risk')


def of_near(kind, of, point, radius, node, **more):
    key = 'descent' if kind.startswith('no-') else 'localMinimum'
    proof = {key: node, **({'lowerRisk': LOWER} if 'betterPoint' in more else {})}
    statement = {'point': point, 'radius': q(radius), **more}
    return {**certificate(kind, of, point, proof), 'statement': {'kind': kind, 'problem': of, **statement}}


# ---- irrational losses and polynomial ones: residuals -1, 1, 1, -1 around x / 2 ----

X, Y = column(-3, -1, 1, 3), column('-1/2', '-3/2', '-1/2', '5/2')
UNIT = [dense(1), act(), dense(1)]
HALF_X = layers(([[1]], [10]), ([['1/2']], [-5]))
for loss in ({'function': 'log-cosh'}, {'function': 'power', 'exponent': '3/2'}, {'function': 'power', 'exponent': '7/3'},
             {'function': 'polynomial', 'coefficients': q([0, 0, 1, 0, 1])},
             {'function': 'polynomial', 'coefficients': q(['1/4', 0, -1, 0, 1])}):
    name = f'1: {loss}'
    row(name, local(problem(X, Y, UNIT, loss), HALF_X, SPAN), 'proved')
    row(f'{name}, another target', local(problem(X, column('-1/2', '-3/2', '-1/2', 2), UNIT, loss), HALF_X, SPAN), 'rejected')
    row(f'{name}, another weight', local(problem(X, Y, UNIT, loss, [1, 1, 1, 2]), HALF_X, SPAN), 'rejected', 'moment')
row('1: a double well on its hill', local(problem(X, column('-3/2', '-1/2', '1/2', '3/2'), UNIT,
    {'function': 'polynomial', 'coefficients': q(['1/4', 0, -1, 0, 1])}), HALF_X, SPAN), 'rejected', 'not-convex-here')
row('1: radicals of one class', local(problem(column(-1, 1, 1), column('-4', '1', '1'), [dense(1, False)],
    {'function': 'power', 'exponent': '3/2'}), layers(([[0]],)), SPAN), 'rejected', 'moment')
row('1: radicals, 4^(1/2) = 2', local(problem(column(1, -1, -1), column(4, 1, 1), [dense(1, False)],
    {'function': 'power', 'exponent': '3/2'}), layers(([[0]],)), SPAN), 'proved')
row('1: radicals, 4^(1/3) is not 2', local(problem(column(1, -1, -1), column(4, 1, 1), [dense(1, False)],
    {'function': 'power', 'exponent': '4/3'}), layers(([[0]],)), SPAN), 'rejected', 'moment')
row('1: radicals, 16^(1/3) = 2 2^(1/3)', local(problem(column(1, -1, -1), column(16, 2, 2), [dense(1, False)],
    {'function': 'power', 'exponent': '4/3'}), layers(([[0]],)), SPAN), 'proved')
FLAT = layers(([[1]], [10]), ([[0]], [0]))
logistic = problem(X, column('1/4', '3/4', '3/4', '1/4'), UNIT, {'function': 'logistic'})
row('1: logistic', local(logistic, FLAT, SPAN), 'proved')
row('1: logistic, a moment', local(edited(logistic, ('data', 'targets'), q(column('1/4', '3/4', '1/4', '3/4'))), FLAT, SPAN), 'rejected', 'moment')
row('1: logistic, logits 1', local(logistic, layers(([[1]], [10]), ([[0]], [1])), SPAN), 'rejected', 'moment')
row('1: logistic, a target of 2', local(edited(logistic, ('data', 'targets', 0), ['2']), FLAT, SPAN), 'rejected', 'probabilities')
TWO = [dense(1), act(), dense(2)]
rows_of = [['1/4', '3/4'], ['3/4', '1/4'], ['3/4', '1/4'], ['1/4', '3/4']]
entropy = problem(X, rows_of, TWO, {'function': 'cross-entropy'})
EVEN = layers(([[1]], [10]), ([[0], [0]], [0, 0]))
row('1: cross-entropy', local(entropy, EVEN, SPAN), 'proved')
row('1: cross-entropy, both logits 3', local(entropy, layers(([[1]], [10]), ([[0], [0]], [3, 3])), SPAN), 'proved')
row('1: cross-entropy, logits 0 and 1', local(entropy, layers(([[1]], [10]), ([[0], [0]], [0, 1])), SPAN), 'rejected', 'moment')
row('1: cross-entropy, a row of sum 2', local(edited(entropy, ('data', 'targets', 0), ['1', '1']), EVEN, SPAN), 'rejected', 'probabilities')
row('6: log-cosh, lower risk', certificate('not-global-minimum', problem(X, Y, UNIT, {'function': 'log-cosh'}), FLAT,
                                           {'lowerRisk': LOWER}, betterPoint=HALF_X), 'proved')
row('6: log-cosh, higher risk', certificate('not-global-minimum', problem(X, Y, UNIT, {'function': 'log-cosh'}), HALF_X,
                                            {'lowerRisk': LOWER}, betterPoint=FLAT), 'rejected', 'lower-risk')
row('6: a polynomial loss below 0', certificate('global-minimum', problem(X, X, [dense(1)], {'function': 'polynomial', 'coefficients': q([0, 0, -1, 0, 1])}),
                                                layers(([[1]], [0])), {'globalMinimum': rule('zero-loss')}), 'declined', 'least value')
row('6: convex-span and a double well', certificate('global-minimum', problem(X, Y, [dense(1)], {'function': 'polynomial', 'coefficients': q(['1/4', 0, -1, 0, 1])}),
                                                    layers(([['1/2']], [0])), {'globalMinimum': rule('convex-span')}), 'rejected', 'not-convex')

# ---- families (section 9): the worked certificate's point, lifted ----

WX, WY = column(-4, -3, -2, 2, 3, 4), column(4, 2, 2, 2, 4, 4)
WORKED = problem(WX, WY, [dense(2), act(), dense(1)])
BETTER = layers(([[-2], [1]], ['-2/3', '301/3']), ([[1, 1]], [-100]))
LIFTED = {'parameters': [{'name': 't', 'from': '0', 'to': '1'}],
          'layers': [{'weights': q([['3/29'], [0]]), 'bias': [{'numerator': ['3', '1']}, '-1']},
                     {'weights': q([[1, 0]]), 'bias': [{'numerator': ['0', '-1']}]}]}
family = {**certificate('spurious-family', WORKED, None, {
    'localMinimum': SPAN, 'lowerRisk': LOWER,
    'injective': rule('strictly-monotone', coordinates=[{'layer': 0, 'bias': 0}], predictions=[{'input': ['-50'], 'output': 0}])})}
family['statement'] = {'kind': 'spurious-family', 'problem': WORKED, 'family': LIFTED, 'betterPoint': BETTER, 'gap': '352/87',
                       'realizations': 'distinct'}
FAMILY, INJECTIVE = ('statement', 'family'), ('proof', 'injective')
row('9: a family', family, 'proved', risk=('156/29', '4/3', '352/87'))
same = edited(edited(family, ('statement', 'realizations'), 'same-predictions'), INJECTIVE + ('predictions',), None)
row('9: the same predictions', same, 'proved')
for name, base, path, value, reason in [
    ('gap', family, ('statement', 'gap'), '353/87', 'gap'),
    ('gap 0', family, ('statement', 'gap'), '0', '> 0'),
    ('an empty range', family, FAMILY + ('parameters', 0, 'to'), '0', 'empty-range'),
    ('a kink inside', family, FAMILY + ('parameters', 0, 'from'), '-3', 'sign'),
    ('a kink at the end', family, FAMILY + ('layers', 0, 'bias', 1), {'numerator': ['-1', '1']}, 'sign'),
    ('an equation at one end only', family, FAMILY + ('layers', 1, 'bias', 0), {'numerator': ['0', '-2', '1']}, 'moment'),
    ('a denominator that vanishes', family, FAMILY + ('layers', 0, 'bias', 1), {'numerator': ['-1'], 'denominator': ['0', '1']}, 'vanishing'),
    ('t / t at 0', family, FAMILY + ('layers', 0, 'bias', 1), {'numerator': ['0', '-1'], 'denominator': ['0', '1']}, 'vanishing'),
    ('a constant coordinate', family, INJECTIVE + ('coordinates', 0), {'layer': 0, 'bias': 1}, 'not-monotone'),
    ('no such coordinate', family, INJECTIVE + ('coordinates', 0), {'layer': 2, 'bias': 1}, 'no such layer'),
    ('two coordinates', family, INJECTIVE + ('coordinates',), [{'layer': 0, 'bias': 0}] * 2, 'array of 1'),
    ('a prediction that stays', family, INJECTIVE + ('predictions', 0), {'sample': 0, 'output': 0}, 'not-monotone'),
    ('other functions called the same', same, ('statement', 'realizations'), 'same-function', 'same-function'),
    ('predictions where none are', same, INJECTIVE + ('predictions',), [], 'unknown-key'),
]:
    row(f'9: {name}', edited(base, path, value), 'declined' if reason == 'sign' else 'rejected', reason)
scaled = edited(edited(same, FAMILY + ('layers',), [
    {'weights': [[{'numerator': ['3/29', '3/29']}], ['0']], 'bias': [{'numerator': ['3', '3']}, '-1']},
    {'weights': [[{'numerator': ['1'], 'denominator': ['1', '1']}, '0']], 'bias': ['0']}]), ('statement', 'realizations'), 'same-function')
row('9: the same function', scaled, 'proved')
row('9: t^2 on [-1/2, 1]', edited(edited(scaled, FAMILY + ('parameters', 0, 'from'), '-1/2'), FAMILY + ('layers', 0, 'bias', 1),
                                  {'numerator': ['-2', '0', '1']}), 'proved')
row('9: t^2 is not monotone', edited(edited(edited(scaled, FAMILY + ('parameters', 0, 'from'), '-1/2'), FAMILY + ('layers', 0, 'bias', 1),
                                            {'numerator': ['-2', '0', '1']}), INJECTIVE + ('coordinates', 0, 'bias'), 1), 'rejected', 'not-monotone')
plane = edited(edited(scaled, FAMILY + ('parameters',), [{'name': n, 'from': '0', 'to': '1'} for n in 'st']), FAMILY + ('layers',), [
    {'weights': q([['3/29'], [0]]), 'bias': ['3', {'numerator': [{'coefficient': '-3', 'exponents': [0, 0]}, {'coefficient': '1', 'exponents': [1, 1]}]}]},
    {'weights': [['1', {'numerator': [{'coefficient': '1', 'exponents': [1, 0]}]}]], 'bias': ['0']}])
plane = edited(edited(plane, ('statement', 'realizations'), 'same-predictions'), INJECTIVE + ('coordinates',),
               [{'layer': 1, 'unit': 0, 'input': 1}, {'layer': 0, 'bias': 1}])
row('9: two parameters, no slope at s = 0', plane, 'rejected', 'not-monotone')
row('9: two parameters', edited(plane, FAMILY + ('parameters', 0, 'from'), '1/2'), 'proved')
row('9: two parameters in the wrong order', edited(edited(plane, FAMILY + ('parameters', 0, 'from'), '1/2'), INJECTIVE + ('coordinates',),
    [{'layer': 0, 'bias': 1}, {'layer': 1, 'unit': 0, 'input': 1}]), 'rejected', 'depends-on-later')

# ---- boxes ----


def box(lower, upper, target, network, loss=None, **more):
    return {'network': {'input': [len(lower)], 'layers': network}, 'loss': loss or {'function': 'squared'},
            'data': {'type': 'box', 'lower': q(lower), 'upper': q(upper), **more, 'targets': [target]}}


def terms(*pairs):
    return {'terms': [{'coefficient': q(c), 'exponents': list(e)} for c, e in pairs]}


square = box([0], [1], terms((1, [2])), UNIT)
LINE = layers(([[1]], [1]), ([[1]], ['-7/6']))
row('box: the best line', local(square, LINE, SPAN), 'proved', risk=('1/180', None, None))
for name, base, point, verdict, reason in [
    ('not the best line', square, layers(([[1]], [1]), ([[1]], [-1])), 'rejected', 'moment'),
    ('a kink at the end', square, layers(([[1]], [0]), ([[1]], ['-1/6'])), 'rejected', 'strict-piece'),
    ('the mean, dead', square, layers(([[1]], [-2]), ([[1]], ['1/3'])), 'proved', None),
    ('the mean, alive', square, layers(([[0]], [1]), ([[1]], ['-2/3'])), 'rejected', 'moment'),
    ('a density', edited(square, ('data', 'density'), {'polynomial': ['0', '2']}), LINE, 'rejected', 'moment'),
    ('a density 2', edited(square, ('data', 'density'), {'polynomial': ['2']}), LINE, 'proved', None),
    ('a density < 0', edited(square, ('data', 'density'), {'polynomial': ['1', '-2']}), LINE, 'rejected', 'density'),
    ('a density 0', edited(square, ('data', 'density'), {'terms': []}), LINE, 'rejected', 'density'),
    ('an empty box', edited(square, ('data', 'upper'), ['0']), LINE, 'rejected', 'lower < upper'),
    ('a jump', edited(square, ('data', 'targets', 0), {'breakpoints': ['1/2'], 'pieces': [{'polynomial': ['0']}, {'polynomial': ['1']}]}),
     LINE, 'rejected', 'discontinuous'),
    ('huber', edited(square, ('loss',), {'function': 'huber', 'threshold': '1'}), LINE, 'declined', 'not one polynomial'),
    ('a loss that is not convex', edited(square, ('loss',), {'function': 'polynomial', 'coefficients': q([0, 0, 1, 0, -1])}), LINE, 'rejected', 'not-convex'),
    ('a curved piece', box([-1], [1], terms((-1, [2])), [dense(1, False), act('quadratic'), dense(1)]),
     layers(([[0]],), ([[-1]], ['-1/3'])), 'rejected', 'smooth-piece'),
]:
    row(f'box: {name}', local(base, point, SPAN), verdict, reason)
HINGE = layers(([[2]], [-1]), ([['3/4']], ['1/16']))
row('box: a hinge', certificate('not-global-minimum', square, LINE, {'lowerRisk': LOWER}, betterPoint=layers(([[1]], ['-1/2']), ([['3/2']], ['0']))),
    'rejected', 'lower-risk')
# 2 max(x - 1/2, 0) + x / 2 is the chord of x^2 on both halves; lower by 1/24: (1/2)^2 / 6.
chords = box([0], [1], terms((1, [2])), [dense(2), act(), dense(1)])
row('box: two chords', certificate('not-global-minimum', chords, layers(([[1], [0]], [1, -1]), ([[1, 0]], ['-7/6'])), {'lowerRisk': LOWER},
                                   betterPoint=layers(([[1], [1]], [0, '-1/2']), ([['1/2', 1]], ['-1/24']))), 'proved', risk=('1/180', '1/2880', '1/192'))
product = box([0, 0], [1, 1], terms((1, [1, 1])), [dense(2), act(), dense(1)])
saddle_line = layers(([['1/2', '1/2'], [0, 0]], [1, -1]), ([[1, 0]], ['-5/4']))
row('box: two dimensions', local(product, saddle_line, SPAN), 'proved', risk=('1/144', None, None))
row('box: a hinge across', certificate('spurious-local-minimum', product, saddle_line, {'localMinimum': SPAN, 'lowerRisk': LOWER},
                                       betterPoint=layers(([['1/5', '1/5'], [1, 1]], ['39/20', -1]), ([[1, '3/5']], [-2]))), 'proved')
row('box: hinges that cross', certificate('not-global-minimum', product, saddle_line, {'lowerRisk': LOWER},
                                          betterPoint=layers(([[1, 1], [1, -1]], [-1, 0]), ([[1, 1]], [0]))), 'declined', 'different directions')
row('box: convex-span', certificate('global-minimum', box([0], [1], terms((1, [2])), [dense(1)]), layers(([[1]], ['-1/6'])),
                                    {'globalMinimum': rule('convex-span')}), 'proved')
row('box: convex-span with a kink', certificate('global-minimum', square, LINE, {'globalMinimum': rule('convex-span')}), 'rejected', 'convex-span')
row('box: zero-loss', certificate('global-minimum', box([-1], [1], terms((1, [2])), [dense(1), act('quadratic'), dense(1)]),
                                  layers(([[1]], [0]), ([[1]], [0])), {'globalMinimum': rule('zero-loss')}), 'proved')
row('box: zero-loss of a line', certificate('global-minimum', square, LINE, {'globalMinimum': rule('zero-loss')}), 'rejected', 'zero-loss')
row('box: another rule', local(square, LINE, rule('exact-hessian')), 'declined', 'unsupported-combination')

# ---- a Gaussian teacher: one student w for e_1 and e_2; the minimum is (1/pi + 3/4)(1, 1) ----


def teaching(units, *teacher):
    d = len(teacher[0])
    return {'network': {'input': [d], 'layers': [dense(units, False), act(), dense(1, False, ([[1] * units],))]},
            'loss': {'function': 'squared', 'factor': '1/2'}, 'data': {'type': 'gaussian-teacher', 'dimension': d, 'teacher': q(teacher)}}


axes = teaching(1, [1, 0], [0, 1])
LEARNT = {'layers': [{'weights': [['1.0683098861837907', '1.0683098861837907']]}]}
ball = of_near('local-minimum-near', axes, LEARNT, '1/1000000', rule('strongly-convex-ball', modulus='1/10'))
row('teacher: a minimum', ball, 'proved')
for name, path, value, verdict, reason in [
    ('a large modulus', ('proof', 'localMinimum', 'modulus'), '1/4', 'rejected', 'definite'),
    ('another point', ('statement', 'point', 'layers', 0, 'weights', 0, 0), '1.07', 'rejected', 'small-gradient'),
    ('a tiny ball', ('statement', 'radius'), '1/1000000000000000000', 'rejected', 'small-gradient'),
    ('a large ball', ('statement', 'radius'), '1/10', 'rejected', 'definite'),
    ('a ball beyond the radius', ('proof', 'localMinimum', 'ballRadius'), '1/1000', 'rejected', 'too-far'),
    ('a parallel teacher', ('statement', 'problem', 'data', 'teacher', 0), ['1', '1'], 'rejected', 'parallel-units'),
    ('a teacher 0', ('statement', 'problem', 'data', 'teacher', 0), ['0', '0'], 'rejected', 'teacher is 0'),
    ('a student 0', ('statement', 'point', 'layers', 0, 'weights', 0), ['0', '0'], 'rejected', 'parallel-units'),
    ('factor 1', ('statement', 'problem', 'loss', 'factor'), '1', 'declined', 'half squares'),
    ('a gauge', ('proof', 'localMinimum', 'gauge'), [], 'declined', 'all parameters'),
]:
    row(f'teacher: {name}', edited(ball, path, value), verdict, reason)
row('teacher: lower risk', certificate('not-global-minimum', axes, layers(([[1, 1]],)), {'lowerRisk': LOWER}, betterPoint=LEARNT), 'proved')
row('teacher: not lower', certificate('not-global-minimum', axes, LEARNT, {'lowerRisk': LOWER}, betterPoint=layers(([[1, 1]],))), 'rejected', 'lower-risk')
row('teacher: students on the teacher', certificate('not-global-minimum', teaching(2, [1, 0], [0, 1]), layers(([[1, 1], [1, 0]],)),
                                                    {'lowerRisk': LOWER}, betterPoint=layers(([[0, 1], [1, 0]],))), 'proved')
bends = of_near('no-local-minimum-near', axes, layers(([['1/10', '1/20']],)), '1/1000', rule('negative-curvature', direction=layers(([[-1, 2]],))))
row('teacher: bends down', bends, 'proved')
row('teacher: bends up along itself', edited(bends, ('proof', 'descent', 'direction'), layers(([[2, 1]],))), 'rejected', 'curvature')
row('teacher: a ball around 0', edited(bends, ('statement', 'radius'), '1/5'), 'rejected', 'parallel-units')

# ---- affine-span-near ----

fit = problem(X, Y, UNIT, {'function': 'log-cosh'})
ZERO_PART = layers(([[0]], [0]), ([[0]], [0]))
embedding = [layers(([[0]], [10]), ([[1]], [-10])), layers(([[0]], [0]), ([[0]], [1])), layers(([[1]], [0]), ([[0]], [0]))]
span_near = of_near('local-minimum-near', fit, layers(([['1/2']], [10]), ([[1]], [-10])), '1/100',
                    rule('affine-span-near', center=q([0, '1/2']), ballRadius='1/1000', modulus='1', embedding=embedding))
row('near: the best fit', span_near, 'proved')
NODE = ('proof', 'localMinimum')
for name, path, value, reason in [
    ('a large modulus', NODE + ('modulus',), '3', 'convex'),
    ('another centre', NODE + ('center',), q(['1/10', '1/2']), 'small-gradient'),
    ('a centre too short', NODE + ('center',), q([0]), 'array of 2'),
    ('a large ball', NODE + ('ballRadius',), '10', 'convex'),
    ('a radius too small', ('statement', 'radius'), '1/1000', 'too-far'),
    ('another point', ('statement', 'point', 'layers', 0, 'bias', 0), '11', 'too-far'),
    ('an embedding off', NODE + ('embedding', 1, 'layers', 1, 'bias', 0), '2', 'identity'),
    ('an embedding too short', NODE + ('embedding',), embedding[:2], 'array of 3'),
    ('a kink in the data', NODE + ('embedding', 0), layers(([[0]], [1]), ([[1]], [-1])), 'identity'),
]:
    row(f'near: {name}', edited(span_near, path, value), 'rejected', reason)
two = edited(span_near, ('statement', 'problem', 'network', 'layers', 0, 'units'), 2)
two = edited(two, ('statement', 'point'), layers(([['1/2'], [1]], [10, 0]), ([[1, 0]], [-10])))
two = edited(two, NODE + ('embedding',), [layers(([[0], [1]], [10, 0]), ([[1, 0]], [-10])), layers(([[0], [0]], [0, 0]), ([[0, 0]], [1])),
                                          layers(([[1], [0]], [0, 0]), ([[0, 0]], [0]))])
row('near: two groups', two, 'rejected', 'several-groups')
softmax_near = of_near('local-minimum-near', entropy, EVEN, '1/10', rule(
    'affine-span-near', center=q([0, 0]), ballRadius='1/1000', modulus='1/2',
    embedding=[layers(([[1]], [10]), ([[0], [0]], [0, 0])), layers(([[0]], [0]), ([[0], [0]], [1, 0])), layers(([[0]], [0]), ([[1], [0]], [-10, 0]))]))
row('near: cross-entropy', softmax_near, 'proved')
row('near: cross-entropy, the last output moves', edited(softmax_near, NODE + ('embedding', 1, 'layers', 1, 'bias'), q([1, 1])), 'rejected', 'identity')

# ---- strongly-convex-ball and exact-hessian on samples ----

TANH = [dense(1, False), act('tanh'), dense(1, False)]
tanh_fit = problem(column('1/2', 2), [['0.46211715726000976'], ['0.96402758007581688']], TANH)
tanh_ball = of_near('local-minimum-near', tanh_fit, layers(([[1]],), ([[1]],)), '1/1000', rule('strongly-convex-ball', modulus='1/20'))
row('ball: tanh', tanh_ball, 'proved')
for name, path, value, reason in [
    ('a large modulus', NODE + ('modulus',), '1', 'definite'),
    ('another target', ('statement', 'problem', 'data', 'targets', 0), ['1/2'], 'small-gradient'),
    ('a large ball', ('statement', 'radius'), '1', 'definite'),
    ('tanh is no gauge', NODE + ('gauge',), [{'layer': 0, 'unit': 0, 'input': 0}], 'not-a-gauge'),
    ('nothing is silent', NODE + ('silent',), [{'layer': 0, 'unit': 0}], 'not-silent'),
    ('no such layer', NODE + ('silent',), [{'layer': 2, 'unit': 0}], 'no such parameter'),
]:
    row(f'ball: {name}', edited(tanh_ball, path, value), 'rejected', reason)
for function in ('sigmoid', 'tanh', 'atan', 'softplus', 'silu', 'gelu', 'sin', 'quadratic', 'elu', 'celu', 'isrlu', 'selu', 'hardswish'):
    # R = (h(w) - 1/3)^2 at w = 1/2.
    one = problem([[1]], [['1/3']], [dense(1, False), act(function), dense(1, False, ([[1]],))])
    row(f'ball: {function}, not at the bottom', of_near('local-minimum-near', one, layers(([['1/2']],)), '1/1000',
                                                       rule('strongly-convex-ball', modulus='1/1000')), 'rejected', 'small-gradient')
celu = problem(column(1, 2), column(0, 0), [dense(1, False), act('celu')] + [dense(1, False, ([[1]],))])
row('ball: across a C^1 breakpoint', of_near('local-minimum-near', celu, layers(([['1/1000']],)), '1/10', rule('strongly-convex-ball', modulus='1')), 'proved')
row('ball: across a kink', of_near('local-minimum-near', edited(celu, ('network', 'layers', 1), act('elu', alpha='1/2')), layers(([['1/1000']],)), '1/10',
                                   rule('strongly-convex-ball', modulus='1')), 'rejected', 'strict-piece')
row('ball: |r|^(3/2) across 0', of_near('local-minimum-near', problem([[1]], [[0]], [dense(1, False)], {'function': 'power', 'exponent': '3/2'}),
                                        layers(([[0]],)), '1/10', rule('strongly-convex-ball', modulus='1')), 'rejected', 'strict-loss')
GAUGE = [{'layer': 0, 'unit': 0, 'input': 0}]
hinge = problem([[1]], [[1]], [dense(1, False), act(), dense(1, False)])
ONES = layers(([[1]],), ([[1]],))
row('hessian: a gauge', local(hinge, ONES, rule('exact-hessian', gauge=GAUGE)), 'proved')
for name, of, point, node, reason in [
    ('no gauge', hinge, ONES, rule('exact-hessian'), 'definite'),
    ('two gauges', hinge, ONES, rule('exact-hessian', gauge=GAUGE * 2), 'not-a-gauge'),
    ('a gauge of the output', hinge, ONES, rule('exact-hessian', gauge=[{'layer': 1, 'unit': 0, 'input': 0}]), 'not-a-gauge'),
    ('a gradient', hinge, layers(([[1]],), ([[2]],)), rule('exact-hessian', gauge=GAUGE), 'gradient'),
    ('frozen outgoing weights', problem([[1]], [[0]], [dense(1, False), act(), dense(1, False, ([[1]],))]), layers(([[1]],)),
     rule('exact-hessian', gauge=GAUGE), 'not-a-gauge'),
    ('hardtanh', edited(hinge, ('network', 'layers', 1), act('hardtanh')), layers(([['1/2']],), ([[2]],)), rule('exact-hessian', gauge=GAUGE), 'not-a-gauge'),
    ('a kink', hinge, layers(([[0]],), ([[1]],)), rule('exact-hessian', gauge=GAUGE), 'not-a-gauge'),
    ('at a kink', hinge, layers(([[0]],), ([[1]],)), rule('exact-hessian'), 'strict-piece'),
    ('r^4', problem([[1]], [[0]], [dense(1, False)], {'function': 'power', 'exponent': '4'}), layers(([[0]],)), rule('exact-hessian'), 'definite'),
    ('a saddle', problem([[1]], [[1]], [dense(1, False), dense(1, False)]), layers(([[0]],), ([[0]],)), rule('exact-hessian'), 'definite'),
]:
    row(f'hessian: {name}', local(of, point, node), 'rejected', reason)
row('hessian: a channel is one unit', local(problem([[1, 2]], [['3/2']], [conv(1, 1, False), act(), pool('avgpool', 2), {'type': 'flatten'}, dense(1, False)], shape=[1, 2]),
                                            layers(([[[1]]],), ([[1]],)), rule('exact-hessian', gauge=GAUGE)), 'proved')
wide = problem([[1, 0]], [[1]], [dense(1, False), act(), dense(1, False)])
WIDE = layers(([[1, 5]],), ([[1]],))
row('hessian: a silent input', local(wide, WIDE, rule('exact-hessian', gauge=GAUGE, silent=[{'layer': 0, 'input': 1}])), 'proved')
row('hessian: an input that is not named', local(wide, WIDE, rule('exact-hessian', gauge=GAUGE)), 'rejected', 'definite')
row('hessian: an input that is not silent', local(edited(wide, ('data', 'inputs'), q([[1, 1]])), layers(([[1, 0]],), ([[1]],)),
                                                  rule('exact-hessian', gauge=GAUGE, silent=[{'layer': 0, 'input': 1}])), 'rejected', 'not-silent')
dead = problem([[1]], [[1]], [dense(2, False), act(), dense(1, False)])
DEAD = layers(([[1], [-1]],), ([[1, 3]],))
row('hessian: a dead unit', local(dead, DEAD, rule('exact-hessian', gauge=GAUGE, silent=[{'layer': 0, 'unit': 1}, {'layer': 1, 'input': 1}])), 'proved')
row('hessian: a saturated unit is not silent', local(edited(dead, ('network', 'layers', 1), act('hardtanh')), layers(([['1/2'], [2]],), ([[-2, 2]],)),
    rule('exact-hessian', silent=[{'layer': 0, 'unit': 1}, {'layer': 1, 'input': 1}])), 'rejected', 'not-silent')
double = edited(wide, ('data', 'inputs'), q([[1, 1]]))
JOIN = {'columns': [0], 'T': q([[1, 1]])}
row('hessian: redundant columns', local(double, layers(([[2, -1]],), ([[1]],)), rule('exact-hessian', gauge=GAUGE, redundant=JOIN)), 'proved')
for name, point, node, reason in [
    ('a T that is wrong', layers(([[2, -1]],), ([[1]],)), rule('exact-hessian', gauge=GAUGE, redundant={'columns': [0], 'T': q([[1, 2]])}), 'not-redundant'),
    ('T is not I', layers(([[2, -1]],), ([[1]],)), rule('exact-hessian', gauge=GAUGE, redundant={'columns': [0], 'T': q([[2, 1]])}), 'not-redundant'),
    ('a gauge outside', layers(([[2, -1]],), ([[1]],)), rule('exact-hessian', gauge=[{'layer': 0, 'unit': 0, 'input': 1}], redundant=JOIN), 'not-a-gauge'),
]:
    row(f'hessian: {name}', local(double, point, node), 'rejected', reason)
row('hessian: a joined gauge 0', local(edited(edited(double, ('data', 'inputs'), q([[1, 1, 2]])), ('network', 'input'), [3]), layers(([[1, -1, '1/2']],), ([[1]],)),
    rule('exact-hessian', gauge=GAUGE, redundant={'columns': [0, 2], 'T': q([[1, 1, 0], [0, 0, 1]])})), 'rejected', 'not-a-gauge')
deep = problem([[1]], [[1]], [dense(1, False), dense(1, False)])
ORIGIN = layers(([[0]],), ([[0]],))
bent = of_near('no-local-minimum-near', deep, ORIGIN, '1/10', rule('negative-curvature', direction=ONES))
row('near: bends down', bent, 'proved')
row('near: bends up', edited(bent, ('proof', 'descent', 'direction'), layers(([[1]],), ([[-1]],))), 'rejected', 'curvature')
row('near: a large ball', edited(bent, ('statement', 'radius'), '1'), 'rejected', 'curvature')

# ---- coincident-preactivations: theory.md 4's example, h = sigmoid, both preactivations -1 ----

SIGMOID = [dense(2, False), act('sigmoid'), dense(1)]
three = problem([[1, 0], [0, 1], ['1/2', '1/2']], column(0, 0, 1), SIGMOID, {'function': 'squared', 'factor': '1/2'})
MET = {'layers': [{'weights': q([[-1, -1], [-1, -1]])}, {'weights': q([[1, 2]]), 'bias': ['-0.473490930776652']}]}
flat = of_near('local-minimum-near', three, MET, '1/1000', rule(
    'coincident-preactivations', halfWidth='1/1000', vectors=[q([1, -1, 0])], solveFor={'layer': 1, 'bias': 0}))
row('4: three samples', flat, 'proved', risk=('1/3', None, None))
row('4: the second term alone', edited(flat, NODE + ('vectors',), []), 'proved')
by_weight = edited(flat, NODE + ('solveFor',), {'layer': 1, 'unit': 0, 'input': 1})
row('4: solved for a weight', by_weight, 'proved')
for name, path, value, reason in [
    ('units that see two values', ('statement', 'point', 'layers', 0, 'weights', 0), q([-1, -2]), 'preactivations-differ'),
    ('a moment', ('statement', 'problem', 'data', 'targets'), q(column(0, 1, 0)), 'moment'),
    ('another constant', ('statement', 'point', 'layers', 1, 'bias'), q([0]), 'prediction'),
    ('a vector that sees constants', NODE + ('vectors', 0), q([1, 1, 0]), 'orthogonal to the constants'),
    ('a vector 0', NODE + ('vectors', 0), q([0, 0, 0]), 'orthogonal to the constants'),
    ('vectors that are not orthogonal', NODE + ('vectors',), q([[1, -1, 0], [1, 0, -1]]), 'two are not orthogonal'),
    ('a box beyond the radius', NODE + ('halfWidth',), '1/100', 'too-far'),
    ('another prediction', NODE + ('prediction',), '1/2', 'prediction'),
    ('solved for a hidden weight', NODE + ('solveFor',), {'layer': 0, 'unit': 0, 'input': 0}, 'output layer'),
    ('solved for nothing', NODE + ('solveFor',), None, 'missing-key'),
]:
    row(f'4: {name}', edited(flat, path, value), 'rejected', reason)
bending = edited(edited(flat, ('statement', 'point', 'layers', 1, 'weights'), q([[1, '-1/10']])), ('statement', 'point', 'layers', 1, 'bias'), ['0.0912861381003369'])
row('4: a large box', edited(edited(flat, ('statement', 'radius'), '2'), NODE + ('halfWidth',), '2'), 'rejected', 'definite')
huber = edited(edited(flat, ('statement', 'problem', 'loss'), {'function': 'huber', 'threshold': '1'}), NODE + ('vectors',), [])
row('4: another loss, without vectors', huber, 'proved', risk=('1/3', None, None))
row('4: another loss, with vectors', edited(huber, NODE + ('vectors',), [q([1, -1, 0])]), 'declined', 'quadratic')
row('4: the prediction by name', edited(huber, NODE + ('prediction',), '1/3'), 'proved')
row('4: a unit that bends down', bending, 'rejected', 'definite')
