import { escaped } from '../formats/quoted.js';
import type { Checked } from './check-file.js';

/** XML 1.0 has no control characters at all, not even as entities. */
function xml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return escaped(text, 5_000).replace(/[&<>"']/g, (c) => entities[c] as string);
}

/** A rejected certificate is a failure; one that was declined, or could not be read, is an error: neither may look passed. */
export function junit(results: readonly Checked[]): string {
  const count = (...kinds: Checked['kind'][]) => results.filter(({ kind }) => kinds.includes(kind)).length;
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  const totals = [
    `tests="${results.length}"`,
    `failures="${count('rejected')}"`,
    `errors="${count('declined', 'failed')}"`,
    'skipped="0"',
    `time="${seconds(results.reduce((sum, { line }) => sum + line.ms, 0))}"`,
  ].join(' ');
  const cases = results.map(({ kind, line: { file, kind: claim, reason, ms } }) => {
    const open = `    <testcase classname="cairn.${claim ?? kind}" name="${xml(file)}" time="${seconds(ms)}"`;
    if (reason === null) return `${open}/>`;
    const tag = kind === 'rejected' ? 'failure' : 'error';
    const text = xml(`${reason.path}: ${reason.message}`);
    return `${open}>\n      <${tag} type="${xml(reason.code)}" message="${text}"/>\n    </testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cairn verify" ${totals}>
  <testsuite name="cairn verify" ${totals}>
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}
