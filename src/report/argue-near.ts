/** Rule `affine-span-near`, told with the numbers of one instance (theory.md 1 and 3). */
import { type Rational, rational } from '../kernel/arithmetic/rational.js';
import { type Block, display, formula, joined, paragraph } from './document.js';
import { plural } from './inspect.js';
import { exactly, fraction, roughly } from './numbers.js';
import type { Subject } from './subject.js';

export function arguesAffineSpanNear({ theorem }: Subject): readonly Block[] {
  const step = theorem.steps['localMinimum'];
  if (step?.rule !== 'affine-span-near') return [];
  const { center, ballRadius, modulus } = step;
  const { radius } = theorem.statement;
  const coordinates = center.values.length;
  const shown = center.values.slice(0, 4).map((value) => roughly(rational(value, center.denominator), 8));
  return [
    paragraph(
      `Affine functions of the data have ${plural(coordinates, 'coordinate')} a (one for each output and each column of (x, 1) that the others do not span). `,
      'The best one for this loss need not be rational, so it is shown to exist, and not written down. Let Φ(a) be the risk of the affine function a, and c the centre, with coordinates ',
      ...shown.flatMap((value, j) => [j === 0 ? '' : ', ', value]),
      coordinates > shown.length ? ', …' : '',
      '.',
    ),
    paragraph(
      'On the ball of radius ',
      fraction(ballRadius),
      ' around c the function Φ is strongly convex with modulus λ = ',
      exactly(modulus),
      ': lower bounds of the second derivatives of the loss, weighted by the data, make a matrix that stays positive definite after λ is taken off its diagonal. The gradient at c, enclosed, satisfies',
    ),
    display(formula('|∇Φ(c)| < λρ', '\\lvert \\nabla \\Phi(c) \\rvert < \\lambda \\rho')),
    paragraph(
      'so Φ, which is convex, has its minimum over all affine functions at some a* inside the ball, and ',
      joined(
        formula(
          'Φ(a*) ≥ Φ(c) − |∇Φ(c)|²/(2λ)',
          '\\Phi(a^*) \\ge \\Phi(c) - \\lvert \\nabla \\Phi(c) \\rvert^2 / (2\\lambda)',
        ),
      ),
      '.',
    ),
    paragraph(
      'The certificate carries an affine map E from coordinates to parameters. The kernel has checked, identically in a, that the network at E(a) takes the values of the affine function a at all data; that for every a in the ball every preactivation that matters is strictly inside one affine piece, the same for all samples; and that E(a) stays within ',
      fraction(radius as Rational),
      ' of θ.',
    ),
    paragraph(
      'Hence near E(a*) the network is one affine function of the data, whatever the parameters are, and its risk is at least Φ(a*) = R(E(a*)): θ* = E(a*) is a local minimum.',
    ),
  ];
}
