/** Rules `neuron-dominance-1d` and `reduced-hessian-1d`, told with the numbers of one instance (theory.md 5a, 5b; proofs/rules/neuron-dominance-1d.md). */
import type { Quotient } from '../kernel/model/hidden-layer-on-interval.js';
import type { IntervalPoint } from '../kernel/model/interval-point.js';
import { UnitsOnInterval } from '../kernel/model/units-on-interval.js';
import { unreachable } from '../kernel/verdict.js';
import { type Block, display, formula, type Inline, paragraph, table } from './document.js';
import { fraction } from './numbers.js';

const mostUnits = 24;

export function arguesOnAnInterval<T>(
  point: IntervalPoint<T>,
  rule: 'neuron-dominance-1d' | 'reduced-hessian-1d',
): readonly Block[] {
  const line = new UnitsOnInterval(point);
  return [
    paragraph(
      'The loss is convex and differentiable, and the density is ≥ 0. With ',
      formula('g(x) = ρ(x) ∂_pℓ(N_θ(x), y(x))', 'g(x) = \\rho(x)\\, \\partial_p \\ell(N_\\theta(x), y(x))'),
      ', continuous on the interval, and the slopes s⁻ and s⁺ of the activation, every unit is one of these, by the exact signs of its preactivation at both ends:',
    ),
    unitTable(line),
    ...(rule === 'neuron-dominance-1d' ? dominance() : reducedHessian()),
  ];
}

function unitTable<T>(line: UnitsOnInterval<T>): Block {
  const { numbers, problem } = line.point;
  const over = problem.network.stages[0]?.activation.denominator as bigint;
  const amount = ({ numerator, denominator }: Quotient<T>): Inline =>
    fraction(numbers.enclosed(numerator, denominator, 64));
  const bend = (j: number, at: Quotient<T>): Inline => {
    const { numerator, denominator } = line.bend(j, at);
    return amount({ numerator, denominator: numbers.scale(denominator, over) });
  };
  const rows = line.units.slice(0, mostUnits).map((unit, j): readonly Inline[] => {
    const name = `${j + 1}`;
    switch (unit.type) {
      case 'straight':
        return [name, unit.slope === 0n ? 'inactive' : 'affine', '', ''];
      case 'degenerate':
        return [name, 'degenerate', '', ''];
      case 'boundary':
        return [name, 'bends at an end', amount(unit.end), bend(j, unit.end)];
      case 'kinked':
        return [name, 'bends inside', amount(unit.kink), bend(j, unit.kink)];
      default:
        return unreachable(unit);
    }
  });
  if (rows.length < line.units.length) rows.push(['…', `${line.units.length - rows.length} more`, '', '']);
  return table(['unit', 'type', 'kink', formula('v (s⁺ − s⁻) g', 'v\\, (s^+ - s^-)\\, g')], rows);
}

const stationary =
  'The integrals of g and of g x over the interval, and at every kink inside it the derivatives of the risk in weight and bias of its unit, were computed exactly where they are needed; each is 0.';

function dominance(): readonly Block[] {
  return [
    paragraph(stationary),
    paragraph(
      'Where a unit bends, the last column is > 0. So near θ the part of each unit, ',
      formula('v′_j ∫ g h(w′_j x + b′_j) dx', "v'_j \\int g\\, h(w'_j x + b'_j)\\, dx"),
      ', is convex in its kink and least at θ, or only gains next to an end of the interval: it is ≥ 0, and 0 at θ. Therefore',
    ),
    display(
      formula(
        'R(θ′) − R(θ) ≥ ∫ g(x) (N_θ′(x) − N_θ(x)) dx ≥ 0',
        "R(\\theta') - R(\\theta) \\ \\ge\\ \\int g(x)\\, (N_{\\theta'}(x) - N_\\theta(x))\\, dx \\ \\ge\\ 0",
      ),
    ),
  ];
}

function reducedHessian(): readonly Block[] {
  return [
    paragraph(
      'Near θ the realization is, up to what boundary units add next to the ends of the interval, a function of the constant A, the slope B (if a unit moves it), and of height and place of each kink,',
    ),
    display(
      formula(
        'p(x) = A + B x + Σ_j s_j h(ε_j (x − q_j)),  s_j = v_j |w_j|,  ε_j = sign w_j',
        'p(x) = A + B x + \\sum_j s_j\\, h(\\varepsilon_j (x - q_j)), \\quad s_j = v_j |w_j|, \\quad \\varepsilon_j = \\operatorname{sign} w_j',
      ),
    ),
    paragraph(
      `${stationary} What boundary units add makes the risk larger, since the last column is > 0 there. In these coordinates the Hessian of the risk,`,
    ),
    display(
      formula(
        '∫ ρ ℓ″ ∂p ∂pᵀ dx + diag(…, (s⁺ − s⁻) s_j g(q_j), …)',
        "\\int \\rho\\, \\ell''\\, \\partial p\\, \\partial p^\\top dx + \\operatorname{diag}(\\ldots,\\ (s^+ - s^-)\\, s_j\\, g(q_j),\\ \\ldots)",
      ),
    ),
    paragraph('is positive definite, by exact arithmetic. So no risk near θ is lower.'),
  ];
}
