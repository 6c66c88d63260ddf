/** A complete list: the least risk by the kink, with the critical kinks on it, and the functions of the list over the target. */
import { add, compare, multiply, type Rational, rational, subtract } from '../kernel/arithmetic/rational.js';
import type { Opening } from '../kernel/model/hinge-profiles.js';
import type { BoxProblem, CriticalRealization } from '../kernel/statement.js';
import { type ListedFunction, listedFunctions } from './listed-functions.js';
import { extent, middle, toFloat } from './numbers.js';
import { clip, inputName, kink, kinkName, type LegendItem, outputName, type Panel, type PlotRequest } from './panel.js';
import { intervalOf } from './panel-realization.js';
import { axes, type Box, colours, line, linearScale, mark, polyline, type Scale } from './svg.js';

const steps = 240;
const float = ({ num, den }: Rational): number => toFloat(num, den);

/** How each kind is drawn: shape and colour both tell. */
const marks = {
  'global-minimum': { sign: 'better', colour: colours.better, label: 'global' },
  'spurious-local-minimum': { sign: 'point', colour: colours.point, label: 'spurious' },
  'local-minimum': { sign: 'point', colour: colours.point, label: 'local minimum' },
  saddle: { sign: 'kink', colour: colours.faint, label: 'saddle' },
} as const satisfies Readonly<Record<CriticalRealization['kind'], LegendItem>>;

function marked(kind: CriticalRealization['kind'], x: number, y: number): string {
  const { sign, colour } = marks[kind];
  return sign === 'kink' ? kink(x, y, colour) : mark(sign, x, y);
}

/** The dashes of the curves that open to the left. */
const dashes: Readonly<Record<Opening, Readonly<Record<string, string>>>> = {
  right: {},
  left: { 'stroke-dasharray': '8 4' },
};

export function listPanels(
  problem: BoxProblem,
  list: readonly CriticalRealization[],
  wanted: PlotRequest,
): readonly Panel[] {
  const { profiles, functions } = listedFunctions(problem, list);
  const constant = functions[0] as ListedFunction;
  const [a, b] = [profiles.ends[0], profiles.ends[profiles.ends.length - 1]] as [Rational, Rational];
  const shares = Array.from({ length: steps - 1 }, (_, k) => rational(BigInt(k + 1), BigInt(steps)));
  const kinks = shares.map((share) => add(a, multiply(share, subtract(b, a))));
  const curves = profiles.openings.map((opens) => ({
    opens,
    curve: kinks.map((q) => {
      const piece = profiles.profile(opens).find(({ to }) => compare(q, to) <= 0);
      const gain = piece === undefined ? null : profiles.gain(piece, q, q);
      return [float(q), float(subtract(constant.risk.lower, gain?.lower ?? rational(0n)))] as const;
    }),
  }));
  const hinges = functions.flatMap(({ hinge, risk, kind }) =>
    hinge === null ? [] : [[kind, float(hinge.kink), float(middle(risk))] as const],
  );
  const kinds = [...new Set(functions.map(({ kind }) => kind))];
  return [
    {
      title: 'Least risk with a kink at q',
      legend: [
        { sign: 'curve', colour: colours.curve, label: profiles.openings.length > 1 ? 'opens right' : 'r(q)' },
        ...(profiles.openings.length > 1
          ? [{ sign: 'dashed', colour: colours.curve, label: 'opens left' } as const]
          : []),
        ...kinds.filter((kind) => hinges.some(([of]) => of === kind)).map((kind) => marks[kind]),
      ],
      right: 16,
      shows: ['input'],
      draw: (frame, id) => {
        const levels = functions.flatMap(({ hinge, risk }) => (hinge === null ? [float(middle(risk))] : []));
        const [low, high] = extent([...levels, ...curves.flatMap(({ curve }) => curve.map(([, r]) => r))]);
        const x = linearScale(float(a), float(b), frame.x, frame.x + frame.width, 8);
        const y = linearScale(
          Math.max(0, low - 0.06 * (high - low)),
          high + 0.06 * (high - low) || 1,
          frame.y + frame.height,
          frame.y,
        );
        return [
          clip(id, frame),
          axes(frame, x, y, { x: kinkName(wanted), y: 'risk r' }),
          ...levels.map((level) => dotted(frame, y, level)),
          ...curves.map(({ opens, curve }) =>
            drawn(curve, x, y, id, { stroke: colours.curve, 'stroke-width': 2.2, ...dashes[opens] }),
          ),
          ...hinges.map(([kind, q, r]) => marked(kind, x.place(q), y.place(r))),
        ].join('');
      },
    },
    functionsPanel(problem, functions, wanted),
  ];
}

/** The risk of the constant, and of the affine fit. */
function dotted(frame: Box, y: Scale, level: number): string {
  const at = y.place(level);
  return line(frame.x, at, frame.x + frame.width, at, { stroke: colours.faint, 'stroke-dasharray': '2 3' });
}

function drawn(
  points: readonly (readonly [number, number])[],
  x: Scale,
  y: Scale,
  id: string,
  style: Readonly<Record<string, string | number>>,
): string {
  return polyline(
    points.map(([p, q]) => [x.place(p), y.place(q)] as const),
    { ...style, 'clip-path': `url(#${id})` },
  );
}

function functionsPanel(problem: BoxProblem, functions: readonly ListedFunction[], wanted: PlotRequest): Panel {
  const { from, to, over, target } = intervalOf(problem.data, 0);
  const [a, b] = [rational(from, over), rational(to, over)];
  const curves = functions.map(({ kind, hinge, valueAt }) => ({
    kind,
    bend: hinge === null ? null : ([float(hinge.kink), float(valueAt(hinge.kink))] as const),
    points: [a, ...(hinge === null ? [] : [hinge.kink]), b].map((x) => [float(x), float(valueAt(x))] as const),
  }));
  const kinds = [...new Set(functions.map(({ kind }) => kind))];
  return {
    title: 'Target and critical realizations',
    legend: [
      { sign: 'curve', colour: colours.data, label: 'target y' },
      ...kinds.map((kind) => ({ sign: 'curve', colour: marks[kind].colour, label: marks[kind].label }) as const),
    ],
    right: 16,
    shows: ['input', 'output'],
    draw: (frame, id) => {
      const heights = [
        ...(target ?? []).map(([, y]) => y),
        ...curves.flatMap(({ points }) => points.map(([, y]) => y)),
      ];
      const [low, high] = extent(heights);
      const pad = 0.07 * (high - low) || 0.5;
      const x = linearScale(float(a), float(b), frame.x, frame.x + frame.width, 8);
      const y = linearScale(low - pad, high + pad, frame.y + frame.height, frame.y);
      return [
        clip(id, frame),
        axes(frame, x, y, { x: inputName(wanted), y: outputName(wanted, 0) }),
        drawn(target ?? [], x, y, id, { stroke: colours.data, 'stroke-width': 1.8 }),
        ...curves.map(({ kind, points }) =>
          drawn(points, x, y, id, { stroke: marks[kind].colour, 'stroke-width': 2, 'stroke-opacity': 0.85 }),
        ),
        ...curves.flatMap(({ kind, bend }) =>
          bend === null ? [] : [marked(kind, x.place(bend[0]), y.place(bend[1]))],
        ),
      ].join('');
    },
  };
}
