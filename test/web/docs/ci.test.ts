/** The recipes for continuous integration: every command in them runs, as it stands there. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main, temporaryFolder } from '../../cli/cairn.js';
import { certificate } from '../../cli/worked-example.js';

const page = readFileSync(new URL('../../../src/web/docs/ci.md', import.meta.url), 'utf8');
const folder = temporaryFolder();
const bin = join(folder, 'bin');
for (const path of [bin, join(folder, 'certificates')]) mkdirSync(path);
writeFileSync(join(folder, 'certificates/example.cert.json'), JSON.stringify(certificate));
// npx would look for the package.
writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${main}' "$@"\n`);
chmodSync(join(bin, 'npx'), 0o755);
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}` };
const run = (script: string) => spawnSync('bash', ['-euc', script], { cwd: folder, encoding: 'utf8', env });
run('git init -q . && git add certificates && git -c user.name=a -c user.email=a@b commit -qm a');

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, text]) => text as string);
/** What a workflow runs of cairn: the steps of GitHub, and the script of GitLab. */
const steps = blocks('yaml').flatMap((text) =>
  [...text.matchAll(/^ *- (?:run: )?(npx cairn .*)$/gm)].map(([, line]) => line as string),
);

describe('the commands of ci.md', () => {
  test('there are five of them', () => {
    expect([blocks('sh').length, steps.length]).toEqual([3, 2]);
  });

  test.each([...blocks('sh'), ...steps])('%s', (script) => {
    const { status, stderr, stdout } = run(script);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/1 proved, 0 rejected, 0 declined\n$|the same statement\n$/);
  });

  test('what they keep is what is kept', () => {
    for (const text of blocks('yaml')) for (const name of ['.cairn-cache', 'report.xml']) expect(text).toContain(name);
    for (const name of ['.cairn-cache', 'report.xml']) expect(existsSync(join(folder, name))).toBe(true);
  });

  test('a certificate that is wrong ends them', () => {
    writeFileSync(join(folder, 'certificates/wrong.cert.json'), JSON.stringify({ ...certificate, proof: {} }));
    for (const script of steps) expect(run(script).status).toBe(1);
  });
});
