"""A Gaussian teacher (format.md section 5, theory.md 3): x ~ N(0, I), the risk in closed form.

2 pi E relu(a.x) relu(b.x) = |a| |b| (sin t + (pi - t) cos t) for the angle t of a and b (Cho and Saul 2009). With the unit
vectors a^ = a/|a|, b^ = b/|b|, n the unit vector from a towards b (orthogonal to a), m that from b towards a, the derivatives,
times 2 pi, are

    by a:          |b| sin t a^ + (pi - t) b
    by a, twice:   |b| sin t / |a| (I - a^ a^T + n n^T)
    by a and b:    (pi - t) I + a^ n^T + b^ m^T

since a step e n from a turns the angle by -e/|a|, and |b| sin t = n.b is the distance of b from the line of a.
"""

from fractions import Fraction

import enclosures
from enclosures import Enclosed
from landscape import dot
from network import Between
from reading import Declined, count, expect, fields, matrix

TWO_PI = 2 * enclosures.PI


class GaussianTeacher:
    """Reads the data, and expects the network and the loss that the closed form is for."""

    def __init__(self, value, path, network, loss):
        fields(value, path, ('type', 'dimension', 'teacher'))
        dimension = count(value['dimension'], f'{path}.dimension', 1)
        self.teacher = matrix(value['teacher'], f'{path}.teacher', None, dimension)
        expect(all(map(any, self.teacher)), f'{path}.teacher', 'a unit of the teacher is 0')
        expect(network.inputs == dimension, path, 'the dimension is not that of the input')
        layers = network.layers
        form = (len(layers) == 3 and isinstance(layers[1], Between) and len(network.affine) == 2
                and all(layer.dense and not layer.bias for layer in network.affine) and not network.affine[0].fixed
                and (layers[1].h.breakpoints, layers[1].h.pieces) == ([0], [[], [0, 1]])
                and network.affine[1].fixed == ([[Fraction(1)] * network.affine[0].units], None))
        if not (form and loss.exact and not loss.breakpoints and loss.pieces[0] == [0, 0, Fraction(1, 2)]):
            raise Declined('unsupported-network: a Gaussian teacher wants relu units with outgoing weights 1, and half squares')

    def risk(self, rows):
        """R at exact weights: half the sum over all pairs of units, teacher's with the sign -1; an enclosure."""
        units = [(w, 1) for w in rows if any(w)] + [(v, -1) for v in self.teacher]
        total = enclosures.ZERO
        for at, (a, s) in enumerate(units):
            for b, t in units[:at]:
                total += s * t * mean(a, b)
            total += Enclosed.of(dot(a, a) / 4)  # half of |a|^2 / 2
        return total


def mean(a, b):
    """E relu(a.x) relu(b.x) for vectors of fractions that are not 0."""
    p, A, B = dot(a, b), dot(a, a), dot(b, b)
    if p * p == A * B:
        return Enclosed.of(max(p, Fraction(0)) / 2)
    cosine = Enclosed.of(p) / enclosures.sqrt(Enclosed.of(A * B))
    return (enclosures.sqrt(Enclosed.of(A * B - p * p)) + enclosures.acos(-cosine) * p) / TWO_PI


class Pair:
    """Two vectors of enclosures that are nowhere 0 and nowhere parallel."""

    def __init__(self, a, b, where):
        A, B, p = (sum((x * y if x is not y else x.square() for x, y in zip(u, v)), enclosures.ZERO)
                   for u, v in ((a, a), (b, b), (a, b)))
        gram = A * B - p.square()
        expect(A.positive() and B.positive() and gram.positive(), where, 'parallel-units: they may be parallel, or 0')
        self.a, self.b, self.size_a, self.size_b = a, b, enclosures.sqrt(A), enclosures.sqrt(B)
        self.area = enclosures.sqrt(gram)  # |a| |b| sin t
        self.rest = enclosures.acos(-(p / (self.size_a * self.size_b)))  # pi - t
        self.unit_a, self.unit_b = ([x / size for x in u] for u, size in ((a, self.size_a), (b, self.size_b)))
        # b less its part along a has the length |b| sin t = area / |a|.
        self.n = [(y - p / A * x) * self.size_a / self.area for x, y in zip(a, b)]
        self.m = [(x - p / B * y) * self.size_b / self.area for x, y in zip(a, b)]

    def by_a(self):
        height = self.area / self.size_a
        return [(height * x + self.rest * y) / TWO_PI for x, y in zip(self.unit_a, self.b)]

    def by_a_twice(self):
        """The lower triangle."""
        return twice(self.area / self.size_a.square(), self.unit_a, self.n)

    def by_b_twice(self):
        return twice(self.area / self.size_b.square(), self.unit_b, self.m)

    def by_b_and_a(self):
        """Rows by b, columns by a."""
        d, factor = range(len(self.a)), 1 / TWO_PI
        n, m = [factor * x for x in self.n], [factor * x for x in self.m]
        found = [[self.unit_a[j] * n[i] + self.unit_b[j] * m[i] for j in d] for i in d]
        for i in d:
            found[i][i] += factor * self.rest
        return found


def twice(factor, unit, towards):
    factor = factor / TWO_PI
    left = [-factor * x for x in unit]
    right = [factor * x for x in towards]
    found = [[left[i] * unit[j] + right[i] * towards[j] for j in range(i + 1)] for i in range(len(unit))]
    for i, row in enumerate(found):
        row[i] += factor
    return found


class GaussianCurvature:
    """The gradient and the Hessian over a box of weights."""

    def __init__(self, data, rows):
        """rows: of enclosures."""
        self.rows, self.teacher = rows, [[Enclosed.of(x) for x in v] for v in data.teacher]

    def gradient(self):
        found = []
        for j, w in enumerate(self.rows):
            total = [Fraction(1, 2) * x for x in w]
            others = [(u, 1) for k, u in enumerate(self.rows) if k != j] + [(v, -1) for v in self.teacher]
            for u, sign in others:
                total = [x + y if sign > 0 else x - y for x, y in zip(total, Pair(w, u, f'unit {j}').by_a())]
            found += total
        return found

    def hessian(self):
        """The lower triangle, as rows of enclosures."""
        d = len(self.rows[0])
        found = [[enclosures.ZERO] * (i + 1) for i in range(d * len(self.rows))]

        def add(k, block, sign):
            for i, row in enumerate(block):
                at = found[k * d + i]
                for j, entry in enumerate(row):
                    at[k * d + j] = at[k * d + j] + entry if sign > 0 else at[k * d + j] - entry
        for k, b in enumerate(self.rows):
            for i in range(d):
                found[k * d + i][k * d + i] += Enclosed.of(Fraction(1, 2))
            for v in self.teacher:
                add(k, Pair(b, v, f'unit {k} and the teacher').by_a_twice(), -1)
            for j, a in enumerate(self.rows[:k]):
                pair = Pair(a, b, f'units {j} and {k}')
                add(j, pair.by_a_twice(), 1)
                add(k, pair.by_b_twice(), 1)
                for i, row in enumerate(pair.by_b_and_a()):
                    found[k * d + i][j * d:(j + 1) * d] = row
        return found


def box_around(rows, radius):
    return [[Enclosed.hull(Enclosed.of(x - radius), Enclosed.of(x + radius)) for x in row] for row in rows]
