import { Command, type Option } from 'commander';
import type { AddCommand } from './command.js';
import { examples, exits } from './command.js';
import { type CompletedCommand, type Completion, shells } from './completion-scripts.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { namesOf, oneOf } from './options.js';
import { print } from './terminal.js';

type Shell = (typeof shells)[number];

/** @param all  loads every command */
export function addCompletion(all: () => Promise<readonly AddCommand[]>): AddCommand {
  return (program) => {
    program
      .command('completion')
      .summary('print a script that completes command lines in bash, zsh or fish')
      .description(
        'Prints a script for a shell: with it, the Tab key completes commands, options, theorems, activations, kinds and views. ' +
          'In ~/.bashrc or, after compinit, in ~/.zshrc: eval "$(cairn completion bash)", or zsh.\n' +
          'Exit code: 0, or 3 of a shell that is none of these.',
      )
      .argument('<shell>', shells.join(', '), oneOf(shells))
      .addHelpText('after', examples('completion bash', 'completion fish > ~/.config/fish/completions/cairn.fish'))
      .action(exits((shell: Shell) => complete(shell, all)));
  };
}

async function complete(shell: Shell, all: () => Promise<readonly AddCommand[]>): Promise<ExitCode> {
  const [{ completionScript }, words] = await Promise.all([import('./completion-scripts.js'), namedWords()]);
  const program = new Command('cairn');
  for (const add of await all()) add(program);
  print(
    completionScript(
      shell,
      program.commands.map((command) => completed(command, words)),
    ).trimEnd(),
  );
  return exitCode({ kind: 'built' });
}

/** Names that no parser of an option knows. */
interface NamedWords {
  readonly theorem: readonly string[];
  readonly activation: readonly string[];
  readonly loss: readonly string[];
  readonly set: readonly string[];
}

async function namedWords(): Promise<NamedWords> {
  const [{ constructions }, { layerSchema, lossSchema }] = await Promise.all([
    import('../constructions/index.js'),
    import('../kernel/format.js'),
  ]);
  // Lists cannot be written on a command line.
  const plain = (names: readonly string[]) => names.filter((name) => name !== 'piecewise' && name !== 'polynomial');
  return {
    theorem: constructions.map(({ id }) => id),
    activation: plain(Object.keys(layerSchema.cases.activation.cases)),
    loss: plain(Object.keys(lossSchema.cases)),
    set: [...new Set(constructions.flatMap(({ settings }) => settings.map(({ name }) => `${name}=`)))],
  };
}

/** Placeholders in the help that stand for names of files. */
const files = ['file', 'csv', 'folder', 'path', 'problem', 'a', 'b'];

function completed(command: Command, words: NamedWords): CompletedCommand {
  const completionOf = (name: string, placeholder: string, known: readonly string[] | null): Completion => {
    const found = known ?? (Object.hasOwn(words, name) ? words[name as keyof NamedWords] : null);
    if (found !== null) return { kind: 'words', words: found };
    return { kind: files.includes(placeholder) ? 'file' : 'nothing' };
  };
  const options = [...command.options, command.createOption('-h, --help', 'print this help')];
  const [operand] = command.registeredArguments;
  return {
    name: command.name(),
    text: command.summary(),
    options: options.map((option) => ({
      names: [option.long, option.short].filter((name) => typeof name === 'string'),
      text: option.description,
      value: takesValue(option)
        ? completionOf(option.name(), /[<[](\w+)/.exec(option.flags)?.[1] ?? '', namesOf(option.parseArg))
        : null,
    })),
    operands:
      operand === undefined
        ? { kind: 'nothing' }
        : completionOf(operand.name(), operand.name(), namesOf(operand.parseArg)),
  };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}
