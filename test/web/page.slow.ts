/// <reference lib="dom" />
/** The web page as people use it, from its file, in Chromium: run by .ci/run. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cairnIn } from '../cli/cairn.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist/web/index.html');
const certificate = (name: string): string => join(root, 'certificates', `${name}.cert.json`);
const sample = certificate('liu-2021/max-of-two-fits');
const folder = mkdtempSync(join(tmpdir(), 'cairn-web-'));
const mostBytes = 2 * 2 ** 20;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

type Setting = Parameters<Browser['newPage']>[0];

/** Opens the page, and fails if it says anything on the console or asks for anything but itself. */
async function visit(act: (page: Page) => Promise<void>, setting: Setting = {}, file = built): Promise<void> {
  const page = await browser.newPage(setting);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(`${error}`));
  page.on('request', (request) => {
    if (!/^(file|blob|data):/.test(request.url())) said.push(request.url());
  });
  await page.goto(`${pathToFileURL(file)}`);
  await act(page);
  expect(said).toEqual([]);
  await page.close();
}

const done = (page: Page) => page.waitForSelector('#verdict[data-done="true"]', { timeout: 120_000 });
const word = (page: Page) => page.textContent('#word');

async function give(page: Page, path: string): Promise<void> {
  await page.setInputFiles('#file', path);
  await done(page);
}

async function edit(page: Page, change: (text: string) => string): Promise<void> {
  await page.fill('#text', change(await page.inputValue('#text')));
  expect(await word(page)).toBe('Edited: not checked yet');
  await done(page);
}

test('the page is one file of bounded size', () => {
  const { size } = statSync(built);
  console.log(`dist/web/index.html: ${size} bytes of at most ${mostBytes}`);
  expect(size).toBeLessThan(mostBytes);
});

test('every certificate of its library is proved, shown and drawn', async () => {
  await visit(async (page) => {
    const names = await page.$$eval('#library option', (options) =>
      options.slice(1).map(({ textContent }) => textContent),
    );
    expect(names).toHaveLength(10);
    for (const name of names) {
      await page.selectOption('#library', { label: name });
      await done(page);
      expect([name, await word(page)]).toEqual([name, 'Proved']);
      expect(await page.locator('#claim math').count()).toBeGreaterThan(0);
      expect(await page.locator('.picture svg').count()).toBeGreaterThan(0);
      // Formulas that KaTeX could not read would be text.
      expect(await page.locator('.formula').count()).toBe(0);
    }
  });
});

test('a file that is dropped is proved', async () => {
  await visit(async (page) => {
    const data = await page.evaluateHandle(
      (text) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], 'dropped.cert.json'));
        return transfer;
      },
      readFileSync(sample, 'utf8'),
    );
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
    await done(page);
    expect(await word(page)).toBe('Proved');
    expect(await page.textContent('#claim')).toContain('A spurious local minimum');
    expect(await page.inputValue('#text')).toBe(readFileSync(sample, 'utf8'));
    expect(await page.title()).toBe('dropped.cert.json – cairn');
    expect(await page.locator('#regions').textContent()).toContain('Region 1');
    expect(await page.locator('#data table tbody tr').count()).toBe(6);
  });
});

describe('a text that is changed', () => {
  test('one letter of the kind: rejected as the kernel says, and nothing is shown', async () => {
    await visit(async (page) => {
      await give(page, sample);
      await edit(page, (text) => text.replace('"kind": "spurious-local-minimum"', '"kind": "spurious-local-minimun"'));
      expect(await word(page)).toBe('Rejected: unknown-kind');
      expect(await page.textContent('#what')).toContain('$.statement.kind');
      expect(await page.innerText('#results')).toBe('');
      expect(await page.locator('.picture svg:visible').count()).toBe(0);
      await page.click('#restore');
      await done(page);
      expect(await word(page)).toBe('Proved');
    });
  });

  test('any one digit: the page says what the command line says', async () => {
    await visit(async (page) => {
      await give(page, sample);
      const text = await page.inputValue('#text');
      for (let k = 0; k < 12; k++) {
        await page.click('#tamper');
        await done(page);
        const changed = await page.inputValue('#text');
        expect(changed).not.toBe(text);
        const path = join(folder, 'changed.cert.json');
        writeFileSync(path, changed);
        const { code } = cairnIn(folder)('verify', path);
        const expected = ['proved', 'rejected', 'declined'][code ?? 3];
        expect(await page.getAttribute('#verdict', 'data-kind')).toBe(expected);
        await page.click('#restore');
        await done(page);
      }
    });
  });

  test('another true statement is said to be another theorem; other spaces are not', async () => {
    await visit(async (page) => {
      await give(page, certificate('global/best-line'));
      await edit(page, (text) => `${text}\n\n`);
      expect(await word(page)).toBe('Proved');
      expect(await page.textContent('#what')).toContain('The text has changed; what it states has not.');
      const other = readFileSync(certificate('global/two-hinges-fit-exactly'), 'utf8');
      await edit(page, () => other);
      expect(await word(page)).toBe('Proved, but another theorem');
    });
  });
});

test('a file that is no text is not read', async () => {
  await visit(async (page) => {
    await give(page, sample);
    const path = join(folder, 'latin.cert.json');
    writeFileSync(path, Buffer.from([0x22, 0xe9, 0x22]));
    await page.setInputFiles('#file', path);
    await page.waitForSelector('#verdict[data-kind="failed"]');
    expect(await page.textContent('#what')).toBe('expected UTF-8 text');
    expect(await page.innerText('#results')).toBe('');
  });
});

test('claims of the file about itself are text', async () => {
  await visit(async (page) => {
    const file = JSON.parse(readFileSync(sample, 'utf8')) as Record<string, unknown>;
    const path = join(folder, 'claims.cert.json');
    writeFileSync(path, JSON.stringify({ ...file, about: { source: '<img src=x onerror=alert(1)></script>' } }));
    await give(page, path);
    expect(await word(page)).toBe('Proved');
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.textContent('.claimed')).toBe('<img src=x onerror=alert(1)></script>');
  });
});

test('the slice is moved and zoomed by keys, mouse, wheel and buttons, and its plane is chosen', async () => {
  await visit(
    async (page) => {
      await give(page, sample);
      const seen = () => page.getAttribute('.stage', 'data-window');
      const whole = await seen();
      const moves = async (act: () => Promise<void>): Promise<void> => {
        const before = await seen();
        await act();
        await page.waitForFunction(
          (old) => document.querySelector('.stage')?.getAttribute('data-window') !== old,
          before,
        );
        // At rest it is drawn again, finer.
        await page.waitForTimeout(1500);
      };
      await page.locator('.stage').scrollIntoViewIfNeeded();
      await moves(() => page.press('.stage', 'ArrowRight'));
      await moves(() => page.click('[data-act="in"]'));
      const { x, y, width, height } = (await page.locator('.stage').boundingBox()) ?? {
        x: 0,
        y: 0,
        width: 0,
        height: 0,
      };
      await moves(async () => {
        await page.mouse.move(x + width / 2, y + height / 2);
        await page.mouse.down();
        await page.mouse.move(x + width / 2 + 60, y + height / 2 + 20, { steps: 4 });
        await page.mouse.up();
      });
      await moves(async () => {
        await page.focus('.stage');
        await page.mouse.wheel(0, 200);
      });
      await moves(() => page.click('[data-act="another"]'));
      expect(await seen()).toBe(whole?.replace(/^1 /, '2 '));
      expect(await word(page)).toBe('Proved');
    },
    { viewport: { width: 1280, height: 1000 } },
  );
});

test.each(['light', 'dark'] as const)('on a phone, %s: nothing is wider than the screen', async (colorScheme) => {
  await visit(
    async (page) => {
      for (const name of ['liu-2021/max-of-two-fits', 'christof-kowalczyk-2023-spurious-minima/near-log-cosh-relu-3']) {
        await give(page, certificate(name));
        for (const details of await page.locator('details:visible').all()) await details.click();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
      }
    },
    { viewport: { width: 380, height: 800 }, colorScheme },
  );
});

test('by the keyboard alone: file, library, and the buttons by the text are reached', async () => {
  await visit(async (page) => {
    await give(page, sample);
    const reached = new Set<string>();
    await page.focus('#file');
    for (let k = 0; k < 60; k++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.className || ''));
    }
    for (const id of ['library', 'stage', 'tamper', 'restore', 'again', 'save', 'text']) expect(reached).toContain(id);
  });
});

test('cairn view: the page opens on the file, whatever the file says; its exit code is the verdict', async () => {
  const cairn = cairnIn(folder);
  const file = JSON.parse(readFileSync(sample, 'utf8')) as Record<string, unknown>;
  const hostile = '</script><script>document.title="!"</script><!--';
  writeFileSync(join(folder, 'a.cert.json'), JSON.stringify({ ...file, about: { source: hostile } }));
  const { code, out } = cairn('view', 'a.cert.json', '-o', 'a.html', '--no-open');
  expect([code, out]).toEqual([0, 'written: a.html\n']);
  await visit(
    async (page) => {
      await done(page);
      expect(await word(page)).toBe('Proved');
      expect(await page.textContent('.claimed')).toBe(hostile);
      expect(await page.title()).toBe('a.cert.json – cairn');
    },
    {},
    join(folder, 'a.html'),
  );
});

test('explain --format html: one file that shows itself without a script', async () => {
  const { code, out } = cairnIn(folder)('explain', sample, '--format', 'html');
  expect(code).toBe(0);
  writeFileSync(join(folder, 'explained.html'), out);
  await visit(
    async (page) => {
      expect(await page.textContent('h1')).toBe('A spurious local minimum');
      expect(await page.locator('.picture svg').count()).toBeGreaterThan(2);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
    },
    { viewport: { width: 380, height: 800 } },
    join(folder, 'explained.html'),
  );
});
