import type { Command } from 'commander';
import type { SchemaName } from '../formats/json-schema.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { oneOf } from './options.js';
import { print } from './terminal.js';

const names = ['certificate', 'problem', 'point'] as const satisfies readonly SchemaName[];

export function addSchema(program: Command): void {
  program
    .command('schema')
    .summary('print the JSON Schema of a format')
    .description(
      'Prints the JSON Schema (draft 2020-12) of certificates, problems or points, for editors and other programs. ' +
        'It says what a schema can say of the format; only verify proves. Exit code: 0.',
    )
    .argument('<name>', 'certificate, problem or point', oneOf(names))
    .addHelpText('after', examples('schema certificate', 'schema problem > problem.schema.json'))
    .action(exits(schema));
}

async function schema(name: SchemaName): Promise<ExitCode> {
  const { jsonSchema } = await import('../formats/json-schema.js');
  print(JSON.stringify(jsonSchema(name), null, 2));
  return exitCode({ kind: 'built' });
}
