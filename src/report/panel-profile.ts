/** The risk of the best fit with its kink at q, as a function of q: flat where the members of a family have theirs. */
import type { Rational } from '../kernel/arithmetic/rational.js';
import type { Risk } from '../kernel/model/enclosing.js';
import { riskBeside } from '../kernel/model/parametrized-risk.js';
import { jointsOf } from '../kernel/model/parametrized-target.js';
import type { ParametrizedProblem, Point } from '../kernel/statement.js';
import { explainedBy } from '../numerics/float-target.js';
import { unlimited } from './motion.js';
import { movingKink } from './moving-kink.js';
import { exactAmount, toFloat } from './numbers.js';
import { clip, kinkName, type Panel, type PlotRequest } from './panel.js';
import { axes, colours, line, linearScale, mark, polyline } from './svg.js';

const steps = 400;
const float = ({ num, den }: Rational): number => toFloat(num, den);

export function profilePanel(wanted: PlotRequest, problem: ParametrizedProblem): Panel {
  const { theorem } = wanted;
  const { betterPoint } = theorem.statement;
  const kink = movingKink(theorem, problem);
  const [left, right] = kink.slopes.map(float) as [number, number];
  const explained = explainedBy(problem.data, { left, right, tilts: kink.affine.length > 0 });
  const joints = jointsOf(problem.data).map(float);
  const [a, b] = [joints[0] as number, joints[joints.length - 1] as number];
  const factor = float(problem.factor);
  const [first, last] = [...kink.ends].sort((p, q) => float(p) - float(q)).map(float) as [number, number];
  // At the ends of the interval there is no kink, and the system is singular.
  const margin = (b - a) / 100;
  const curve = Array.from({ length: steps + 1 }, (_, k) => a + margin + ((b - a - 2 * margin) * k) / steps).map(
    (q) => [q, -factor * explained(q)] as const,
  );
  const better = riskBeside(problem, (betterPoint as Point).parameters, unlimited(), '$');
  const gap = exactAmount(theorem.risk.gap as Risk) as Rational;
  const [lower, level] = [float(better), float(better) + float(gap)];
  const members = [first, ...curve.map(([q]) => q).filter((q) => q > first && q < last), last];
  return {
    title: 'Risk of the best fit with its kink at q',
    legend: [
      { sign: 'curve', colour: colours.curve, label: 'profile r(q)' },
      { sign: 'curve', colour: colours.point, label: 'kinks of θ(t)' },
      { sign: 'better', colour: colours.better, label: 'R(θ°)' },
    ],
    right: 16,
    shows: ['input'],
    draw: (frame, id) => {
      const heights = [...curve.map(([, r]) => r), lower, level];
      const [low, high] = [Math.min(...heights), Math.max(...heights)];
      const pad = 0.12 * (high - low);
      const x = linearScale(a, b, frame.x, frame.x + frame.width, 8);
      const y = linearScale(low - pad, high + pad, frame.y + frame.height, frame.y);
      const at = y.place(lower);
      return [
        clip(id, frame),
        axes(frame, x, y, { x: kinkName(wanted), y: 'risk less that of the function 0' }),
        line(frame.x, at, frame.x + frame.width, at, { stroke: colours.better, 'stroke-dasharray': '6 4' }),
        polyline(
          curve.map(([q, r]) => [x.place(q), y.place(r)] as const),
          { stroke: colours.curve, 'stroke-width': 1.8, 'clip-path': `url(#${id})` },
        ),
        polyline(
          members.map((q) => [x.place(q), y.place(level)] as const),
          { stroke: colours.point, 'stroke-width': 4, 'clip-path': `url(#${id})` },
        ),
        mark('better', frame.x + frame.width / 2, at),
      ].join('');
    },
  };
}
