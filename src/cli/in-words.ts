import type { Theorem } from '../kernel/theorem.js';
import { type Amount, exactly } from '../report/numbers.js';
import { restate } from '../report/statement.js';
import { shownPath } from './read.js';
import { print } from './terminal.js';

export { restate };

/** @returns the kind, its rules and its exact risks on one line */
export function inShort({
  statement: { kind, family },
  rules,
  risk: { point, better, gap },
  believed,
}: Theorem): string {
  const risks = [
    ...(point === null ? [] : [`R ${equated(point)}`]),
    ...(better === null ? [] : [`better R° ${equated(better)}`]),
    ...(gap === null
      ? []
      : [`gap ${family === null || point === null ? `${exactly(gap).unicode}` : `≥ ${exactly(family.gap).unicode}`}`]),
  ];
  const rest = believed > 0 ? ` (${believed} of the combinations checked by an earlier run)` : '';
  return `${kind} by ${rules.join(', ')}: ${risks.join('; ')}${rest}`;
}

/** What certify and construct say when they have written a certificate. */
export async function showWritten(theorem: Theorem, path: string): Promise<void> {
  print(`${inShort(theorem)}\n\n  ${await restate(theorem)}\n`, { text: 'proved    ', colour: 'green' });
  print(`written: ${shownPath(path)}`);
}

/** "= 1/3 ≈ 0.333333", or "≈ 4.74655" for a risk that is enclosed */
function equated(amount: Amount): string {
  const text = exactly(amount).unicode;
  return text.startsWith('≈') ? text : `= ${text}`;
}
