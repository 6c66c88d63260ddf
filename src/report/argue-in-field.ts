/** Rules at a point with numbers of a field Q(a): their theorem, and what was counted; the tables of rational points would need decimals. */
import type { Theorem } from '../kernel/theorem.js';
import { type Block, formula, paragraph } from './document.js';
import { plural } from './inspect.js';

const lemma0 = formula(
  'R(θ′) − R(θ) ≥ Σ_i ⟨g_i, N_θ′(x_i) − N_θ(x_i)⟩',
  "R(\\theta') - R(\\theta) \\ \\ge\\ \\sum_i \\langle g_i,\\, N_{\\theta'}(x_i) - N_\\theta(x_i) \\rangle",
);

/** @param rule  on samples */
export function arguesInField(
  { obligations: { by } }: Theorem,
  rule: 'affine-span' | 'convex-span' | 'neuron-dominance',
): readonly Block[] {
  const counted = Object.entries(by)
    .map(([name, count]) => `${plural(count, 'time')} ${name}`)
    .join(', ');
  const why = {
    'affine-span':
      'Near θ every visible unit stays strictly inside one affine piece, so the network is affine on each group of samples, and the coefficients of the right-hand side, polynomials in θ′, are all 0.',
    'convex-span':
      'The network has no kink anywhere, so for every θ′ it is one affine function of x, and the right-hand side is 0 for every θ′: θ is a global minimum.',
    'neuron-dominance':
      'Near θ the right-hand side is a sum over the hidden units; each unit adds something ≥ 0, by the multipliers of the certificate.',
  };
  return [
    paragraph('The loss is convex and differentiable, so ', lemma0, ` for θ′ near θ. ${why[rule]}`),
    paragraph(
      `Every equation and every sign was decided in exact arithmetic of the field of θ (${counted}): an equation holds exactly, not to some digits.`,
    ),
  ];
}
