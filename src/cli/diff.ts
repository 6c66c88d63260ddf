import type { Command } from 'commander';
import type { AnyStatement } from '../kernel/statement.js';
import type { Theorem } from '../kernel/theorem.js';
import type { Change } from '../report/changes.js';
import { examples, exits } from './command.js';
import { type ExitCode, exitCode } from './exit-code.js';
import { print, printJson } from './terminal.js';

export function addDiff(program: Command): void {
  program
    .command('diff')
    .summary('tell whether two certificates prove the same statement, and what differs')
    .description(
      'Compares what two certificates prove, by value: the way numbers are written, the proofs and the claimed sources do not count. ' +
        'Says which parts differ, and where in the canonical text of the statement.\n' +
        'Exit code: 0 the same statement, 1 another one, 3 one of them is not proved or cannot be read.',
    )
    .argument('<a>', 'a certificate')
    .argument('<b>', 'another one')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      examples('diff ours.cert.json theirs.cert.json', 'diff before.cert.json after.cert.json --json'),
    )
    .action(exits(diff));
}

/** So many places are shown, and the others counted. */
const shownChanges = 10;

/** What a statement consists of, for people, and where in its canonical text that stands; the first that fits names a change. */
const parts: readonly (readonly [string, RegExp])[] = [
  ['kind', /^\$\.kind/],
  ['network', /^\$\.problem\.network/],
  ['loss', /^\$\.problem\.loss/],
  ['data', /^\$\.problem\.data/],
  ['weight decay', /^\$\.problem\.regularization/],
  ['point', /^\$\.point/],
  ['radius', /^\$\.radius/],
  ['better point', /^\$\.betterPoint/],
  ['other point', /^\$\.otherPoint/],
  ['jump', /^\$\.jump/],
  ['gap', /^\$\.gap/],
  ['family', /^\$\.family/],
  ['realizations', /^\$\.realizations/],
];

async function diff(a: string, b: string, { json = false }: { readonly json?: boolean }): Promise<ExitCode> {
  const [{ provedTheorem }, { canonicalStatement }, { changes }] = await Promise.all([
    import('./proved-theorem.js'),
    import('../kernel/canonical.js'),
    import('../report/changes.js'),
  ]);
  const [first, second] = [a, b].map((file) => provedTheorem(file, 'failed')) as [Theorem, Theorem];
  const text = ({ statement }: { readonly statement: AnyStatement }) => canonicalStatement(statement);
  const found = changes(text(first), text(second));
  // The texts decide; where they differ is only told.
  const same = text(first) === text(second);
  const differing = parts.flatMap(([name, at]) => {
    const count = found.filter(({ path }) => at.test(path)).length;
    return count === 0 ? [] : [{ name, count }];
  });
  if (json) {
    const [before, after] = [await inNumbers(first), await inNumbers(second)];
    printJson({ same, parts: differing, before, after, changes: found.slice(0, shownChanges), total: found.length });
  } else if (same) print('the same statement');
  else await show(first, second, differing, found);
  return exitCode({ kind: same ? 'same' : 'different' });
}

/** Kind, rule, risks and digest, as `verify --json` has them. */
async function inNumbers(theorem: Theorem): Promise<object> {
  const [{ gapString, riskString }, { digestsOf }] = await Promise.all([
    import('../report/risk-string.js'),
    import('../report/digest.js'),
  ]);
  const { point, better } = theorem.risk;
  const { sha256 } = await digestsOf(theorem.statement);
  return {
    ...{ kind: theorem.statement.kind, rule: theorem.rule, sha256 },
    risk: {
      point: point === null ? null : riskString(point),
      better: better === null ? null : riskString(better),
      gap: gapString(theorem),
    },
  };
}

async function show(
  a: Theorem,
  b: Theorem,
  differing: readonly { readonly name: string; readonly count: number }[],
  found: readonly Change[],
): Promise<void> {
  const { inShort } = await import('./in-words.js');
  print(`different: ${differing.map(({ name }) => name).join(', ')}`);
  print(`  before: ${inShort(a)}\n  after:  ${inShort(b)}`);
  const counts = differing.map(({ name, count }) => `${count} in ${name}`).join(', ');
  print(`${found.length === 1 ? '1 place differs' : `${found.length} places differ`}: ${counts}`);
  for (const { path, before, after } of found.slice(0, shownChanges)) {
    print(`  ${path}: ${shortened(before)} → ${shortened(after)}`);
  }
  if (found.length > shownChanges) print(`  and ${found.length - shownChanges} more`);
}

function shortened(value: string | null): string {
  if (value === null) return 'nothing';
  return value.length <= 40 ? value : `${value.slice(0, 18)}…${value.slice(-18)} [${value.length} characters]`;
}
