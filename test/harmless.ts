/** Changes after which a certificate may still prove the same theorem, each with its excuse. */
const classes: readonly { readonly path: RegExp; readonly why: string }[] = [
  { path: /^\$\.about/, why: 'the claimed source is not checked, and shown as such' },
  { path: /^\$(\.statement\.problem\.network\.layers\[\d+\])$/, why: 'an explicit default says what its absence says' },
  {
    path: /^\$\.proof\.\w+\.(direction|coefficients)/,
    why: 'another direction or curve along which the risk falls (rises) proves it too',
  },
  { path: /^\$\.proof\.\w+\.units/, why: 'multipliers, trees and radii are hints: another valid one proves the same' },
  { path: /^\$\.proof\.\w+\.bits/, why: 'another precision encloses the same numbers' },
  { path: /^\$\.proof\.\w+$/, why: 'optional hints may be left out' },
];

/** @returns the excuse for a change at this path that leaves the theorem as it was, or null */
export function excuse(path: string): string | null {
  return classes.find((harmless) => harmless.path.test(path))?.why ?? null;
}
