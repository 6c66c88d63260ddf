import { match } from 'ts-pattern';
import type { Kind } from '../kernel/format.js';

/** 0 proved, 1 refuted, 2 not decided, 3 not even asked: unreadable, wrong usage, or a bug of cairn. */
export type ExitCode = 0 | 1 | 2 | 3;

export type Outcome =
  | { readonly kind: 'proved' | 'rejected' | 'declined' }
  | { readonly kind: 'certified'; readonly asked: Kind; readonly found: Kind }
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
    .with({ kind: 'certified' }, ({ asked, found }) =>
      consequences[found].implies.includes(asked) ? 0 : consequences[found].excludes.includes(asked) ? 1 : 2,
    )
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

const minima = ['local-minimum', 'spurious-local-minimum', 'global-minimum'] as const;
const noMinima = ['not-local-minimum', 'saddle', 'no-local-minimum-near'] as const;

/** What a proved claim says about the claim that was asked for: it, or its negation, or neither. */
const consequences: Readonly<Record<Kind, { readonly implies: readonly Kind[]; readonly excludes: readonly Kind[] }>> = {
  'local-minimum': { implies: ['local-minimum'], excludes: noMinima },
  'spurious-local-minimum': {
    implies: ['spurious-local-minimum', 'local-minimum', 'not-global-minimum'],
    excludes: ['global-minimum', ...noMinima],
  },
  'global-minimum': {
    implies: ['global-minimum', 'local-minimum'],
    excludes: ['spurious-local-minimum', 'not-global-minimum', ...noMinima],
  },
  'not-global-minimum': { implies: ['not-global-minimum'], excludes: ['global-minimum'] },
  'not-local-minimum': { implies: ['not-local-minimum', 'not-global-minimum'], excludes: minima },
  saddle: { implies: ['saddle', 'not-local-minimum', 'not-global-minimum'], excludes: minima },
  'no-local-minimum-near': {
    implies: ['no-local-minimum-near', 'not-local-minimum', 'not-global-minimum'],
    excludes: minima,
  },
};
