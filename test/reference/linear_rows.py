"""Rows for the self test: deep linear networks, and losses that are no polynomials along curves."""

from writing import act, certificate, column, dense, layers, problem, q, row, rule

ON = [dense(1, bias=False), dense(2, bias=False)]
DIAGONAL = problem([[1, 0], [0, 1]], [[3, 0], [0, 2]], ON)
FIRST, SECOND = layers(([[1, 0]], None), ([[3], [0]], None)), layers(([[0, 1]], None), ([[0], [2]], None))
ZERO, FIT = q([[0, 0], [0, 0]]), {'weights': q([[3, 0], [0, 2]])}


def young(threshold='4', excess=ZERO, fit=FIT):
    return {'globalMinimum': rule('eckart-young', threshold=threshold, excess=excess, bestFit=fit)}


def best(name, point, proof, verdict='rejected', reason=None, of=DIAGONAL):
    row(f'eckart-young: {name}', certificate('global-minimum', of, point, proof), verdict, reason)


best('the larger part', FIRST, young(), 'proved')
best('the larger part, another threshold', FIRST, young('6', q([[0, 0], [0, 2]])), 'proved')
best('the smaller part', SECOND, young(), reason='bound')
best('a threshold that is too low', FIRST, young('3'), reason='bound')
best('a threshold that S does not cover', FIRST, young('5'), reason='excess')
best('a negative threshold', FIRST, young('-4'), reason='threshold')
best('S = -5', SECOND, young(excess=q([[-5, 0], [0, 0]])), reason='excess')
best('S is not symmetric', FIRST, young(excess=q([[0, 1], [0, 0]])), reason='symmetric')
best('another fit', SECOND, young('0', fit={'weights': q([[0, 0], [0, 2]])}), reason='moment')
best('a bias that nothing has', FIRST, young(fit={**FIT, 'bias': q([0, 0])}), reason='wrong-hint')
best('relu', FIRST, young(), reason='not-linear',
     of=problem([[1, 0], [0, 1]], [[3, 0], [0, 2]], [ON[0], act(), ON[1]]))
best('Huber', FIRST, young(), 'declined', 'square',
     of=problem([[1, 0], [0, 1]], [[3, 0], [0, 2]], ON, {'function': 'huber', 'threshold': '100'}))

PRODUCT = [dense(1, bias=False), dense(1, bias=False)]
ORIGIN, UP, DOWN = (layers(([[a]], None), ([[b]], None)) for a, b in ((0, 0), (1, 1), (1, -1)))
for loss in ({'function': 'log-cosh'}, {'function': 'logistic'}, {'function': 'power', 'exponent': '3/2'}):
    of = problem(column(1), column(1), PRODUCT, loss)
    curves = {'critical': rule('zero-gradient'), 'descent': rule('descent-curve', coefficients=[UP]),
              'ascent': rule('ascent-curve', coefficients=[DOWN])}
    row(f'7: a saddle with {loss["function"]}', certificate('saddle', of, ORIGIN, curves), 'proved')
    row(f'7: the same with {loss["function"]}, exchanged', certificate('saddle', of, ORIGIN, {
        **curves, 'descent': rule('descent-curve', coefficients=[DOWN])}), 'rejected', 'curve')
    row(f'7: beside it, {loss["function"]}', certificate('saddle', of, layers(([['1/9']], None), ([[0]], None)), curves),
        'rejected', 'gradient')

LINE = [dense(1, bias=False)]
STILL = layers(([[0, 0]], None))
for exponent, verdict in (('3/2', 'rejected'), ('5/2', 'proved')):
    of = problem([[1, 0], [0, 1]], column(1, 0), LINE, {'function': 'power', 'exponent': exponent})
    curve = [STILL, STILL, layers(([[0, 1]], None)), STILL, layers(([[1, 0]], None))]
    row(f'7: order 5, and an error of order {exponent} times 3', certificate('not-local-minimum', of, STILL, {
        'descent': rule('descent-curve', coefficients=curve)}), verdict, None if verdict == 'proved' else 'curve')
