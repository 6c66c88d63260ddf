/** Long enumerations go to a store, one line at a time; what the kernel is asked about is what the store gives back. */
import { describe, expect, test } from 'vitest';
import { checkCertificate, readPoint } from '../../src/kernel/check.js';
import type { Point } from '../../src/kernel/statement.js';
import { certify } from '../../src/provers/certify.js';
import type { CertifyOptions } from '../../src/provers/prover.js';
import { dense, type Fields, point, problem, relu } from '../certificate.js';
import { enumerationOf, globalBy, MemoryStore, nodeFor, rational, samplesOf, streamed } from '../enumerated.js';

const valley = problem({ layers: [dense(1), relu, dense(1)], x: [-1, 0, 1], y: [1, 0, 1] });
const hinge = point([[['1/2']], [0]], [[[1]], ['1/2']]);
const constant = point([[[0]], [0]], [[[0]], ['2/3']]);

function pointOf(at: Fields): Point {
  const read = readPoint(JSON.stringify({ format: 'cairn-point', version: 1, ...at }), samplesOf(valley));
  if (read.kind !== 'read') throw new Error('not a point of the problem');
  return read.value;
}

const asked = { claim: 'global-minimum', seed: 1, effort: 1 } as const satisfies CertifyOptions;

describe('certify', () => {
  test('a long proof: the lines are those of the list, and the text names them', async () => {
    const store = new MemoryStore(11);
    const answer = await certify(samplesOf(valley), pointOf(hinge), { ...asked, store });
    if (answer.kind !== 'certified') throw new Error(answer.reason.message);
    expect(store.lines).toEqual(streamed(globalBy(valley, hinge, nodeFor(valley, rational(1n, 2n)))).lines);
    expect(checkCertificate(answer.text)).toMatchObject({ reason: { code: 'unsupported-stream' } });
    expect(checkCertificate(answer.text, { lines: () => store.lines })).toMatchObject({
      kind: 'proved',
      theorem: { believed: 0, obligations: { by: { combination: 12 } } },
    });
  });

  test.each([
    ['a short proof', new MemoryStore(12)],
    ['no store', undefined],
  ])('%s is one text', async (_, store) => {
    const answer = await certify(samplesOf(valley), pointOf(hinge), {
      ...asked,
      ...(store === undefined ? {} : { store }),
    });
    if (answer.kind !== 'certified') throw new Error(answer.reason.message);
    expect(checkCertificate(answer.text)).toMatchObject({ kind: 'proved' });
    expect(store?.lines ?? []).toEqual([]);
  });

  test('a point that is beaten: the lines that were found on the way are in no certificate', async () => {
    const store = new MemoryStore(11);
    const answer = await certify(samplesOf(valley), pointOf(constant), { ...asked, store });
    expect(answer).toMatchObject({ kind: 'certified', claim: 'not-global-minimum', holds: false });
    expect(store.lines.length).toBeLessThan(12);
    if (answer.kind === 'certified') expect(checkCertificate(answer.text)).toMatchObject({ kind: 'proved' });
  });

  test('a store that gives back something else: nothing is certified', async () => {
    const store = new MemoryStore(11);
    store.read = () => [...store.lines, ''];
    const answer = await certify(samplesOf(valley), pointOf(hinge), { ...asked, store });
    expect(answer.kind === 'certified' && answer.claim === 'global-minimum').toBe(false);
  });
});

test('lines are made one by one, as the store asks for them', () => {
  const store = new MemoryStore(11);
  const steps: number[] = [];
  store.write = (lines) => {
    for (const _ of lines) if (steps.push(steps.length) === 3) return;
  };
  const proved = enumerationOf(valley).prove(rational(1n, 2n), { store });
  expect(steps).toHaveLength(3);
  expect(proved).toMatchObject({ kind: 'proved', node: { combinations: { stream: 'kept.leaves.jsonl' } } });
});
