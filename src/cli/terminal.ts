/** The only place that writes to the terminal. Text that came from a file passes here, so nothing that a terminal obeys does. */
import { createColors } from 'picocolors';

/** Only where a person looks on, and did not ask for plain text (https://no-color.org). */
export function isColourful(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: asked, TERM: terminal } = process.env;
  return stream.isTTY === true && (asked === undefined || asked === '') && terminal !== 'dumb';
}

/** Line breaks and tabs of our own layout stay; every other character that is not visible text is written as \u{…}. */
export function visible(text: string): string {
  return text.replace(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

export type Colour = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

/** @param head  what stands first, in this colour */
export function print(text: string, head?: { readonly text: string; readonly colour: Colour }): void {
  writeTo(process.stdout, text, head);
}

/** For errors, notes and progress. */
export function tell(text: string, head?: { readonly text: string; readonly colour: Colour }): void {
  writeTo(process.stderr, text, head);
}

function writeTo(
  stream: NodeJS.WriteStream,
  text: string,
  head?: { readonly text: string; readonly colour: Colour },
): void {
  const colours = createColors(isColourful(stream));
  const first = head === undefined ? '' : colours[head.colour](visible(head.text));
  stream.write(`${first}${visible(text)}\n`);
}

/** One object a line; what is not visible text stays a JSON escape, so that the line is also safe to look at. */
export function printJson(value: object): void {
  const text = JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) =>
    Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  );
  process.stdout.write(`${text}\n`);
}
