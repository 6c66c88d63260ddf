/** Ends the reading of a file that came from elsewhere, from whatever depth; the reader's `parse…` answers it as a value. */
export class Unreadable extends Error {}

export interface UnreadableFile {
  readonly kind: 'refused';
  /** one line, without the file's name */
  readonly message: string;
}

/** @returns what `read` answers, or why it cannot */
export function orRefused<V extends object>(read: () => V): V | UnreadableFile {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'refused', message: error.message };
    throw error;
  }
}
