/** Pictures as PDF: one page as large as the SVG, fonts in it, no date, the same bytes twice. */
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pdf } from '../../src/cli/pdf.js';
import { plot } from '../../src/report/plot.js';
import { all, theoremOf, worked } from '../report/instances.js';

/** The streams of a file, as text: what is drawn, and the tables of characters. */
function streams(file: Buffer): readonly string[] {
  const found: string[] = [];
  for (let at = file.indexOf('stream\n'); at >= 0; at = file.indexOf('stream\n', at + 1)) {
    const end = file.indexOf('\nendstream', at);
    if (file.subarray(at - 3, at).toString() === 'end' || end < 0) continue;
    found.push(inflateSync(file.subarray(at + 7, end)).toString('latin1'));
  }
  return found;
}

test.each(Object.keys(all))('%s: the same bytes twice, without a date, with its fonts', async (name) => {
  const svg = plot(theoremOf(all[name] ?? {}));
  const [first, second] = await Promise.all([pdf(svg), pdf(svg)]);
  const file = Buffer.from(first);
  expect(file.equals(Buffer.from(second))).toBe(true);
  const text = file.toString('latin1');
  expect(text.startsWith('%PDF-')).toBe(true);
  expect(text).not.toMatch(/CreationDate|ModDate|\/BaseFont \/Helvetica|\/Subtype \/Image|NaN/);
  expect(text.match(/\/FontFile2/g)).toHaveLength(2);
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  expect(text).toContain(`/MediaBox [0 0 ${Number(width) * 0.75} ${Number(height) * 0.75}]`);
});

test('it is vectors, and every sign has a character of the font', async () => {
  const found = streams(Buffer.from(await pdf(plot(theoremOf(worked)))));
  const content = found.find((text) => text.startsWith('1 0 0 -1')) ?? '';
  expect(content.match(/ l$/gm)?.length).toBeGreaterThan(20);
  expect(content).not.toMatch(/NaN|undefined/);
  const characters = found.filter((text) => text.includes('begincmap')).join('\n');
  for (const sign of ['θ', '°', '≈', 'Σ', '→', '²', '−']) {
    expect(characters).toContain(`<${(sign.codePointAt(0) as number).toString(16).padStart(4, '0')}>`);
  }
  // The glyph 0 is the box for what a font lacks.
  const glyphs = [...content.matchAll(/<((?:[0-9a-f]{4})+)>/g)].flatMap(([, run]) => run?.match(/.{4}/g) ?? []);
  expect(glyphs.length).toBeGreaterThan(100);
  expect(glyphs).not.toContain('0000');
});
