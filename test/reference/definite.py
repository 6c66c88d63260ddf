"""Positive definite matrices: exactly, by elimination, and with enclosures, by theory.md 3 (ii)."""


def positive_definite(matrix):
    """Whether a symmetric matrix of fractions is positive definite: all pivots of the elimination are > 0."""
    rows = [list(row) for row in matrix]
    for k in range(len(rows)):
        if rows[k][k] <= 0:
            return False
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            if factor:
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k])]
    return True


def positive_semidefinite(matrix):
    """Whether a symmetric matrix of fractions, or of numbers of a field, is positive semidefinite: pivots are >= 0, and beside a pivot 0 there is only 0."""
    rows = [list(row) for row in matrix]
    for k in range(len(rows)):
        pivot = rows[k][k]
        if pivot < 0 or not pivot and any(rows[k][k + 1:]):
            return False
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / pivot if pivot else 0
            if factor:
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k])]
    return True


def independent(columns):
    """The columns that are not in the span of those before them, as indices."""
    kept, pivots = [], []
    for at, column in enumerate(columns):
        rest = list(column)
        for where, pivot in pivots:
            if rest[where]:
                factor = rest[where] / pivot[where]
                rest = [a - factor * b for a, b in zip(rest, pivot)]
        where = next((i for i, c in enumerate(rest) if c), None)
        if where is not None:
            pivots.append((where, rest))
            kept.append(at)
    return kept


FRACTION_BITS = 96


def all_definite(middle, radii, shift, bits, strictly=False):
    """Whether every symmetric matrix within the radii of the middle is >= shift (> if strictly).

    middle: lower triangle of integers over 2^bits; radii: the row sums of the radii (both triangles), over 2^bits; shift: an
    integer over 2^bits. A = middle - shift - diag(radii) is compared with L D L^T for guessed L and D >= 0: the rest is
    computed exactly, and must be diagonally dominant. bits >= FRACTION_BITS.
    """
    n, f = len(middle), FRACTION_BITS
    A = [list(row) for row in middle]
    for i in range(n):
        A[i][i] -= shift + radii[i]
    down = bits - f  # the guess needs fewer bits
    L, D, small = [], [], 1 << max(0, f - 60)
    for i in range(n):
        row = []
        for j in range(i):
            # (A_ij - sum_k L_ik D_k L_jk) / D_j, with row = L D so far
            inner = sum(map(int.__mul__, row, L[j])) >> f
            row.append((A[i][j] >> down) - inner)
        low = [(x << f) // D[j] if D[j] else 0 for j, x in enumerate(row)]
        pivot = (A[i][i] >> down) - small - (sum(map(int.__mul__, row, low)) >> f)
        L.append(low)
        D.append(max(0, pivot))
    # S = A - L D L^T over 2^(bits + 2 f), with L_ii = 1.
    one = 1 << f
    outside, diagonal = [0] * n, []
    LD = [[x * d for x, d in zip(L[i] + [one], D)] for i in range(n)]
    for i in range(n):
        for j in range(i + 1):
            product = sum(map(int.__mul__, LD[i], L[j] + [one]))  # over 2^(3 f)
            rest = (A[i][j] << (2 * f)) - (product << down)
            if i == j:
                diagonal.append(rest)
            else:
                outside[i] += abs(rest)
                outside[j] += abs(rest)
    return all(d > o if strictly else d >= o for d, o in zip(diagonal, outside))
