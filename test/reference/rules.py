"""Rules 6 and 7 of theory.md, and `gradient-bound` of rule 3. Each function either returns, and then the claim is proved,
or raises `Rejected`."""

from fractions import Fraction

from affine_span import highest
from enclosures import ZERO as ZERO_ENCLOSED, Enclosed
from landscape import dot, exact_gradient, gradient_over_box, predictions_along, risk_along, smooth_gradient_over_box
from network import Between, MaxPool
from one_hidden import OneHidden
from reading import Declined, Rejected, count, expect, fields, vector


def expect_convex_near(problem, trace):
    """Lemma 0 near theta: the loss is convex, or its second derivatives are > 0 at all residuals."""
    if not problem.loss.convex:
        for i, row in enumerate(trace.residuals):
            expect(all(problem.loss.curvature(r) > 0 for r in row), f'sample {i}', 'not-convex-here: the second derivative')


# ---- global minima, and better points ----

def zero_loss(problem, risk):
    """Losses are >= 0 and 0 at 0, which is asked of a polynomial; so R = 0 is a global minimum."""
    if not problem.loss.least_at_zero:
        raise Declined('unsupported-combination: zero-loss: 0 is not shown to be the least value of the loss')
    expect(risk == 0, 'point', f'zero-loss: the risk is {risk}')


def convex_span(problem, trace):
    """Without any kink, N is Ax + b for every parameter, and sum g_i (x) (x_i, 1) = 0 with Lemma 0 bounds R globally."""
    expect(problem.loss.convex, 'loss', 'not-convex: convex-span wants a convex loss')
    homogeneous = not any(layer.counts_as_biased for layer in problem.network.affine)
    for layer in problem.network.all:
        expect(not isinstance(layer, MaxPool), layer.where, 'convex-span: a max pool is not affine')
        if isinstance(layer, Between):
            expect(not layer.h.breakpoints and layer.h.affine(0), layer.where, 'convex-span: it has a breakpoint')
            homogeneous = homogeneous and layer.h.intercept(0) == 0
    columns = list(zip(*problem.inputs)) + ([] if homogeneous else [[1] * problem.samples])
    for a, g in enumerate(zip(*trace.gradients)):
        for j, column in enumerate(columns):
            expect(dot(g, column) == 0, f'output {a}, input {j}', 'moment: the sum of g_i (x_i, 1)')


def lower_risk(point, better):
    """Both risks are fractions or enclosures."""
    expect(upper_end(better) < lower_end(point), 'betterPoint', f'lower-risk: {better} is not below {point}')


def lower_end(risk):
    return risk.ends()[0] if isinstance(risk, Enclosed) else risk


def upper_end(risk):
    return risk.ends()[1] if isinstance(risk, Enclosed) else risk


# ---- refutations ----

def read_bits(node, path, *keys):
    """`bits` say how precisely the kernel computes: here that is always enough."""
    fields(node, path, ('rule',) + keys, ('bits',))
    if 'bits' in node:
        count(node['bits'], f'{path}.bits', 1)


def along_direction(problem, point, node, path, sign):
    """The one-sided derivative of R along the direction has the sign."""
    read_bits(node, path, 'direction')
    direction = problem.read_move(node['direction'], f'{path}.direction')
    if not problem.loss.exact:
        expect_smooth_change(problem, [point, direction], 1, path, sign)
        return
    slope = risk_along(problem, [point, direction], 1).coefficient(1)
    expect(slope * sign > 0, path, f'direction: the derivative is {slope}')


def along_curve(problem, point, node, path, sign, field=None):
    """The lowest nonzero coefficient of R(theta(t)) - R(theta) has the sign."""
    read_bits(node, path, 'coefficients')
    curve = problem.read_curve(node, path, field)
    if not problem.loss.exact:
        expect_smooth_change(problem, [point] + curve, None, path, sign)
        return
    expansion = risk_along(problem, [point] + curve)
    first = next((c for c in expansion.coefficients[1:] if c), 0)
    expect(first * sign > 0, path, f'curve: the lowest nonzero coefficient is {first}')


def expect_smooth_change(problem, curve, order, path, sign):
    """The first-order part sum <g_i, p_i(t) - p_i> of the change decides where it is of lower order than the error, which is
    that of the predictions' change times 2, or times the exponent of a power below 2."""
    predictions = predictions_along(problem, curve, order)
    at = [[p.coefficient(0) for p in row] for row in predictions]
    gradients = problem.loss.gradients(list(zip(at, problem.targets, problem.weights)))
    top = max((len(p.coefficients) for row in predictions for p in row), default=0)
    least = next((m for m in range(1, top) if any(p.coefficient(m) for row in predictions for p in row)), None)
    for m in range(1, top):
        change = sum((g * p.coefficient(m) for gs, row in zip(gradients, predictions) for g, p in zip(gs, row) if p.coefficient(m)),
                     Fraction(0))
        if not change:
            continue
        order_of_error = least * min(Fraction(2), getattr(problem.loss, 'exponent', Fraction(2)))
        expect(m < order_of_error, path, f'curve: the first-order part has order {m}, its error {order_of_error}')
        slope = ZERO_ENCLOSED
        for p, y, mu, row in zip(at, problem.targets, problem.weights, predictions):
            g = problem.loss.near([Enclosed.of(a) for a in p], y)[1]
            slope += sum((d * (mu * series.coefficient(m)) for d, series in zip(g, row)), ZERO_ENCLOSED)
        low, high = slope.ends()
        expect(low > 0 if sign > 0 else high < 0, path, 'curve: the lowest coefficient has not the sign')
        return
    raise Rejected(f'{path}: curve: the first-order part is 0')


def all_strict(problem, trace):
    """N is smooth near theta: every preactivation is strictly inside a piece, and every max pool has one winner."""
    for layer in problem.network.all:
        for i, entering in enumerate(trace.entering):
            where, x = f'sample {i}, {layer.where}', entering[layer.at]
            if isinstance(layer, Between):
                expect(not any(map(layer.h.at_breakpoint, x)), where, 'strict-piece: a preactivation is a breakpoint')
            elif isinstance(layer, MaxPool):
                expect(all(len(highest(x, window)) == 1 for window in layer.windows), where, 'pool-winner: two entries tie')


def negative_curvature(problem, point, trace, node, path):
    """R is C^2 near theta, and its second derivative along the direction is negative: whatever the gradient is, R falls."""
    fields(node, path, ('rule', 'direction'))
    direction = problem.read_move(node['direction'], f'{path}.direction')
    all_strict(problem, trace)
    for i, row in enumerate(trace.residuals):
        for a, r in enumerate(row):
            expect(problem.loss.twice_differentiable(r), f'sample {i}, output {a}', 'strict-loss: the loss is not C^2')
    curvature = risk_along(problem, [point, direction], 2).coefficient(2)
    expect(curvature < 0, path, f'curvature: half the second derivative is {curvature}')


def flat_then_descent(problem, point, trace, node, path):
    """The outgoing weights of unit j are 0, so the risk does not change when w_j moves; at w_j + eps e its derivative by
    the outgoing weight to output a is psi_a(w_j) + eps psi_a'(w_j; e), which is not 0 for small eps > 0."""
    fields(node, path, ('rule', 'unit', 'direction'))
    hidden = OneHidden(problem, point, trace)
    j = count(node['unit'], f'{path}.unit')
    expect(j < hidden.units, f'{path}.unit', f'expected a unit < {hidden.units}')
    e = vector(node['direction'], f'{path}.direction', hidden.width)
    expect(hidden.hidden_free and hidden.output_free, path, 'flat-then-descent: a layer is fixed')
    expect(not any(hidden.outgoing(j)), path, f'flat-then-descent: unit {j} has a nonzero outgoing weight')
    if any(hidden.psi(j)):
        return
    linear, kinks = hidden.one_sided(j)
    for a in range(hidden.outputs):
        if dot(linear[a], e) + sum(kink.weight[a] * max(dot(kink.row, e), 0) for kink in kinks) != 0:
            return
    raise Rejected(f'{path}: flat-then-descent: psi and its derivative along the direction are 0')


def zero_gradient(problem, point, trace):
    """R is differentiable at theta, with gradient 0. Kinks are allowed in one hidden layer, where they must cancel."""
    if problem.loss.exact and OneHidden.fits(problem):
        hidden = OneHidden(problem, point, trace)
        hidden.check_output_bias()
        for j in range(hidden.units):
            if hidden.output_free:
                expect(not any(hidden.psi(j)), f'unit {j}', 'psi: the derivative by an outgoing weight is not 0')
            if hidden.hidden_free:
                M, kinks = hidden.scalar(j, hidden.outgoing(j))
                expect(not any(weight for weight, _, _ in kinks), f'unit {j}', 'kink: a merged coefficient is not 0')
                expect(not any(M), f'unit {j}', 'linear-part: it is not 0')
        return
    all_strict(problem, trace)
    for entry in entries(exact_gradient(problem, point, trace)):
        expect(entry == 0, 'point', 'gradient: an entry is not 0')


def entries(gradient):
    return [entry for weights, bias in gradient for row in weights + [bias] for entry in row]


def gradient_bound(problem, point, radius, node, path):
    """One entry of the gradient has one strict sign over a box that contains the ball, so R is strictly monotone in that
    coordinate through every point of the ball."""
    fields(node, path, ('rule',), ('bits',))
    if 'bits' in node:
        count(node['bits'], f'{path}.bits', 1)
    of_pieces = (problem.loss.exact and not problem.decay
                 and all(layer.h.piecewise_affine for layer in problem.network.all if isinstance(layer, Between)))
    over_box = gradient_over_box if of_pieces else smooth_gradient_over_box
    expect_one_sign(entries(over_box(problem, point, radius)), path)


def expect_one_sign(gradient, path):
    """gradient: entries with a lower and an upper end, or numbers."""
    ends = [(x.low, x.high) if hasattr(x, 'low') else (x, x) for x in gradient]
    expect(any(low > 0 or high < 0 for low, high in ends), path, 'gradient-bound: no entry of the gradient keeps its sign')
