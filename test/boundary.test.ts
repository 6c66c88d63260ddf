/** What src/kernel may use: itself, and exact arithmetic. Most of it is a compile error by its tsconfig; the rest is looked for here. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const kernel = join(root, 'src/kernel');

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const sources = filesIn(kernel).map((path) => {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023, true);
  return { name: relative(kernel, path), path, source };
});

/** Every node of the file, comments left out. */
function nodes(source: ts.SourceFile): ts.Node[] {
  const all: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    all.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return all;
}

test('there is a kernel to look at', () => {
  expect(sources.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['check.ts', 'json.ts', 'rules/affine-span.ts']),
  );
});

describe.each(sources)('$name', ({ path, source }) => {
  const all = nodes(source);

  test('imports only the kernel', () => {
    const imports = all.flatMap((node) => {
      if (ts.isImportDeclaration(node)) return [node.moduleSpecifier.getText()];
      if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) return [node.moduleSpecifier.getText()];
      if (ts.isImportTypeNode(node)) return [node.argument.getText()];
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return ['import()'];
      if (ts.isIdentifier(node) && node.text === 'require') return ['require'];
      return [];
    });
    for (const specifier of imports) {
      expect(specifier).toMatch(/^'\.\.?\/.*\.js'$/);
      expect(relative(kernel, join(dirname(path), specifier.slice(1, -1)))).not.toMatch(/^\.\./);
    }
  });

  test('uses nothing that rounds, and nothing of the world outside', () => {
    const globals = [
      'Math',
      'Date',
      'process',
      'globalThis',
      'window',
      'performance',
      'parseFloat',
      'parseInt',
      'eval',
      'Function',
      'Proxy',
      'Reflect',
      'setTimeout',
      'fetch',
      'Buffer',
      'console',
      'Float64Array',
      'Float32Array',
      'DataView',
      'NaN',
      'Infinity',
      'Intl',
      'WebAssembly',
      'SharedArrayBuffer',
      'WeakRef',
      'FinalizationRegistry',
      'BigInt64Array',
    ];
    const used = all.filter(
      (node) => ts.isIdentifier(node) && globals.includes(node.text) && !ts.isPropertyAccessExpression(node.parent),
    );
    const read = all.filter(
      (node) =>
        ts.isPropertyAccessExpression(node) &&
        ts.isIdentifier(node.expression) &&
        globals.includes(node.expression.text),
    );
    expect([...used, ...read].map((node) => node.getText())).toEqual([]);
  });

  test('has no literal with a fraction or an exponent but the one that counts bits', () => {
    const literals = all.filter(
      (node) => ts.isNumericLiteral(node) && /[.eE]/.test(node.getText()) && !/^0[xX]/.test(node.getText()),
    );
    // An upper bound of log₂ 10: it sizes numbers for the meter, and decides no claim.
    expect(literals.map((node) => node.getText()).filter((text) => text !== '3.33')).toEqual([]);
  });

  test('makes no number of a text or of a bigint', () => {
    const calls = all.filter(
      (node) => ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'Number',
    );
    expect(calls.map((node) => node.getText())).toEqual([]);
  });

  test('turns no types off', () => {
    expect(source.text).not.toMatch(/@ts-(ignore|expect-error|nocheck)/);
    expect(all.filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)).toEqual([]);
  });
});

test('only check.ts takes the right to make theorems', () => {
  const users = filesIn(join(root, 'src')).filter((path) => /\btakeMint\b/.test(readFileSync(path, 'utf8')));
  expect(users.map((path) => relative(root, path))).toEqual(['src/kernel/check.ts', 'src/kernel/theorem.ts']);
});

test('the kernel is built by its own tsconfig: no types of Node or of the DOM', () => {
  const config = JSON.parse(readFileSync(join(kernel, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: { types: string[]; lib: string[] };
  };
  expect(config.compilerOptions.types).toEqual([]);
  expect(config.compilerOptions.lib).toEqual(['ES2023']);
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { build: string } };
  expect(scripts.build).toMatch(/^tsc -p src\/kernel && /);
});
