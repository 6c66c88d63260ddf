import { describe, expect, test } from 'vitest';
import { plot, views } from '../../src/report/plot.js';
import { changed, type Fields } from '../certificate.js';
import { all, theoremOf, worked } from './instances.js';

/** Every tag closed in order, every attribute quoted, no bare & or <. */
function wellFormed(svg: string): void {
  const open: string[] = [];
  let rest = svg;
  while (rest !== '') {
    const tag = /^<(\/?)([A-Za-z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/.exec(rest);
    if (tag === null) {
      const text = /^[^<]+/.exec(rest)?.[0] ?? '';
      expect(text).not.toBe('');
      expect(text).not.toMatch(/&(?!(?:lt|gt|amp|quot|#39);)/);
      rest = rest.slice(text.length);
      continue;
    }
    const [whole, closing, name = '', , empty] = tag;
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (empty !== '/') open.push(name);
    rest = rest.slice(whole.length);
  }
  expect(open).toEqual([]);
}

/** A family has a picture of its own, and no theorem here is about one. */
const pointViews = views.filter((view) => (view as string) !== 'family');

describe('every view of every theorem', () => {
  const wanted = Object.keys(all).flatMap((name) => [undefined, ...pointViews].map((view) => [name, view] as const));
  test.each(wanted)('%s, view %s: well-formed, finite, the same bytes twice', (name, view) => {
    const theorem = theoremOf(all[name] ?? {});
    const options = view === undefined ? {} : { view };
    if (view === 'realization' && theorem.statement.problem.network.inputs > 1) {
      expect(() => plot(theorem, options)).toThrow(RangeError);
      return;
    }
    const svg = plot(theorem, options);
    wellFormed(svg);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|href|url\((?!#)/);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
    expect(plot(theorem, options)).toBe(svg);
  });
});

test('the caption tells the theorem', () => {
  const svg = plot(theoremOf(worked));
  expect(svg).toContain('R(θ) = 156/29 ≈ 5.37931; R(θ°) = 4/3 ≈ 1.33333, lower by exactly 352/87');
  expect(svg).toContain('θ is a spurious local minimum; θ° is better');
});

describe('axes are called what the reader says', () => {
  const names = { inputName: 'x_1 & <b>length</b> (cm)', outputName: 'width (cm)' };
  const shown = 'x_1 &amp; &lt;b&gt;length&lt;/b&gt; (cm)';
  test.each([
    ['worked', 'realization', [`>${shown}<`, '>width (cm)<'], ['>input x<', '>output y<']],
    ['worked', undefined, [`>${shown}<`, '>width (cm)<'], ['>input x<', '>output y<']],
  ] as const)('%s, view %s', (name, view, has, lost) => {
    const theorem = theoremOf(all[name] ?? {});
    const named = plot(theorem, { ...names, ...(view === undefined ? {} : { view }) });
    const plain = plot(theorem, view === undefined ? {} : { view });
    wellFormed(named);
    for (const words of has) expect([named.includes(words), plain.includes(words)]).toEqual([true, false]);
    for (const words of lost) expect([named.includes(words), plain.includes(words)]).toEqual([false, true]);
  });

  test('residuals have the unit of the output', () => {
    const svg = plot(theoremOf(worked), { view: 'residual', outputName: 'width (cm)' });
    expect(svg).toContain('>prediction − width (cm)<');
  });

  test.each([
    ['segment', { inputName: 'x' }, 'input'],
    ['slice', { outputName: 'y' }, 'output'],
    ['residual', { inputName: 'x', outputName: 'y' }, 'input'],
  ] as const)('view %s has no axis for the name %j', (view, options, what) => {
    expect(() => plot(theoremOf(worked), { view, ...options })).toThrow(
      `Cannot name the ${what}: the picture has no axis of it`,
    );
  });
});

test('another plane is another picture', () => {
  const theorem = theoremOf(worked);
  expect(plot(theorem, { view: 'slice', planeSeed: 2 })).not.toBe(plot(theorem, { view: 'slice', planeSeed: 3 }));
});

test('numbers of thousands of bits, and points that doubles cannot tell apart, give finite pictures', () => {
  const tiny = `1/${2n ** 3000n}`;
  const shifted = changed(worked, '$.statement.point.layers[0].bias[1]', `-${2n ** 2500n}/3`);
  const both = changed(shifted, '$.statement.point.layers[0].weights[1][0]', tiny) as Fields;
  const theorem = theoremOf(both);
  for (const view of pointViews) {
    const svg = plot(theorem, { view });
    wellFormed(svg);
    expect(svg).not.toMatch(/NaN|Infinity/);
  }
});

test('the realization finds the kinks of a deep network', async () => {
  const { piecewiseCurve } = await import('../../src/report/panel-realization.js');
  const { problem, betterPoint } = theoremOf(worked).statement;
  const { points, bends } = piecewiseCurve(problem.network, betterPoint?.parameters ?? [], -4n, 4n, 1n);
  expect(bends.map((k) => points[0]?.[k]?.map((c) => Number(c.toFixed(9))))).toEqual([[-0.333333333, 0]]);
});
