"""Complete lists of critical realizations of one hidden unit on [a, b] (theory.md 5d, format.md 15.22).

c + v h(wx + b), R = kappa times the integral of (N - f)^2. A hinge c + k s(x - q) has the slopes k s_left, k s_right on the two
sides of its kink q. Given q, R is least in c and k at k = Q/n, with Q the integral of (f - m) s(x - q) and n that of s^2 minus
the square of the mean; the hinge is critical iff Q is not 0 and Q^2/n has the derivative 0 there. Q and n are integrated here
from their definitions, side by side of q.
"""

from fractions import Fraction

from enclosures import Enclosed
from functions import derivative, evaluate, trimmed
from interval import OnInterval, composed, integral
from polynomials import common, divided, plus, times
from reading import Declined, array, expect, fields, quantity, string

ZERO, ONE = Fraction(0), Fraction(1)
KINDS = {
    'local-minimum': ('localMinimum',),
    'spurious-local-minimum': ('localMinimum', 'lowerRisk'),
    'global-minimum': ('globalMinimum',),
    'saddle': ('critical', 'descent', 'ascent'),
}


def scaled(p, factor):
    return trimmed([factor * c for c in p])


def antiderivative(p):
    return trimmed([ZERO, *(c / (n + 1) for n, c in enumerate(p))])


def roots_between(p, low, high):
    """The number of different roots of p, which is not 0, strictly between two points (Sturm)."""
    for end in (low, high):
        while len(p) > 1 and evaluate(p, end) == 0:
            p = divided(p, [-end, ONE])[0]
    if len(p) <= 1:
        return 0
    p = divided(p, common(p, derivative(p)))[0]
    chain = [p, derivative(p)]
    while chain[-1]:
        chain.append([-c for c in divided(chain[-2], chain[-1])[1]])
    chain.pop()

    def variations(x):
        signs = [value > 0 for value in (evaluate(q, x) for q in chain) if value]
        return sum(a != b for a, b in zip(signs, signs[1:]))
    return variations(low) - variations(high)


class Cell:
    """Q and n as polynomials in the kink between low and high; P vanishes where the derivative of Q^2/n does, or Q."""

    def __init__(self, low, high, Q, n):
        self.low, self.high, self.Q, self.n = low, high, Q, n
        self.P = plus(scaled(times(derivative(Q), n), 2), scaled(times(Q, derivative(n)), -1))

    def critical(self):
        """The polynomial whose roots are those of P that are no roots of Q."""
        if not self.Q:
            return [ONE]
        expect(self.P, 'cell', 'the profile is constant')
        rest = self.P
        while True:
            shared = common(rest, self.Q)
            if len(shared) == 1:
                return rest
            rest = divided(rest, shared)[0]


class Profiles:
    def __init__(self, problem, point):
        on = OnInterval(problem, point, 'network')
        layers = problem.network.layers
        if not (len(on.units) == 1 and len(on.outgoing) == 1
                and all(layer.bias and not layer.fixed for layer in (layers[0], layers[2]))):
            raise Declined('unsupported-combination: one hidden unit, one output, all parameters free')
        loss = problem.loss.pieces[0]
        if not (len(loss) == 3 and loss[0] == loss[1] == 0 and loss[2] > 0):
            raise Declined('unsupported-combination: the squared loss')
        if len(on.density) != 1:
            raise Declined('unsupported-combination: a constant density')
        self.on, self.kappa = on, loss[2] * on.density[0]
        breakpoint_at_0 = len(on.h.breakpoints) == 1 and on.h.breakpoints[0] == 0 and on.h.piecewise_affine
        if not breakpoint_at_0 or on.h.intercept(0) or on.h.intercept(1):
            raise Declined('unsupported-combination: an activation of two slopes')
        (breakpoints, pieces), = on.targets
        self.a, self.b = on.a, on.b
        self.length = on.b - on.a
        self.ends = [on.a, *breakpoints, on.b]
        self.mean = sum((integral(f, x, y) for f, x, y in zip(pieces, self.ends, self.ends[1:])), ZERO) / self.length
        self.deviations = [plus(f, [-self.mean]) for f in pieces]
        self.first = sum((integral(times(g, [ZERO, ONE]), x, y)
                          for g, x, y in zip(self.deviations, self.ends, self.ends[1:])), ZERO)
        self.slope = 12 * self.first / self.length**3
        low, high = on.h.slope(0), on.h.slope(1)
        self.cells = {'right': self.of_slopes(low, high)}
        if low != -high:
            self.cells['left'] = self.of_slopes(-high, -low)

    def of_slopes(self, left, right):
        """s(x - q) has these slopes left and right of q."""
        before, found = [ZERO, ZERO], []
        square = plus(scaled(times(times([-self.a, ONE], [-self.a, ONE]), [-self.a, ONE]), left * left / 3),
                      scaled(times(times([self.b, -ONE], [self.b, -ONE]), [self.b, -ONE]), right * right / 3))
        mean = plus(scaled(times([-self.a, ONE], [-self.a, ONE]), -left / 2),
                    scaled(times([self.b, -ONE], [self.b, -ONE]), right / 2))
        n = plus(square, scaled(times(mean, mean), -1 / self.length))
        for g, low, high in zip(self.deviations, self.ends, self.ends[1:]):
            # Integrals of g and g x from a to q, for q in this cell.
            sums = []
            for power in (0, 1):
                whole = antiderivative(times(g, [ZERO] * power + [ONE]))
                sums.append(plus(whole, [before[power] - evaluate(whole, low)]))
                before[power] += evaluate(whole, high) - evaluate(whole, low)
            lower_side = plus(sums[1], scaled(times([ZERO, ONE], sums[0]), -1))
            upper_side = plus([self.first], scaled(lower_side, -1))
            Q = plus(scaled(lower_side, left), scaled(upper_side, right))
            found.append(Cell(low, high, Q, n))
        return found

    def count(self, opens):
        cells = self.cells[opens]
        inner = sum(roots_between(cell.critical(), cell.low, cell.high) for cell in cells)
        return inner + sum(evaluate(cell.P, cell.high) == 0 != evaluate(cell.Q, cell.high) for cell in cells[:-1])

    def mirrored(self):
        if any(x + y != self.a + self.b for x, y in zip(self.ends, reversed(self.ends))):
            return False
        images = [composed(g, [self.a + self.b, -ONE]) for g in reversed(self.deviations)]
        return images == self.deviations or [scaled(g, -1) for g in images] == self.deviations


def enclosed(p, low, high):
    """Horner's scheme over intervals."""
    ends = (ZERO, ZERO)
    for c in reversed(p):
        products = [x * y for x in ends for y in (low, high)]
        ends = (min(products) + c, max(products) + c)
    return ends


class Entry:
    """form: constant, affine or hinge. low, high: bounds of the risk. opens, start, stop, least: of a hinge."""

    def __init__(self, form, low, high, opens=None, start=None, stop=None, least=None):
        self.form, self.low, self.high = form, low, high
        self.opens, self.start, self.stop, self.least = opens, start, stop, least


def beside(p, q, reach):
    """Whether p > 0 between q and its next root on the side of q + reach."""
    step = reach
    while roots_between(p, min(q, q + step), max(q, q + step)):
        step /= 2
    return evaluate(p, q + step / 2) > 0


def read_hinge(profiles, opens, q, path):
    cells = profiles.cells[opens]
    left = next(cell for cell in cells if cell.low < q <= cell.high)
    right = next(cell for cell in cells if cell.low <= q < cell.high)
    Q = evaluate(left.Q, q)
    expect(Q != 0 and evaluate(left.P, q) == 0, path, 'not-critical')
    # The derivative of r has the sign of -QP.
    falls = beside(left.P, q, left.low - q) == (Q > 0)
    rises = beside(right.P, q, right.high - q) != (Q > 0)
    return Q * Q / evaluate(left.n, q), falls and rises


def read_entry(profiles, problem, value, constant, path, risk_at):
    if 'point' in value:
        fields(value, path, ('kind', 'point'))
        point = problem.read_point(value['point'], f'{path}.point')
        risk = risk_at(point)
        (((w,),), (b,)), (((v,),), (c,)) = point
        ends = [(z > 0) - (z < 0) for z in (w * profiles.a + b, w * profiles.b + b)]
        h = profiles.on.h
        if v != 0 and ends[0] * ends[1] < 0:
            expect(constant is not None, path, 'incomplete-list: the constant comes first')
            opens = 'right' if w > 0 or 'left' not in profiles.cells else 'left'
            gain, least = read_hinge(profiles, opens, -b / w, path)
            expect(risk == constant.low - profiles.kappa * gain, path, 'not-critical: not the best hinge with this kink')
            return Entry('hinge', risk, risk, opens, -b / w, -b / w, least), point
        slope = v * w * h.slope(1 if sum(ends) > 0 else 0)
        value_at_a = c + v * h.value(w * profiles.a + b)
        if v == 0 or slope == 0:
            expect(constant is None, path, 'unordered-list: a second constant')
            expect((c if v == 0 else value_at_a) == profiles.mean, path, 'not-critical: not the mean')
            return Entry('constant', risk, risk), point
        expect(constant is not None, path, 'incomplete-list: the constant comes first')
        best = profiles.mean + profiles.slope * (profiles.a - profiles.b) / 2
        expect(slope == profiles.slope and value_at_a == best, path, 'not-critical: not the affine fit')
        return Entry('affine', risk, risk), point
    fields(value, path, ('kind', 'kink'))
    fields(value['kink'], f'{path}.kink', ('opens', 'from', 'to'))
    opens = string(value['kink']['opens'], f'{path}.kink.opens')
    start, stop = (quantity(value['kink'][key], f'{path}.kink.{key}') for key in ('from', 'to'))
    expect(opens in ('right', 'left') and start < stop, f'{path}.kink', 'an opening, and from < to')
    expect(constant is not None, path, 'incomplete-list: the constant comes first')
    expect(opens in profiles.cells, path, 'unordered-list: all open to the right')
    cell = next((cell for cell in profiles.cells[opens] if cell.low <= start and stop <= cell.high), None)
    expect(cell is not None, path, 'not-isolating: not in one cell')
    P, Q = ([evaluate(p, x) for x in (start, stop)] for p in (cell.P, cell.Q))
    expect(all(P) and all(Q), path, 'not-isolating: an end')
    expect(roots_between(cell.Q, start, stop) == 0, path, 'not-isolating: Q vanishes')
    expect(roots_between(cell.P, start, stop) == 1, path, 'not-critical or not-isolating')
    least = (Q[0] * P[0] > 0) and (Q[1] * P[1] < 0)
    (q_low, q_high), (n_low, n_high) = (enclosed(p, start, stop) for p in (cell.Q, cell.n))
    expect(n_low > 0, path, 'not-isolating: too wide')
    squares = sorted((q_low * q_low, q_high * q_high))
    smallest = ZERO if q_low <= 0 <= q_high else squares[0]
    low = constant.low - profiles.kappa * squares[1] / n_low
    high = constant.low - profiles.kappa * smallest / n_high
    return Entry('hinge', low, high, opens, start, stop, least), None


def complete_list(problem, statement, proof, found, risk_at, read_rule, check_at):
    """check_at(rule, node, path, point, risk): the rules for one point."""
    path = '$.statement.realizations'
    written = array(statement['realizations'], path)
    expect(len(written) > 0, path, 'empty-list')
    for i, value in enumerate(written):
        expect(type(value) is dict and 'kind' in value, f'{path}[{i}]', 'missing-key: kind')
        expect(string(value['kind'], f'{path}[{i}].kind') in KINDS, f'{path}[{i}].kind', 'unknown-name')
    fields(proof, '$.proof', ('cells', 'each'))
    read_rule(proof['cells'], '$.proof.cells', ('hinge-profile',))
    fields(proof['cells'], '$.proof.cells', ('rule',))
    each = array(proof['each'], '$.proof.each', len(written))
    expect('point' in written[0], f'{path}[0]', 'missing-key: point')
    profiles = Profiles(problem, problem.read_point(written[0]['point'], f'{path}[0].point'))

    entries, points = [], []
    for i, value in enumerate(written):
        entry, point = read_entry(profiles, problem, value, entries[0] if entries else None, f'{path}[{i}]', risk_at)
        expect_order(entry, entries, f'{path}[{i}]')
        entries.append(entry)
        points.append(point)
    expect((profiles.slope != 0) == (len(entries) > 1 and entries[1].form == 'affine'), path, 'incomplete-list: the fit')
    hinges = {opens: [i for i, entry in enumerate(entries) if entry.opens == opens] for opens in profiles.cells}
    for opens, places in hinges.items():
        expect(len(places) == profiles.count(opens), path, f'incomplete-list: hinges that open {opens}')
    images = {}
    if profiles.mirrored():
        for here, there in (('right', 'left'), ('left', 'right')) if 'left' in hinges else (('right', 'right'),):
            images.update(zip(hinges[here], reversed(hinges[there])))

    for i, value in enumerate(written):
        obligations = KINDS[value['kind']]
        fields(each[i], f'$.proof.each[{i}]', obligations)
        for key in obligations:
            node, at = each[i][key], f'$.proof.each[{i}].{key}'
            rule = read_rule(node, at, RULES[key])
            check_one(rule, key, node, at, i, entries, images, points[i], check_at)
    low, high = min(e.low for e in entries), min(e.high for e in entries)
    found['point'] = low if low == high else Enclosed.hull(low, high)


RULES = {
    'localMinimum': ('affine-span', 'neuron-dominance-1d', 'reduced-hessian-1d', 'hinge-profile'),
    'lowerRisk': ('lower-risk',),
    'globalMinimum': ('least-critical-risk',),
    'critical': ('zero-gradient', 'hinge-profile'),
    'descent': ('descent-curve', 'hinge-profile'),
    'ascent': ('ascent-curve', 'hinge-profile'),
}


def expect_order(entry, before, path):
    if entry.form == 'affine':
        expect(len(before) == 1, path, 'unordered-list: the affine fit comes second')
    if entry.form != 'hinge' or before[-1].form != 'hinge':
        return
    last = before[-1]
    later = last.stop < entry.start if entry.opens == last.opens else entry.opens == 'left'
    expect(later, path, 'unordered-list')


def check_one(rule, key, node, path, i, entries, images, point, check_at):
    entry = entries[i]
    others = [other for j, other in enumerate(entries) if j not in (i, images.get(i))]
    if rule == 'hinge-profile':
        fields(node, path, ('rule',))
        expect(entry.form == 'hinge' and entry.least == (key == 'localMinimum'), path, 'wrong-kind')
    elif rule == 'least-critical-risk':
        fields(node, path, ('rule',))
        expect(all(entry.high <= other.low for other in others), path, 'not-below')
    elif rule == 'lower-risk':
        fields(node, path, ('rule',))
        expect(any(other.high < entry.low for other in entries), path, 'not-below')
    elif point is None:
        raise Declined(f'unsupported-combination: {path}.rule: {rule} needs a point')
    else:
        check_at(rule, node, path, point, entry.low)
