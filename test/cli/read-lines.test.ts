import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readLines, UnreadableStream } from '../../src/cli/read-lines.js';
import { temporaryFolder } from './cairn.js';

const path = join(temporaryFolder(), 'lines');
const read = (content: string | Uint8Array, atMost = 2 ** 24): string[] => {
  writeFileSync(path, content);
  return [...readLines(path, 'lines', atMost)];
};
/** As many bytes as are read at once. */
const chunk = 2 ** 18;

test.each<[string, string, readonly string[]]>([
  ['nothing', '', []],
  ['a line feed', '\n', ['']],
  ['two line feeds', '\n\n', ['', '']],
  ['no line feed at the end', 'a\nb', ['a', 'b']],
  [
    'carriage returns, a byte order mark and other separators stay',
    '\ufeffa\r\n\u2028b\u0085\n',
    ['\ufeffa\r', '\u2028b\u0085'],
  ],
  ['NUL stays', '\0\n\0', ['\0', '\0']],
])('%s', (_, content, lines) => {
  expect(read(content)).toEqual(lines);
});

test.each([-2, -1, 0, 1, 2])('lines that end %i bytes from the end of what is read at once', (by) => {
  const lines = ['x'.repeat(chunk + by - 1), 'y'.repeat(chunk), '', 'é'.repeat(chunk), 'z'.repeat(3 * chunk + by), 'w'];
  expect(read(`${lines.join('\n')}\n`)).toEqual(lines);
  expect(read(lines.join('\n'))).toEqual(lines);
});

describe('a line that is too long is cut off one character after the limit', () => {
  test.each([4, 5, 6, 100, chunk, 3 * chunk])('of %i bytes', (size) => {
    const [first, second, third] = read(`ab\n${'x'.repeat(size)}\ncd\n`, 5);
    expect([first, third]).toEqual(['ab', 'cd']);
    expect(second).toBe('x'.repeat(Math.min(size, 6)));
  });
  test('within a character, and at the end of the file', () => {
    expect(read('ééé', 3)[0]).toHaveLength(4);
  });
});

test('what is no UTF-8 is no text, and the line is named', () => {
  expect(() => read(Buffer.from('a\nb\xff\n', 'latin1'))).toThrow(UnreadableStream);
  expect(() => read(Buffer.from('a\nb\xff\n', 'latin1'))).toThrow('lines, line 2: expected UTF-8 text');
  expect(() => [...readLines(`${path}-none`, 'none', 10)]).toThrow('none: no such file or folder');
});
