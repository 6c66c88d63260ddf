"""Random certificates about one hidden layer on an interval, as JSON lines {"name", "text"}: `python3 random_intervals.py SEED COUNT`.

Targets are made so that most networks are critical: y = N - r, with rho r orthogonal to 1, x and, at each kink, to their parts.
"""

import json
import random
import sys
from fractions import Fraction as F

sys.dont_write_bytecode = True

from interval import integral
from polynomials import plus, times
from writing import dense, falls, layers, local, q, rule, saddle

WEIGHTS = [F(1), F(-1), F(2), F(-3, 2)]


def orthogonal(rows, length, some):
    """A random vector that is orthogonal to all rows."""
    left, used = [list(row) for row in rows], {}
    for j in range(length):
        at = next((n for n, row in enumerate(left) if row[j]), None)
        if at is not None:
            pivot = left.pop(at)
            pivot = [c / pivot[j] for c in pivot]
            left = [[x - row[j] * c for x, c in zip(row, pivot)] for row in left]
            used = {k: [x - row[j] * c for x, c in zip(row, pivot)] for k, row in used.items()}
            used[j] = pivot
    found = [F(0) if j in used else some() for j in range(length)]
    for j, row in used.items():
        found[j] = -sum(c * x for k, (c, x) in enumerate(zip(row, found)) if k != j)
    return found


class Case:
    """units: (w, b, v); the activation has the slopes s[0] and s[1] beside 0."""

    def __init__(self, chance):
        self.chance = chance
        self.a, self.b = chance.choice([(F(-1), F(1)), (F(0), F(1)), (F(-1), F(2))])
        self.s = chance.choice([(F(0), F(1)), (F(1, 2), F(1)), (F(-1), F(1)), (F(1), F(0))])
        self.density = chance.choice([[F(1)], [F(1), F(1, 3)], [F(1), F(2), F(1)]])
        places = [self.a + (self.b - self.a) * F(n, 12) for n in chance.sample(range(1, 12), chance.randrange(3))]
        kinked = [self.unit(at, WEIGHTS) for at in places]
        ends = [self.a, self.b, self.a - 1, self.b + 1]
        others = [self.unit(chance.choice(ends), WEIGHTS + [F(0)]) for _ in range(chance.randrange(0 if kinked else 1, 3))]
        self.units, self.constant = kinked + others, F(chance.randrange(-3, 4))
        self.nodes = [self.a, *sorted(places), self.b]
        self.target = self._target(kinked)

    def unit(self, at, outgoing):
        w = self.chance.choice(WEIGHTS)
        return w, -w * at, self.chance.choice(outgoing)

    def slope(self, w, b, x):
        return self.s[1 if w * x + b > 0 else 0]

    def _target(self, kinked):
        basis = [[[F(0)] * k + [F(1)] for _ in self.nodes[1:]] for k in range(4)]
        for cut in self.nodes[1:-1]:
            power = [F(1)]
            for _ in range(3):
                power = times(power, [-cut, F(1)])
                basis.append([[] if low < cut else power for low in self.nodes[:-1]])
        parts = list(zip(self.nodes, self.nodes[1:]))

        def against(test):
            return [sum(integral(times(times(self.density, r), test((low + high) / 2)), low, high)
                        for r, (low, high) in zip(element, parts)) for element in basis]
        rows = [against(lambda _: [F(1)]), against(lambda _: [F(0), F(1)])][:2 if self.chance.randrange(8) else 1]
        for w, b, _ in kinked:
            rows.append(against(lambda x: [self.slope(w, b, x)]))
            rows.append(against(lambda x: [F(0), self.slope(w, b, x)]))
        size = self.chance.choice([F(1), F(1, 10), F(1, 100), F(10)])
        coefficients = orthogonal(rows, len(basis), lambda: size * F(self.chance.randrange(-20, 21), 10))
        found = []
        for n, (low, high) in enumerate(parts):
            total = [self.constant]
            for w, b, v in self.units:
                total = plus(total, [v * self.slope(w, b, (low + high) / 2) * c for c in (b, w)])
            for c, element in zip(coefficients, basis):
                total = plus(total, [-c * x for x in element[n]])
            found.append(total or [F(0)])
        return found

    def problem(self):
        table = {'type': 'activation', 'function': 'piecewise', 'breakpoints': ['0'], 'pieces': [{'polynomial': q([0, s])} for s in self.s]}
        target = {'breakpoints': q(self.nodes[1:-1]), 'pieces': [{'polynomial': q(p)} for p in self.target]}
        return {'network': {'input': [1], 'layers': [dense(len(self.units)), table, dense(1)]}, 'loss': {'function': 'squared'},
                'data': {'type': 'box', 'lower': [q(self.a)], 'upper': [q(self.b)], 'density': {'polynomial': q(self.density)}, 'targets': [target]}}


def point(units, constant):
    return layers(([[w] for w, _, _ in units], [b for _, b, _ in units]), ([[v for _, _, v in units]], [constant]))


def claims(chance):
    case = Case(chance)
    of, at = case.problem(), point(case.units, case.constant)
    for name in ('neuron-dominance-1d', 'reduced-hessian-1d'):
        yield local(of, at, rule(name))
    # Units that are 0 on the whole interval, or at its end with nothing going out: only curves open them.
    case.units += chance.choice([[], [], [(F(0), F(0), F(chance.randrange(3) - 1))], [(F(1), -case.a, F(0))]])
    of, at = case.problem(), point(case.units, case.constant + chance.choice([F(0), F(0), F(0), F(1, 7)]))

    def steps():
        def some():
            return F(chance.randrange(-4, 5), 2) if chance.randrange(3) else F(0)
        return [point([(some(), some(), some()) for _ in case.units], some()) for _ in range(1 + chance.randrange(2))]
    one, other = steps(), steps()
    lift = [point([(F(0),) * 3 for _ in case.units], F(1))]
    yield falls(of, at, rule('descent-curve', coefficients=one))
    yield falls(of, at, rule('descent-curve', coefficients=other))
    yield saddle(of, at, rule('descent-curve', coefficients=one), rule('ascent-curve', coefficients=lift))


def main(seed, count):
    chance, found = random.Random(int(seed)), 0
    while found < int(count):
        for claim in claims(chance):
            print(json.dumps({'name': f'random interval {found}', 'text': json.dumps(claim)}))
            found += 1


if __name__ == '__main__':
    main(*sys.argv[1:])
