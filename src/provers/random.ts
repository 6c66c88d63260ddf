/** A small seeded generator, so that a search repeats bit for bit: mulberry32. */
export interface Random {
  /** uniform in [0, 1) */
  readonly uniform: () => number;
  /** uniform integer from low to high, ends included */
  readonly integer: (low: number, high: number) => number;
  /** standard normal */
  readonly normal: () => number;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    uniform,
    integer: (low, high) => low + Math.floor(uniform() * (high - low + 1)),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
