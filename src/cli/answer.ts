/** What `verify --json` and `certify --json` print (proofs/format.md 12): every key is always there, null where it has no meaning. */

export interface Reason {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** "n/d", or a bound where only that is known */
export type RiskText = string | { readonly lower: string | null; readonly upper: string | null };

export interface VerifyLine {
  readonly file: string;
  /** null where there was no text to check */
  readonly verdict: 'proved' | 'rejected' | 'declined' | null;
  readonly kind: string | null;
  readonly rule: string | null;
  readonly risk: {
    readonly point: RiskText | null;
    readonly better: RiskText | null;
    readonly gap: RiskText | null;
  } | null;
  readonly statement: {
    readonly sha256: string;
    readonly problem: string;
    readonly data: string;
    readonly point: string;
    readonly better: string | null;
  } | null;
  readonly obligations: { readonly total: number; readonly by: Readonly<Record<string, number>> } | null;
  readonly reason: Reason | null;
  readonly ms: number;
}

export interface CertifyLine {
  readonly verdict: string;
  readonly kind: string | null;
  /** the path written */
  readonly certificate: string | null;
  readonly near: string | null;
  readonly reason: Reason | null;
  readonly ms: number;
}
