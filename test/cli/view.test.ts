/** cairn view and explain --format html: what is written, what is opened, and the exit codes. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cairnIn, main, ran, temporaryFolder } from './cairn.js';

const folder = temporaryFolder();
const cairn = cairnIn(folder);
const good = readFileSync(new URL('../../certificates/liu-2021/max-of-two-fits.cert.json', import.meta.url), 'utf8');
const files = {
  'good.cert.json': good,
  'wrong.cert.json': good.replace('spurious-local-minimum', 'spurious-maximum'),
  'future.cert.json': good.replace('"version": 1', '"version": 2'),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

/** What the page is opened on. */
function opened(page: string): unknown {
  const [, json = ''] = /<script type="application\/json" id="opened">(.*?)<\/script>/.exec(page) ?? [];
  return JSON.parse(json);
}

test.each([
  ['good.cert.json', 0, ''],
  ['wrong.cert.json', 1, '[unknown-kind]'],
  ['future.cert.json', 2, '[unsupported-version]'],
] as const)('view %s ends with %s; the page has the text, byte for byte', (name, expected, reason) => {
  const { code, out, err } = cairn('view', name, '-o', 'page.html', '--no-open');
  expect([code, out]).toEqual([expected, 'written: page.html\n']);
  expect(err).toContain(reason);
  expect(opened(readFileSync(join(folder, 'page.html'), 'utf8'))).toEqual({ name, text: files[name] });
});

test.each([
  ['view nowhere.json --no-open', 'nowhere.json: no such file or folder'],
  ['view good.cert.json -o good.cert.json --no-open', 'the same file is read'],
  ['view good.cert.json -o no/page.html --no-open', 'no such folder'],
])('%s cannot be done', (line, message) => {
  const { code, err } = cairn(...line.split(' '));
  expect([code, err.includes(message)]).toEqual([3, true]);
});

test('the opener of the platform is told the path; where there is none, the path is said', () => {
  const path = join(folder, 'bin');
  mkdirSync(path);
  const view = () =>
    ran(
      spawnSync(process.execPath, [main, 'view', 'good.cert.json', '-o', 'page.html'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, PATH: path },
      }),
    );
  expect(view()).toEqual({
    code: 0,
    out: 'written: page.html\n',
    err: 'no program here opens it: open it in a browser\n',
  });
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(path, name), '#!/bin/sh\necho "$1" > opened.txt\n');
    chmodSync(join(path, name), 0o755);
  }
  expect(view()).toEqual({ code: 0, out: 'written: page.html\n', err: '' });
});

test('explain --format html is one document; of an unproved certificate it shows nothing', () => {
  const { code, out } = cairn('explain', 'good.cert.json', '--format', 'html');
  expect([code, out.startsWith('<!doctype html>\n'), out.endsWith('</html>\n')]).toEqual([0, true, true]);
  expect(cairn('explain', 'wrong.cert.json', '--format', 'html')).toMatchObject({ code: 1, out: '' });
});
