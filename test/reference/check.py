"""A second checker of cairn certificates, in plain Python over exact fractions.

It was written from the documents alone (theory.md and format.md; for the order of coordinates and the obligations of
families also the pages in proofs/rules), shares no code with the kernel, and is compared with it on every certificate and on
damaged copies of them. It computes in fractions, and where numbers are irrational in enclosures of its own (enclosures.py).

Scope: all kinds and rules; layers of every
kind, samples, boxes where units bend in one direction, Gaussian teachers. What is known but beyond that is declined, by name.
`bits` in a certificate is read and not used: the enclosures here have one precision.

    python3 check.py FILE...     one JSON line a file; exit code 0 all proved, 1 some rejected, 2 some declined, 3 unreadable
    python3 check.py -           JSON lines {"name", "text"} from stdin, one JSON line each; with "lines", those of its streams by name
"""

import json
import os
import sys

sys.dont_write_bytecode = True  # nothing but these sources in the tree

from affine_span import affine_span
from boxes import box_affine_span, box_risk
from coincident import coincident_preactivations
from complete_lists import complete_list
from enclosures import Enclosed
from enumeration import enumeration, ill_posed
from families import Function, expect_gap, same_function, settled, strictly_monotone
from fields import settled_number
from functions import SmoothPiece
from gaussian import GaussianCurvature, box_around
from interval import (
    OnInterval, along_curve_1d, negative_curvature_1d, neuron_dominance_1d, reduced_hessian_1d, zero_gradient_1d,
)
from landscape import Trace, enclosed_risk
from linear import eckart_young
from near import (
    exact_hessian, expect_definite, expect_negative, expect_small_gradient, least_risk, negative_curvature_near,
    strongly_convex_ball,
)
from network import Between
from one_hidden import neuron_dominance
from problem import Problem
from profile_family import check_curve
from reading import MAX_BYTES, Declined, Rejected, count, expect, fields, parse_json, plain_text, positive, show, string
from rules import (
    along_curve, along_direction, convex_span, expect_convex_near, expect_one_sign, flat_then_descent, gradient_bound,
    lower_end, lower_risk, negative_curvature, upper_end, zero_gradient, zero_loss,
)
from slices import HINTS
from span_near import affine_span_near

# Per kind: the statement's keys beside kind and problem, and the keys of the proof.
KINDS = {
    'local-minimum': (('point',), ('localMinimum',)),
    'spurious-local-minimum': (('point', 'betterPoint'), ('localMinimum', 'lowerRisk')),
    'global-minimum': (('point',), ('globalMinimum',)),
    'not-global-minimum': (('point', 'betterPoint'), ('lowerRisk',)),
    'not-local-minimum': (('point',), ('descent',)),
    'saddle': (('point',), ('critical', 'descent', 'ascent')),
    'local-minimum-near': (('point', 'radius'), ('localMinimum',)),
    'spurious-local-minimum-near': (('point', 'radius', 'betterPoint'), ('localMinimum', 'lowerRisk')),
    'no-local-minimum-near': (('point', 'radius'), ('descent',)),
    'ill-posed-best-approximation': (('point', 'otherPoint', 'jump'), ('globalMinimum',)),
    'spurious-family': (('family', 'betterPoint', 'gap', 'realizations'), ('localMinimum', 'lowerRisk', 'injective')),
    'complete-critical-realizations': (('realizations',), ('cells', 'each')),
}

BOX_KINDS = ('local-minimum', 'spurious-local-minimum', 'global-minimum', 'not-global-minimum', 'not-local-minimum', 'saddle',
             'complete-critical-realizations')
TEACHER_KINDS = ('not-global-minimum', 'local-minimum-near', 'spurious-local-minimum-near', 'no-local-minimum-near')

DECAY_KINDS = ('local-minimum', 'spurious-local-minimum', 'not-global-minimum', 'local-minimum-near',
               'spurious-local-minimum-near', 'no-local-minimum-near')
DECAY_RULES = ('exact-hessian', 'strongly-convex-ball', 'gradient-bound', 'negative-curvature', 'lower-risk')
OF_INTERVALS = ('neuron-dominance-1d', 'reduced-hessian-1d')
ON_BOX = ('affine-span', 'convex-span', 'zero-loss', 'zero-gradient') + OF_INTERVALS  # and lower-risk, and curves

RULES = {
    'localMinimum': ('affine-span', 'neuron-dominance', 'exact-hessian', 'coincident-preactivations') + OF_INTERVALS,
    'globalMinimum': ('zero-loss', 'convex-span', 'eckart-young', 'enumeration'),
    'lowerRisk': ('lower-risk',),
    'critical': ('zero-gradient',),
    'descent': ('descent-direction', 'descent-curve', 'negative-curvature', 'flat-then-descent'),
    'ascent': ('ascent-direction', 'ascent-curve'),
    'injective': ('strictly-monotone',),
}
IN_FIELD = ('zero-gradient', 'descent-curve', 'ascent-curve', 'lower-risk')
IN_FIELD_ON_BOX = IN_FIELD + ('neuron-dominance-1d', 'reduced-hessian-1d')
IN_FIELD += ('affine-span', 'neuron-dominance', 'convex-span', 'zero-loss', 'eckart-young')
OF_POLYNOMIALS = ('descent-direction', 'ascent-direction', 'descent-curve', 'ascent-curve', 'negative-curvature')
OF_ALL_LOSSES = ('zero-gradient', 'descent-direction', 'ascent-direction', 'descent-curve', 'ascent-curve')

OTHER_RULES = ('affine-span-near', 'gradient-bound', 'strongly-convex-ball', 'profile-family', 'hinge-profile',
               'least-critical-risk')


def check_about(value):
    fields(value, '$.about', (), ('theorem', 'source', 'text'))
    for key, text in value.items():
        plain_text(text, f'$.about.{key}', 2000)


NEAR_RULES = {
    'localMinimum': ('affine-span-near', 'strongly-convex-ball', 'coincident-preactivations'),
    'lowerRisk': ('lower-risk',),
    'descent': ('gradient-bound', 'negative-curvature'),
}


def read_rule(node, path, allowed):
    expect(type(node) is dict and 'rule' in node, path, 'missing-key: expected an object with the key "rule"')
    rule = string(node['rule'], f'{path}.rule')
    if rule not in allowed:
        if rule in OTHER_RULES or any(rule in rules for rules in RULES.values()):
            raise Declined(f'unsupported-combination: {path}.rule: {rule}')
        raise Rejected(f'unknown-rule: {path}.rule: {show(rule)}')
    return rule


def check_certificate(text, found, lines=None):
    """Returns if the text proves its statement; found receives the kind and the risks on the way. lines: of a stream, by its name."""
    certificate = parse_json(text)
    expect(type(certificate) is dict and certificate.get('format') == 'cairn-certificate', '$.format',
           'expected "cairn-certificate"')
    version = certificate.get('version')
    if type(version) is int and version > 1:
        raise Declined('unsupported-version: $.version')
    expect(type(version) is int and version == 1, '$.version', 'expected 1')
    fields(certificate, '$', ('format', 'version', 'statement', 'proof'), ('about',))
    if 'about' in certificate:
        check_about(certificate['about'])

    statement, proof = certificate['statement'], certificate['proof']
    expect(type(statement) is dict and 'kind' in statement, '$.statement', 'missing-key: expected an object with a kind')
    kind = string(statement['kind'], '$.statement.kind')
    expect(kind in KINDS, '$.statement.kind', f'unknown-kind: {show(kind)}')
    found['kind'] = kind
    keys, obligations = KINDS[kind]
    fields(statement, '$.statement', ('kind', 'problem') + keys)
    fields(proof, '$.proof', obligations)

    problem = Problem(statement['problem'], '$.statement.problem')
    if problem.curve:
        check_curve(problem, kind, statement, proof, found, read_rule, read_bits)
        return
    if problem.box and kind not in BOX_KINDS or problem.teacher and kind not in TEACHER_KINDS:
        raise Declined(f'unsupported-combination: $.statement.kind: {kind} with these data')
    if kind == 'complete-critical-realizations' and not problem.box:
        raise Declined(f'unsupported-combination: $.statement.kind: {kind} with these data')
    if problem.decay and kind not in DECAY_KINDS:
        raise Declined(f'unsupported-combination: $.statement.kind: {kind} with weight decay')
    if kind == 'spurious-family':
        check_family(problem, statement, proof, found)
        return
    if kind == 'complete-critical-realizations':
        complete_list(problem, statement, proof, found, lambda point: box_risk(problem, point), read_rule,
                      lambda rule, node, path, point, risk: check_rule_on_box(rule, problem, point, risk, node, path))
        return
    point, field = problem.read_point_in_field(statement['point'], '$.statement.point')
    radius = positive(statement['radius'], '$.statement.radius') if 'radius' in keys else None
    better = better_field = None
    if 'betterPoint' in keys:
        better, better_field = problem.read_point_in_field(statement['betterPoint'], '$.statement.betterPoint')
    if kind == 'ill-posed-best-approximation':
        other = problem.read_point(statement['otherPoint'], '$.statement.otherPoint')
        jump = positive(statement['jump'], '$.statement.jump')
        if proof['globalMinimum'].get('rule') in ('zero-loss', 'convex-span'):
            raise Declined('unsupported-combination: $.proof.globalMinimum.rule: this kind wants enumeration')
    rules = {key: read_rule(proof[key], f'$.proof.{key}', (RULES if radius is None else NEAR_RULES)[key])
             for key in obligations}
    if field or better_field:
        check_in_field(problem, point, field, better, better_field, radius, rules, proof, found)
        return
    if problem.decay:
        for key, rule in rules.items():
            if rule not in DECAY_RULES:
                raise Declined(f'unsupported-combination: $.proof.{key}.rule: {rule} with weight decay')
    if problem.box:
        check_on_box(problem, point, better, rules, proof, found)
        return
    if problem.teacher:
        check_gaussian(problem, point, better, radius, rules, proof, found)
        return

    if radius is not None:
        check_near(problem, point, better, radius, rules, proof, found)
        return
    try:
        trace = Trace(problem, point)
        found['point'] = trace.risk
    except SmoothPiece as met:
        if kind != 'not-global-minimum':
            raise (Rejected if 'affine-span' in rules.values() else Declined)(str(met)) from None
        found['point'] = enclosed_risk(problem, point)
    if better:
        found['better'] = risk_of(problem, better)
    for key, rule in rules.items():
        if rule == 'lower-risk':
            read_bits(proof[key], f'$.proof.{key}', ('rule',))
            lower_risk(found['point'], found['better'])
        elif rule == 'coincident-preactivations':
            coincident_preactivations(problem, point, None, proof[key], f'$.proof.{key}')
        else:
            check_rule(rule, proof[key], f'$.proof.{key}', problem, point, trace, lines=lines)
    if kind == 'ill-posed-best-approximation':
        ill_posed(problem, trace, other, jump, '$.statement')


def check_family(problem, statement, proof, found):
    path = '$.statement'
    family, over = problem.read_family(statement['family'], f'{path}.family')
    better = problem.read_point(statement['betterPoint'], f'{path}.betterPoint')
    gap = positive(statement['gap'], f'{path}.gap')
    realizations = string(statement['realizations'], f'{path}.realizations')
    expect(realizations in ('same-predictions', 'same-function', 'distinct'), f'{path}.realizations', 'unknown word')
    local, lower, injective = (f'$.proof.{key}' for key in ('localMinimum', 'lowerRisk', 'injective'))
    if read_rule(proof['localMinimum'], local, RULES['localMinimum']) != 'affine-span':
        raise Declined(f'unsupported-combination: {local}.rule: families want affine-span')
    read_rule(proof['lowerRisk'], lower, RULES['lowerRisk'])
    read_rule(proof['injective'], injective, RULES['injective'])
    fields(proof['localMinimum'], local, ('rule',))
    read_bits(proof['lowerRisk'], lower, ('rule',))

    trace = Trace(problem, family, settled)
    affine_span(problem, trace)
    risk, found['better'] = settled(trace.risk), risk_of(problem, better)
    expect_gap(lower_end(risk), upper_end(found['better']), gap)
    if isinstance(risk, Function):
        raise Declined('unsupported-combination: the risk is not seen to be one number')
    found['point'] = risk
    strictly_monotone(problem, family, over, proof['injective'], injective, realizations == 'distinct')
    if realizations == 'same-predictions':
        expect(not any(isinstance(p, Function) for row in trace.predictions for p in row), 'family', 'predictions-differ')
    elif realizations == 'same-function':
        same_function(problem, family)


def check_near(problem, point, better, radius, rules, proof, found):
    found['point'] = risk_of(problem, point)
    if better:
        found['better'] = risk_of(problem, better)
    for key, rule in rules.items():
        node, path = proof[key], f'$.proof.{key}'
        if rule == 'strongly-convex-ball':
            modulus, ball = read_ball(node, path, radius)
            found['point'] = strongly_convex_ball(problem, point, modulus, ball, node, path)
        elif rule == 'affine-span-near':
            read_bits(node, path, ('rule', 'center', 'ballRadius', 'modulus', 'embedding'))
            found['point'] = affine_span_near(problem, point, radius, node, path)
        elif rule == 'coincident-preactivations':
            found['point'] = coincident_preactivations(problem, point, radius, node, path)
        elif rule == 'negative-curvature':
            read_bits(node, path, ('rule', 'direction'))
            direction = problem.read_point(node['direction'], f'{path}.direction')
            negative_curvature_near(problem, point, radius, direction, path)
        elif rule == 'gradient-bound':
            gradient_bound(problem, point, radius, node, path)
        else:
            read_bits(node, path, ('rule',))
            lower_risk(found['point'], found['better'])


def expect_affine(rule, problem, path):
    """Rules that read slopes and exact residuals."""
    for layer in problem.network.all:
        if isinstance(layer, Between) and not (layer.h.piecewise_affine or layer.h.polynomial and rule in OF_POLYNOMIALS):
            raise Declined(f'unsupported-combination: {path}.rule: {rule} at {layer.where}, which has smooth pieces')
    if not problem.loss.exact and rule not in OF_ALL_LOSSES:
        raise Declined(f'unsupported-combination: {path}.rule: {rule} with an irrational loss')


def check_on_box(problem, point, better, rules, proof, found):
    found['point'] = box_risk(problem, point)
    if better:
        found['better'] = box_risk(problem, better)
    for key, rule in rules.items():
        node, path = proof[key], f'$.proof.{key}'
        if rule == 'lower-risk':
            read_bits(node, path, ('rule',))
            lower_risk(found['point'], found['better'])
        else:
            check_rule_on_box(rule, problem, point, found['point'], node, path)


def check_rule_on_box(rule, problem, point, risk, node, path):
    if rule in ('descent-curve', 'ascent-curve'):
        along_curve_1d(problem, point, risk, node, path, -1 if rule == 'descent-curve' else 1)
        return
    if rule == 'negative-curvature':
        negative_curvature_1d(problem, point, risk, node, path)
        return
    if rule not in ON_BOX:
        raise Declined(f'unsupported-combination: {path}.rule: {rule} on a box')
    fields(node, path, ('rule',))
    if rule == 'zero-loss':
        zero_loss(problem, risk)
    elif rule in ON_INTERVAL:
        ON_INTERVAL[rule](problem, point, path)
    else:
        box_affine_span(problem, point, everywhere=rule == 'convex-span')


ON_INTERVAL = {
    'zero-gradient': zero_gradient_1d, 'neuron-dominance-1d': neuron_dominance_1d, 'reduced-hessian-1d': reduced_hessian_1d,
}


def check_in_field(problem, point, field, better, better_field, radius, rules, proof, found):
    """One of the points has entries in a field: the rules that need no more than sums, products and signs."""
    if radius is not None or problem.teacher or problem.decay:
        raise Declined('unsupported-combination: an algebraic point with this kind, these data or this loss')
    for key, rule in rules.items():
        if rule not in (IN_FIELD_ON_BOX if problem.box else IN_FIELD):
            raise Declined(f'unsupported-combination: $.proof.{key}.rule: {rule} at an algebraic point')
    risks = []
    for theta, over, is_better in ((point, field, False), (better, better_field, True)):
        if theta is None:
            continue
        if is_better and over is None:
            risks.append(box_risk(problem, theta) if problem.box else risk_of(problem, theta))
            continue
        if problem.box:
            OnInterval(problem, theta, '$.statement')
        elif not problem.loss.exact:
            raise Declined('unsupported-combination: an irrational loss at an algebraic point')
        risks.append(box_risk(problem, theta) if problem.box else Trace(problem, theta).risk)
    for key, rule in rules.items():
        node, path = proof[key], f'$.proof.{key}'
        if rule == 'lower-risk':
            read_bits(node, path, ('rule',))
            lower_risk(settled_number(risks[0]), settled_number(risks[1]))
        elif rule in ('descent-curve', 'ascent-curve'):
            sign = -1 if rule == 'descent-curve' else 1
            if problem.box:
                along_curve_1d(problem, point, risks[0], node, path, sign, field)
            else:
                expect_affine(rule, problem, path)
                along_curve(problem, point, node, path, sign, field)
        elif problem.box:
            fields(node, path, ('rule',))
            ON_INTERVAL[rule](problem, point, path)
        else:
            check_rule(rule, node, path, problem, point, Trace(problem, point), field=field)
    for key, risk in zip(('point', 'better'), risks):
        found[key] = settled_number(risk)


def check_gaussian(problem, point, better, radius, rules, proof, found):
    data, rows = problem.teacher, point[0][0]
    found['point'] = data.risk(rows)
    if better:
        found['better'] = data.risk(better[0][0])
    for key, rule in rules.items():
        node, path = proof[key], f'$.proof.{key}'
        if rule == 'strongly-convex-ball':
            modulus, ball = read_ball(node, path, radius)
            if any(hint in node for hint in HINTS):
                raise Declined(f'unsupported-combination: {path}: all parameters of a Gaussian student move')
            gradient = GaussianCurvature(data, box_around(rows, 0)).gradient()
            expect_small_gradient(gradient, modulus, ball)
            expect_definite(GaussianCurvature(data, box_around(rows, ball)).hessian(), modulus, path)
            found['point'] = least_risk(found['point'], gradient, modulus)
        elif rule == 'gradient-bound':
            read_bits(node, path, ('rule',))
            expect_one_sign(GaussianCurvature(data, box_around(rows, radius)).gradient(), path)
        elif rule == 'negative-curvature':
            read_bits(node, path, ('rule', 'direction'))
            direction = [x for row in problem.read_move(node['direction'], f'{path}.direction')[0][0] for x in row]
            expect_negative(GaussianCurvature(data, box_around(rows, radius)).hessian(), direction)
        elif rule == 'lower-risk':
            read_bits(node, path, ('rule',))
            lower_risk(found['point'], found['better'])
        else:
            raise Declined(f'unsupported-combination: {path}.rule: {rule} with a Gaussian teacher')


def read_ball(node, path, radius):
    """The modulus, and the radius of the ball on which the risk is strongly convex."""
    read_bits(node, path, ('rule', 'modulus'), ('ballRadius',) + HINTS)
    modulus = positive(node['modulus'], f'{path}.modulus')
    ball = positive(node['ballRadius'], f'{path}.ballRadius') if 'ballRadius' in node else radius
    expect(ball <= radius, f'{path}.ballRadius', 'too-far: it exceeds the radius of the statement')
    return modulus, ball


def risk_of(problem, point):
    """R, exactly where the network and the loss have exact values, and else an enclosure."""
    try:
        return Trace(problem, point).risk
    except SmoothPiece:
        return enclosed_risk(problem, point)


def read_bits(node, path, required, optional=()):
    """A node whose `bits` say how precisely the kernel computes: here that is always enough."""
    fields(node, path, required, ('bits',) + optional)
    if 'bits' in node:
        count(node['bits'], f'{path}.bits', 1)


def check_rule(rule, node, path, problem, point, trace, field=None, lines=None):
    if rule in OF_INTERVALS:
        raise Declined(f'unsupported-combination: {path}.rule: {rule} is for the true loss on an interval')
    if rule not in ('affine-span', 'zero-loss', 'convex-span', 'exact-hessian', 'eckart-young'):
        expect_affine(rule, problem, path)
    if rule == 'enumeration':
        enumeration(problem, point, trace, node, path, lines)
    elif rule == 'neuron-dominance':
        expect_convex_near(problem, trace)
        neuron_dominance(problem, point, trace, node, path)
    elif rule in ('descent-direction', 'ascent-direction'):
        along_direction(problem, point, node, path, -1 if rule == 'descent-direction' else 1)
    elif rule in ('descent-curve', 'ascent-curve'):
        along_curve(problem, point, node, path, -1 if rule == 'descent-curve' else 1)
    elif rule == 'negative-curvature':
        negative_curvature(problem, point, trace, node, path)
    elif rule == 'eckart-young':
        eckart_young(problem, trace, node, path, field)
    elif rule == 'flat-then-descent':
        flat_then_descent(problem, point, trace, node, path)
    elif rule == 'exact-hessian':
        read_bits(node, path, ('rule',), HINTS)
        exact_hessian(problem, point, trace, node, path)
    else:
        fields(node, path, ('rule',))
        if rule == 'affine-span':
            affine_span(problem, trace)
        elif rule == 'zero-loss':
            zero_loss(problem, trace.risk)
        elif rule == 'convex-span':
            convex_span(problem, trace)
        elif rule == 'zero-gradient':
            zero_gradient(problem, point, trace)
        else:
            raise Rejected(f'unknown-rule: {path}.rule')


def lines_beside(file):
    """The streams beside a file, by their names: lines without their line feeds, none longer than a file may be."""
    def lines(name):
        with open(os.path.join(os.path.dirname(os.path.realpath(file)), name), 'rb') as handle:
            for line in iter(lambda: handle.readline(MAX_BYTES + 2), b''):
                yield line.removesuffix(b'\n').decode('utf-8')
    return lines


def verdict_of(name, text, lines=None):
    """The answer as an object; never throws on account of the text."""
    found = {}
    verdict, reason = 'proved', None
    try:
        check_certificate(text, found, lines)
    except Rejected as refusal:
        verdict, reason = 'rejected', str(refusal)
    except Declined as refusal:
        verdict, reason = 'declined', str(refusal)
    except Exception as error:  # a bug here: never a proof
        verdict, reason = 'rejected', f'error: {type(error).__name__}: {str(error)[:200]}'
    risk = {'point': None, 'better': None, 'gap': None}
    if verdict == 'proved':
        risk['point'] = shown(found['point']) if 'point' in found else None
        if 'gap' in found:
            risk['gap'] = shown(found['gap'])
        if 'better' in found:
            risk['better'] = shown(found['better'])
            risk['gap'] = shown(found['point'] - found['better'])
    return {'name': name, 'verdict': verdict, 'kind': found.get('kind'), 'reason': reason, 'risk': risk}


def shown(risk):
    if not isinstance(risk, Enclosed):
        return str(risk)
    low, high = risk.ends()
    return {'lower': str(low), 'upper': str(high)}


def check_line(line):
    try:
        request = json.loads(line)
        name, text, lines = request['name'], request['text'], request.get('lines')
        if type(text) is not str:
            raise TypeError('the text is not a string')
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = f'error: expected a line {{"name", "text"}}: {type(error).__name__}'
        return {'name': None, 'verdict': 'rejected', 'kind': None, 'reason': reason,
                'risk': {'point': None, 'better': None, 'gap': None}}
    return verdict_of(name, text, None if lines is None else lines.__getitem__)


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 3
    worst = {'proved': 0, 'declined': 0, 'rejected': 0}
    unreadable = False
    if arguments == ['-']:
        for line in sys.stdin.buffer:
            if line.strip():
                answer = check_line(line)
                worst[answer['verdict']] += 1
                print(json.dumps(answer), flush=True)
    else:
        for file in arguments:
            try:
                with open(file, 'rb') as handle:
                    text = handle.read().decode('utf-8')
            except (OSError, ValueError) as error:
                print(f'{file}: {error}', file=sys.stderr)
                unreadable = True
                continue
            answer = verdict_of(file, text, lines_beside(file))
            worst[answer['verdict']] += 1
            print(json.dumps(answer), flush=True)
    return 3 if unreadable else 1 if worst['rejected'] else 2 if worst['declined'] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
