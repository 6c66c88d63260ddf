/** How text that came from a file is shown in a message: short, and with nothing that a terminal would obey or hide. */

const unsafe = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** @returns the text with its invisible characters as \u{…}: they hide text or turn it around */
export function visible(text: string): string {
  return text.replaceAll(unsafe, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** @returns the first `limit` characters, with those that are not visible text written as \u{…}, and … where cut */
export function escaped(text: string, limit: number): string {
  // A character has at most two units, so this slice holds more than `limit` of them and bounds the work.
  const characters = [...text.slice(0, 2 * limit + 2)];
  const shown = characters.slice(0, limit).join('').replaceAll('\\', '\\\\');
  return characters.length > limit ? `${visible(shown)}…` : visible(shown);
}

/** @returns the first 40 characters between double quotes, escaped */
export function quoted(text: string): string {
  return `"${escaped(text, 40).replaceAll('"', '\\"')}"`;
}
