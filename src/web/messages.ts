/** What the page and the worker say to each other: texts and numbers only, for a Theorem does not leave the worker. */
import type { Picture, Window } from '../report/live-slice.js';
import type { VerdictPieces } from '../report/statement.js';

export type Question =
  | { readonly ask: 'check'; readonly text: string }
  | { readonly ask: 'slice'; readonly seed: number; readonly window: Window | null; readonly mostSide: number };

export type Verdict =
  | { readonly kind: 'proved'; readonly pieces: VerdictPieces }
  | {
      /** `failed`: the kernel threw, which is a bug and never a proof */
      readonly kind: 'rejected' | 'declined' | 'failed';
      readonly code: string;
      readonly path: string;
      readonly message: string;
    };

/** Parts of the page about a theorem, in the order in which they are made. */
export type Part = 'claim' | 'argument' | 'checked' | 'data' | 'regions';

export type Answer =
  | { readonly tell: 'verdict'; readonly verdict: Verdict; readonly milliseconds: number }
  /** markup made by src/report, where everything that comes from a file is escaped */
  | { readonly tell: 'part'; readonly part: Part; readonly markup: string }
  | { readonly tell: 'picture'; readonly markup: string }
  | { readonly tell: 'slice'; readonly seed: number; readonly window: Window; readonly picture: Picture }
  | { readonly tell: 'no-slice' }
  | { readonly tell: 'done' };
