/** Times `cairn verify` on Hessians over balls: published points of a Gaussian teacher, by their number of parameters. */
import { fileURLToPath } from 'node:url';
import { runNode } from './verify.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const cli = here('../dist/cli/main.cjs');
const library = here('../certificates/safran-shamir-2018/');

const cases = [
  { name: 'point-0-of-6-units', parameters: 36, target: '' },
  { name: 'point-3-of-10-units', parameters: 100, target: '< 1,000 ms' },
  { name: 'point-18-of-15-units', parameters: 210, target: '' },
  { name: 'point-90-of-20-units', parameters: 400, target: '< 6,000 ms, < 500 MB' },
];

/** @returns the table, header first */
export async function run(): Promise<readonly (readonly string[])[]> {
  const runs = cases.map(({ name, parameters, target }) => {
    const { ms, mb } = runNode([cli, 'verify', `${library}${name}.cert.json`, '--json']);
    return { parameters, target, ms, mb };
  });
  const [small, large] = [runs[1], runs[3]] as [(typeof runs)[number], (typeof runs)[number]];
  const exponent = Math.log(large.ms / small.ms) / Math.log(large.parameters / small.parameters);
  return [
    ['hessians', 'measured', 'target'],
    ...runs.map(({ parameters, ms, mb, target }) => [
      `verify a strongly convex ball of ${parameters} parameters, Gaussian teacher`,
      `${ms.toFixed(0)} ms, ${mb.toFixed(0)} MB`,
      target,
    ]),
    ['growth from 100 to 400 parameters (a Cholesky factorization: 3)', `p^${exponent.toFixed(2)}`, ''],
  ];
}
