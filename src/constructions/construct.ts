import { hint } from '../formats/did-you-mean.js';
import { quoted } from '../formats/quoted.js';
import { type Fields, writeFile } from '../formats/write.js';
import type { Rational } from '../kernel/arithmetic/rational.js';
import { readProblem } from '../kernel/check.js';
import type { Observe } from '../provers/prover.js';
import { reasonInWords } from '../report/reason-in-words.js';
import type { Built, Construction } from './construction.js';
import { findConstruction } from './index.js';

/** What to build an instance on. Everything has a default, but most theorems want data or a box. */
export interface ConstructOptions {
  /** samples, one row of inputs and one of targets each, such as `selectColumns` answers; `weights` are 1 where they are left out */
  readonly data?: {
    readonly inputs: readonly (readonly Rational[])[];
    readonly targets: readonly (readonly Rational[])[];
    readonly weights?: readonly Rational[] | null;
  };
  /** the true loss on a box, instead of samples: data of type "box" as the format writes them */
  readonly box?: Fields;
  /** widths of the hidden layers; by default one layer of the theorem's smallest */
  readonly hidden?: readonly number[];
  /** as the format writes it, such as { function: 'leaky-relu', slope: '1/10' }; by default relu */
  readonly activation?: Fields;
  /** as the format writes it, such as { function: 'huber', threshold: '1' }; by default squared */
  readonly loss?: Fields;
  /** the theorem's own numbers by name, each as a text: `constructions` lists them */
  readonly settings?: Readonly<Record<string, string>>;
  /** of the search; 1 by default */
  readonly seed?: number;
  /** search steps, never seconds; 10 by default */
  readonly effort?: number;
  readonly observe?: Observe;
}

/**
 * Builds an instance of a theorem. The certificate that is answered has just been proved by the kernel, from its text.
 *
 * @param theorem  an id, such as `yun-sra-jadbabaie-2019-theorem-1`: `constructions` lists them
 * @returns `built` with text and theorem; the hypothesis that fails; `gave-up`, where more effort may help; `usage` with the option that
 *          cannot be understood
 */
export async function construct(theorem: string, options: ConstructOptions = {}): Promise<Built> {
  const found = findConstruction(theorem);
  if (found.kind === 'unknown') {
    const meant = found.meant === null ? 'it is not on the list of theorems' : `did you mean ${quoted(found.meant)}?`;
    return { kind: 'usage', option: 'theorem', message: `unknown theorem ${quoted(theorem)}; ${meant}` };
  }
  const { construction } = found;
  const { data, box, hidden = null, settings = {}, seed = 1, effort = 10, observe } = options;
  const activation: Fields = { ...(options.activation ?? { function: 'relu' }), type: 'activation' };
  const loss = options.loss ?? { function: 'squared' };
  const wrong = wrongSetting(construction, settings) ?? wrongFunction(activation, loss);
  if (wrong !== null) return wrong;
  if (box !== undefined && construction.onBoxes !== true) {
    return { kind: 'usage', option: 'box', message: `${construction.id} is not about boxes in this version` };
  }
  if (box !== undefined && data !== undefined) {
    return { kind: 'usage', option: 'box', message: 'a box and samples exclude each other' };
  }
  const { inputs = [], targets = [], weights = null } = data ?? {};
  return construction.build({
    ...{ inputs, targets, weights, hidden, activation, loss, settings, seed, effort },
    ...(box === undefined ? {} : { box }),
    ...(observe === undefined ? {} : { observe }),
  });
}

type Usage = Extract<Built, { kind: 'usage' }>;

function wrongSetting({ id, settings }: Construction, given: Readonly<Record<string, string>>): Usage | null {
  const names = settings.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return null;
  const message = `${id} has no setting ${quoted(unknown)}; ${hint(unknown, names)}`;
  return { kind: 'usage', option: 'settings', message };
}

/** Both are judged by the kernel's own reader, in the smallest problem that contains them. */
function wrongFunction(activation: Fields, loss: Fields): Usage | null {
  const dense = { type: 'dense', units: 1 };
  const network = { input: [1], layers: [dense, activation, dense] };
  const data = { type: 'samples', inputs: [['0']], targets: [['0']] };
  const read = readProblem(writeFile({ format: 'cairn-problem', version: 1, network, loss, data }));
  if (read.kind === 'read') return null;
  const option = read.path.startsWith('$.loss') ? 'loss' : 'activation';
  return { kind: 'usage', option, message: reasonInWords(read.reason) };
}
