#!/usr/bin/env node
/**
 * `cairn`: starts the smallest program that has the named command, from what V8 made of it when cairn was built: compiling it again
 * takes as long as checking a small certificate. V8 itself refuses what another version or other options made.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { Script } from 'node:vm';

const name = process.argv[2] === 'verify' ? 'verify-alone' : 'all';
const file = `${__dirname}/${name}.cjs`;

/** Nothing where it is older than the program, or was not built. */
function compiledBefore(): Buffer | undefined {
  const cache = `${file}.compiled`;
  const time = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
  return time(cache) >= time(file) ? readFileSync(cache) : undefined;
}

const cachedData = compiledBefore();
const program = new Script(Module.wrap(readFileSync(file, 'utf8')), {
  filename: file,
  ...(cachedData === undefined ? {} : { cachedData }),
});
program.runInThisContext()({}, createRequire(file), { exports: {} }, file, __dirname);
