import { match } from 'ts-pattern';

/** 0 proved, 1 refuted, 2 not decided, 3 not even asked: unreadable, wrong usage, or a bug of cairn. */
export type ExitCode = 0 | 1 | 2 | 3;

export type Outcome =
  | { readonly kind: 'proved' | 'rejected' | 'declined' }
  /** a claim was proved: the one that was asked for, or its negation */
  | { readonly kind: 'certified'; readonly holds: boolean }
  | { readonly kind: 'undecided' }
  | { readonly kind: 'built' | 'hypothesis-fails' | 'gave-up' }
  | { readonly kind: 'same' | 'different' }
  /** a path that cannot be read, a command that cannot be understood, a throw */
  | { readonly kind: 'failed' };

/** Node's own exit code for a crash is 1, which would read as "rejected": main.ts turns every throw into `failed`. */
export function exitCode(outcome: Outcome): ExitCode {
  return match(outcome)
    .returnType<ExitCode>()
    .with({ kind: 'proved' }, { kind: 'built' }, { kind: 'same' }, () => 0)
    .with({ kind: 'rejected' }, { kind: 'hypothesis-fails' }, { kind: 'different' }, () => 1)
    .with({ kind: 'declined' }, { kind: 'undecided' }, { kind: 'gave-up' }, () => 2)
    .with({ kind: 'certified' }, ({ holds }) => (holds ? 0 : 1))
    .with({ kind: 'failed' }, () => 3)
    .exhaustive();
}

/** Of several files: 3 wins over 1, and 1 over 2. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  const order: readonly ExitCode[] = [0, 2, 1, 3];
  let found: ExitCode = 0;
  for (const code of codes) if (order.indexOf(code) > order.indexOf(found)) found = code;
  return found;
}
