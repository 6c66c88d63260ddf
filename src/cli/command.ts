import type { Command } from 'commander';
import type { ExitCode } from './exit-code.js';

/** What every command file gives: it adds itself to the program. */
export type AddCommand = (program: Command) => void;

/** Actions answer the exit code. Node ends by itself once everything is written, so nothing is cut off in a pipe. */
export function exits<A extends readonly unknown[]>(
  action: (...args: A) => Promise<ExitCode>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    process.exitCode = await action(...args);
  };
}

/** Examples below a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ cairn ${line}`).join('\n')}`;
}
