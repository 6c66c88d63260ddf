import type { Fields } from '../formats/write.js';
import { type Rational, rational, zero } from '../kernel/arithmetic/rational.js';
import type { Samples } from '../kernel/model/data.js';
import type { DenseValues, Network, Parameters, Stage } from '../kernel/model/network.js';
import { type AffineFit, isBestOfAllFunctions } from '../provers/affine-fit.js';
import { denseOf } from '../provers/dense-of.js';
import { placeFor, type Segment, widestSegment } from '../provers/segments.js';
import { findBetterChannels } from './channel-search.js';
import type { Built, Construction, ConstructionInput } from './construction.js';
import { shown } from './figures.js';
import { canRealize } from './hinge-sum.js';
import { type Channel, convolutionOf, type Front, FrontLayout } from './image-channels.js';
import { findPoints } from './level-points.js';
import { findLevels, levelSettings, readLevelSettings, wholeLevel } from './level-search.js';
import { table } from './risk-levels.js';
import { fails, poseNetwork, poseProblem, proveSpurious, unknownSetting } from './training-problem.js';

const hypotheses = {
  activation: {
    name: 'piecewise linear activation',
    text: 'the activation has finitely many pieces, all affine, not all of slope 0, and at least one kink',
  },
  pooling: {
    name: 'pooling keeps its winners',
    text: 'average pooling; or maximum pooling behind a kernel of size 1, where equal pixels may tie: with larger kernels ties are lost near the point',
  },
  channels: {
    name: 'channels',
    text: 'the convolution has a channel for each tap of its kernel, so that every affine function of the pooled values at all offsets is realized; without hidden dense layers at least one more, for the better point',
  },
  scalar: {
    name: 'scalar output',
    text: 'the network has one output, where there is more than one group or a hidden dense layer',
  },
  distinct: {
    name: 'distinct samples',
    text: 'some direction tells pooled inputs apart, so that there are groups',
  },
  target: {
    name: 'not linearly fittable',
    text: 'no affine function of the pooled values is as good as any function of the inputs; with hidden dense layers, affine fits of the groups are not as good as any function of the pooled values',
  },
  width: {
    name: 'width',
    text: 'the first hidden dense layer has a unit that carries the affine part and one or two for each cut between groups; further ones have at least 1',
  },
} as const;

/** Spare channels of the default architecture. */
const usualSpare = 2;

export const liu2021Convolutional: Construction = {
  id: 'liu-2021-convolutional',
  title:
    'Spurious local minima of piecewise linear convolutional networks that realize best affine fits of pooled pixels, one for each group of samples',
  source:
    'Liu, Spurious local minima are common for deep neural networks with piecewise linear activations, IEEE Transactions on Neural Networks and Learning Systems (convolutional networks)',
  bibtex: `@article{liu2021spurious,
  title   = {Spurious local minima are common for deep neural networks with piecewise linear activations},
  author  = {Liu, Bo},
  journal = {IEEE Transactions on Neural Networks and Learning Systems},
  eprint  = {2102.13233},
  archivePrefix = {arXiv}
}`,
  hypotheses: Object.values(hypotheses),
  settings: [
    {
      name: 'shape',
      type: 'choice',
      default: 'auto',
      text: 'channels and extents of an input, such as 1x8x8 or 2x12; auto is one channel, square where the number of inputs is one',
    },
    {
      name: 'kernel',
      type: 'integer',
      default: 'auto',
      text: 'the extent of the kernel; auto is 3, or 1 with pool=max',
    },
    {
      name: 'channels',
      type: 'integer',
      default: 'auto',
      text: 'channels of the convolution; auto is the fewest, and 2 more',
    },
    { name: 'pool', type: 'choice', default: 'average', text: 'average, max or none' },
    {
      name: 'window',
      type: 'integer',
      default: 'auto',
      text: "the extent of the pool's windows, and their stride, or global; auto is 2",
    },
    ...levelSettings('1'),
  ],
  build,
};

async function build(input: ConstructionInput): Promise<Built> {
  const unknown = unknownSetting(input, liu2021Convolutional.settings);
  if (unknown !== null) return { kind: 'usage', message: unknown };
  const levelsWanted = readLevelSettings({ ...input, settings: withoutFront(input.settings) }, 1);
  if (levelsWanted.kind === 'usage') return levelsWanted;
  const { level: wanted } = levelsWanted;
  // The same data on a dense network: what the kernel refuses is refused at once.
  const flat = poseProblem(input, [1]);
  if (flat.kind !== 'posed') return flat;
  const { network, loss, data } = flat.problem;
  const front = frontOf(input);
  if ('kind' in front) return front;
  const h = (network.stages[0] as Stage).activation;
  if (h.smooth !== null) return fails(hypotheses.activation, 'a piece is not affine');
  if (!canRealize(h))
    return fails(hypotheses.activation, h.breakpoints.length === 0 ? 'it has no kink' : 'it is constant');
  if (front.pool === 'max' && front.kernel > 1) {
    return fails(hypotheses.pooling, `found maximum pooling behind a kernel of size ${front.kernel}`);
  }
  const asked = input.hidden ?? [];
  const isHeadless = wanted === 1 && asked.length === 0;
  const k = network.outputs;
  if (k > 1 && !isHeadless) return fails(hypotheses.scalar, `found ${k} outputs`);

  const layout = new FrontLayout(front);
  const least = layout.taps + (isHeadless ? 1 : 0);
  const text = input.settings['channels'] ?? 'auto';
  const channels = text === 'auto' ? layout.taps + (isHeadless ? usualSpare : 0) : Number(text);
  if (!Number.isInteger(channels) || channels < 1 || channels > 10_000) {
    return { kind: 'usage', message: 'the setting "channels" must be an integer from 1 to 10000' };
  }
  if (channels < least) {
    return fails(hypotheses.channels, `a kernel of ${layout.taps} taps needs ${least} channels, found ${channels}`);
  }

  const base = tapChannels(layout, widestSegment(h, false) as Segment, data, channels);
  // Channels beyond the taps repeat the first: their values are left out of fits.
  const own = base.slice(0, layout.taps);
  const features: Samples = { ...data, inputs: layout.features(h, own, data.inputs) };
  const shapes = `input ${[front.channels, ...front.extents].join(' × ')}, ${channels} channels of kernel ${front.kernel}, ${front.pool === 'none' ? 'no pool' : `${front.pool} pool of ${front.window.join(' × ')}`}: ${layout.windows} × ${layout.taps} pooled values`;
  if (isHeadless) {
    const level = wholeLevel(features, loss, new Map(), input);
    if (level === null)
      return { kind: 'gave-up', message: 'the best affine fit is irrational for this loss, as far as was found' };
    const [fit] = level.fits as [AffineFit];
    // Functions of the pooled values are not all: other kernels see more of the input.
    if (isBestOfAllFunctions(data, fit).best) {
      return fails(
        hypotheses.target,
        'an affine function of the pooled values is as good as any function of the inputs',
      );
    }
    const better = findBetterChannels(
      layout,
      h,
      data,
      loss,
      own,
      channels - layout.taps,
      { fit, risk: level.risk },
      input,
    );
    if (better === null)
      return { kind: 'gave-up', message: 'no kernels that lower the risk were found at this effort' };
    const posed = poseNetwork(input, networkOf(input, front, channels, [], k));
    if (posed.kind !== 'posed') return posed;
    const widened = (layer: DenseValues): DenseValues => padded(layer, channels * layout.windows);
    const entries = [convolutionOf(base), widened(denseOf(fit.A, fit.b, fit.denominator))];
    input.observe?.('checking', 0, 1);
    return proveSpurious(
      posed.problem,
      assembled(posed.problem.network, entries),
      assembled(posed.problem.network, [convolutionOf(better.channels), better.output]),
      liu2021Convolutional,
      [shapes, `risk ${shown(level.risk)}; the better point bends ${channels - layout.taps} of the channels`],
    );
  }
  const found = findLevels(features, loss, levelsWanted, input);
  switch (found.kind) {
    case 'gave-up':
      return found;
    case 'one-input':
      return fails(hypotheses.distinct, 'all pooled inputs are equal');
    case 'fitted':
      return fails(hypotheses.target, found.message);
  }
  const { levels } = found;
  const inputs = features.inputs.rows.map((row) => row.map((v) => rational(v, features.inputs.denominator)));
  const points = findPoints(h, features, levels, wanted, input, (given, hidden) =>
    poseProblem({ ...given, inputs }, hidden),
  );
  if (points.kind === 'too-narrow') return fails(hypotheses.width, points.message);
  if (points.kind !== 'found') return points;
  const posed = poseNetwork(input, networkOf(input, front, channels, points.hidden, k));
  if (posed.kind !== 'posed') return posed;
  const full = ([first, ...rest]: readonly DenseValues[]): Parameters =>
    assembled(posed.problem.network, [
      convolutionOf(base),
      padded(first as DenseValues, channels * layout.windows),
      ...rest,
    ]);
  input.observe?.('checking', 0, 1);
  return proveSpurious(posed.problem, full(points.point), full(points.better), liu2021Convolutional, [
    shapes,
    ...table(levels),
    points.note,
  ]);
}

const frontSettings = ['shape', 'kernel', 'channels', 'pool', 'window'];

function withoutFront(settings: ConstructionInput['settings']): ConstructionInput['settings'] {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !frontSettings.includes(name)));
}

function frontOf({ settings, inputs }: ConstructionInput): Front | Extract<Built, { kind: 'usage' }> {
  const usage = (message: string) => ({ kind: 'usage', message }) as const;
  const d = inputs[0]?.length ?? 0;
  const side = Math.round(Math.sqrt(d));
  const { shape = 'auto', pool = 'average', window: windowText = 'auto', kernel: kernelText = 'auto' } = settings;
  const sizes = shape === 'auto' ? (side * side === d ? [1, side, side] : [1, d]) : shape.split('x').map(Number);
  const isShape = sizes.every((n) => Number.isInteger(n) && n >= 1) && (sizes.length === 2 || sizes.length === 3);
  if (!isShape || sizes.reduce((all, n) => all * n, 1) !== d) {
    return usage(`the setting "shape" must be channels and one or two extents with product ${d}, such as 1x${d}`);
  }
  if (pool !== 'average' && pool !== 'max' && pool !== 'none') {
    return usage('the setting "pool" must be average, max or none');
  }
  const [channels, ...extents] = sizes as [number, ...number[]];
  const smallest = Math.min(...extents);
  const kernel = kernelText === 'auto' ? Math.min(pool === 'max' ? 1 : 3, smallest) : Number(kernelText);
  if (!Number.isInteger(kernel) || kernel < 1 || kernel > smallest) {
    return usage(`the setting "kernel" must be an integer from 1 to ${smallest}`);
  }
  const convolved = extents.map((n) => n - kernel + 1);
  const room = Math.min(...convolved);
  if (pool === 'none') return { channels, extents, kernel, pool, window: convolved.map(() => 1) };
  if (windowText === 'global') return { channels, extents, kernel, pool, window: convolved };
  const window = windowText === 'auto' ? Math.min(2, room) : Number(windowText);
  if (!Number.isInteger(window) || window < 1 || window > room) {
    return usage(`the setting "window" must be global or an integer from 1 to ${room}`);
  }
  return { channels, extents, kernel, pool, window: convolved.map(() => window) };
}

/**
 * Channel t passes on what tap t of the kernel meets, inside the affine segment on all data: behind the pool stand the means (or maxima) of the
 * windows at every offset. The channels beyond the taps repeat the first.
 */
function tapChannels(
  { taps }: FrontLayout,
  segment: Segment,
  { inputs }: Samples,
  channels: number,
): readonly Channel[] {
  let [least, most] = [inputs.rows[0]?.[0] as bigint, inputs.rows[0]?.[0] as bigint];
  for (const row of inputs.rows) {
    for (const x of row) {
      if (x < least) least = x;
      if (x > most) most = x;
    }
  }
  const over = (n: bigint): Rational => rational(n, inputs.denominator);
  const { middle, scale } = placeFor(segment, over(least), over(most));
  return Array.from({ length: channels }, (_, c) => ({
    kernel: Array.from({ length: taps }, (__, t) => (t === (c < taps ? c : 0) ? scale : zero)),
    bias: middle,
  }));
}

function networkOf(
  { activation }: ConstructionInput,
  { channels: planes, extents, kernel, pool, window }: Front,
  channels: number,
  hidden: readonly number[],
  outputs: number,
): Fields {
  const bend: Fields = { type: 'activation', ...activation };
  const convolution: Fields = {
    type: extents.length === 1 ? 'conv1d' : 'conv2d',
    channels,
    kernel: extents.length === 1 ? kernel : extents.map(() => kernel),
  };
  const size = window.length === 1 ? (window[0] as number) : window;
  const pools: Fields[] = pool === 'none' ? [] : [{ type: pool === 'max' ? 'maxpool' : 'avgpool', kernel: size }];
  const dense = hidden.flatMap((units): Fields[] => [{ type: 'dense', units }, bend]);
  return {
    input: [planes, ...extents],
    layers: [convolution, bend, ...pools, { type: 'flatten' }, ...dense, { type: 'dense', units: outputs }],
  };
}

/** The layer with weights 0 from further inputs. */
function padded({ weights, bias, denominator }: DenseValues, inputs: number): DenseValues {
  return denseOf(
    weights.map((row) => [...row, ...new Array<bigint>(inputs - row.length).fill(0n)]),
    bias,
    denominator,
  );
}

/** Entries of a point at the stages that have one. */
function assembled({ stages }: Network, entries: readonly DenseValues[]): Parameters {
  const nothing: DenseValues = { weights: [], bias: null, denominator: 1n, bits: 1 };
  return stages.map(({ entry }) => (entry === null ? nothing : (entries[entry] as DenseValues)));
}
