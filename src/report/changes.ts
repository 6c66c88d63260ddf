/** Where two canonical texts differ: paths with both values, in the order of the text. Runs in browsers. */

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Change {
  /** such as `$.problem.data.inputs[3][0]` */
  readonly path: string;
  /** the values as JSON; null where there is none */
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Of two lists of different lengths one change is told, their lengths, and where they begin to differ: one entry more at the
 * beginning moves all others.
 */
export function changes(before: string, after: string): Change[] {
  const found: Change[] = [];
  compare(JSON.parse(before) as Json, JSON.parse(after) as Json, '$', found);
  return found;
}

function compare(a: Json | undefined, b: Json | undefined, path: string, found: Change[]): void {
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) {
      const least = Math.min(a.length, b.length);
      let same = 0;
      while (same < least && JSON.stringify(a[same]) === JSON.stringify(b[same])) same++;
      found.push({ path: `${path}[${same}…]`, before: `${a.length} entries`, after: `${b.length} entries` });
      return;
    }
    a.forEach((entry: Json, i) => void compare(entry, b[i] as Json, `${path}[${i}]`, found));
    return;
  }
  if (isRecord(a) && isRecord(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compare(a[key], b[key], `${path}.${key}`, found);
    return;
  }
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  found.push({ path, before: shown(a), after: shown(b) });
}

function isRecord(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function shown(json: Json | undefined): string | null {
  if (json === undefined) return null;
  return typeof json === 'string' ? json : JSON.stringify(json);
}
