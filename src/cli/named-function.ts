import { quoted } from '../formats/quoted.js';
import type { Fields } from '../formats/write.js';
import { Failure } from './failure.js';

/** NAME or NAME:key=value,key=value, as --loss and --activation take it. What the names mean is judged by the kernel's reader. */
export function namedFunction(option: string, text: string): Fields {
  const [name = '', ...rest] = text.split(':');
  const fields = rest.length === 0 ? [] : rest.join(':').split(',');
  const entries = fields.map((field): [string, string] => {
    const at = field.indexOf('=');
    if (at <= 0) throw new Failure(`--${option}: expected NAME:key=value, found ${quoted(text)}`);
    return [field.slice(0, at), field.slice(at + 1)];
  });
  return { function: name, ...Object.fromEntries(entries) };
}
