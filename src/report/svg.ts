/** SVG as text: elements, the colours of Okabe and Ito, axes. Coordinates have two decimals, so the bytes repeat. */
import { forXml } from './escape.js';
import { superscript } from './numbers.js';

/** Told apart by people with every kind of colour vision (Okabe and Ito, 2008). */
export const colours = {
  curve: '#0072B2',
  point: '#D55E00',
  better: '#009E73',
  data: '#333333',
  jump: '#CC79A7',
  faint: '#999999',
  grid: '#E6E6E6',
  text: '#222222',
} as const;

export const fontFamily = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

export type Attributes = Readonly<Record<string, string | number>>;

/** A coordinate with at most two decimals. */
export function coordinate(x: number): string {
  const text = x.toFixed(2).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : forXml(value)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

export interface TextStyle {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: 'normal' | 'bold';
  readonly fill?: string;
  /** words of this project, where _i and _{…} are subscripts */
  readonly rich?: boolean;
  /** degrees, around the text's own place */
  readonly turn?: number;
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 12, anchor = 'start', weight = 'normal', fill = colours.text, turn, rich = false } = style;
  return element(
    'text',
    {
      x,
      y,
      'font-size': size,
      ...(anchor === 'start' ? {} : { 'text-anchor': anchor }),
      ...(weight === 'normal' ? {} : { 'font-weight': weight }),
      fill,
      ...(turn === undefined ? {} : { transform: `rotate(${turn} ${coordinate(x)} ${coordinate(y)})` }),
    },
    rich ? subscripted(words, size) : forXml(words),
  );
}

const subscript = /_(?:\{([^}]*)\}|([A-Za-zθ]°?))/;

/** Lowered tspans: not every browser knows baseline-shift. */
function subscripted(words: string, size: number): string {
  const parts: string[] = [];
  let lowered = false;
  let rest = words;
  for (let found = subscript.exec(rest); found !== null; found = subscript.exec(rest)) {
    parts.push(shifted(rest.slice(0, found.index), lowered ? -size * 0.22 : 0));
    parts.push(
      element('tspan', { dy: size * 0.22, 'font-size': size * 0.75 }, forXml(found[1] ?? (found[2] as string))),
    );
    rest = rest.slice(found.index + found[0].length);
    lowered = true;
  }
  parts.push(shifted(rest, lowered ? -size * 0.22 : 0));
  return parts.join('');
}

function shifted(words: string, dy: number): string {
  if (words === '') return '';
  // A space at the start of a tspan is dropped by some renderers.
  const kept = words.replace(/^ /, '\u00a0');
  return dy === 0 ? forXml(kept) : element('tspan', { dy }, forXml(kept));
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes): string {
  return element('line', { x1, y1, x2, y2, ...attributes });
}

export function polyline(points: readonly (readonly [number, number])[], attributes: Attributes): string {
  return element('polyline', {
    points: points.map(([x, y]) => `${coordinate(x)},${coordinate(y)}`).join(' '),
    fill: 'none',
    'stroke-linejoin': 'round',
    ...attributes,
  });
}

/** The marks of θ (a disc) and θ° (a diamond): shape and colour both tell. */
export function mark(kind: 'point' | 'better', x: number, y: number, size = 6): string {
  const style = { fill: colours[kind], stroke: '#FFFFFF', 'stroke-width': 1.5 };
  if (kind === 'point') return element('circle', { cx: x, cy: y, r: size, ...style });
  const reach = size * 1.25;
  const corners = [
    [x, y - reach],
    [x + reach, y],
    [x, y + reach],
    [x - reach, y],
  ] as const;
  return element('polygon', {
    points: corners.map(([a, b]) => `${coordinate(a)},${coordinate(b)}`).join(' '),
    ...style,
  });
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** From numbers to coordinates along one axis. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** A step 1, 2 or 5 times a power of 10 that gives at most so many intervals. */
function niceStep(span: number, most: number): number {
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const ratio = raw / power;
  return power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
}

/** @returns labels with as few digits as tell the values apart, at least 4 */
export function labelled(
  values: readonly number[],
  least = 4,
): readonly { readonly at: number; readonly label: string }[] {
  for (let digits = least; ; digits++) {
    const labels = values.map((at) => ({ at, label: shortNumber(at, digits) }));
    const faithful = digits >= 15 || new Set(labels.map(({ label }) => label)).size === values.length;
    if (faithful) return labels;
  }
}

export function shortNumber(value: number, digits = 4): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    const exponent = Math.floor(Math.log10(size) + 1e-12);
    const mantissa = Number((value / 10 ** exponent).toPrecision(Math.max(digits - 1, 1)));
    if (mantissa === 1) return `10${superscript(exponent)}`;
    return `${mantissa}·10${superscript(exponent)}`.replace('-', '−');
  }
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}

/** @param from, to  coordinates of low and high */
export function linearScale(low: number, high: number, from: number, to: number, most = 6): Scale {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1) * 1e-3;
  const place = (value: number): number => from + ((value - low) / span) * (to - from);
  const step = niceStep(span, most);
  const at: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= low + span * (1 + 1e-9); k++) {
    at.push(Number((k * step).toPrecision(12)));
  }
  return { place, ticks: labelled(at) };
}

/** log(1 + value/unit): linear near 0, logarithmic beyond the unit. */
export function symlogScale(low: number, high: number, unit: number, from: number, to: number): Scale {
  const bend = (value: number): number => Math.log10(1 + Math.max(value, 0) / unit);
  const [first, last] = [bend(low), bend(high)];
  const place = (value: number): number => from + ((bend(value) - first) / (last - first)) * (to - from);
  const lowest = Math.ceil(Math.log10(unit) - 1e-9);
  const highest = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((highest - lowest + 1) / 7));
  const ticks: { at: number; label: string }[] = low <= 0 ? [{ at: 0, label: '0' }] : [];
  // Of the tens between low and high at least three, or numbers between them, too.
  const tens = highest - Math.max(lowest, Math.ceil(Math.log10(Math.max(low, unit)) - 1e-9)) + 1;
  const multiples = tens < 3 ? [1, 2, 5] : [1];
  for (let exponent = lowest; exponent <= highest; exponent += every) {
    for (const multiple of multiples) {
      const at = multiple * 10 ** exponent;
      if (at < low || at > high) continue;
      const isPlain = multiple > 1 || (exponent >= 0 && exponent <= 3);
      ticks.push({ at, label: isPlain ? shortNumber(at) : `10${superscript(exponent)}` });
    }
  }
  return { place, ticks };
}

/** The frame of a plot with ticks, grid and labels. */
export function axes(
  box: Box,
  x: Scale,
  y: Scale,
  labels: { readonly x: string; readonly y: string },
  grid = true,
): string {
  const { x: left, y: top, width, height } = box;
  const [right, bottom] = [left + width, top + height];
  const parts = [element('rect', { ...box, fill: 'none', stroke: colours.faint, 'stroke-width': 1 })];
  for (const { at, label } of x.ticks) {
    const px = x.place(at);
    if (px < left - 0.5 || px > right + 0.5) continue;
    if (grid) parts.unshift(line(px, top, px, bottom, { stroke: colours.grid }));
    parts.push(line(px, bottom, px, bottom + 4, { stroke: colours.faint }));
    parts.push(text(px, bottom + 17, label, { size: 11, anchor: 'middle' }));
  }
  for (const { at, label } of y.ticks) {
    const py = y.place(at);
    if (py < top - 0.5 || py > bottom + 0.5) continue;
    if (grid) parts.unshift(line(left, py, right, py, { stroke: colours.grid }));
    parts.push(line(left - 4, py, left, py, { stroke: colours.faint }));
    parts.push(text(left - 7, py + 4, label, { size: 11, anchor: 'end' }));
  }
  parts.push(text(left + width / 2, bottom + 38, labels.x, { size: 12.5, anchor: 'middle' }));
  parts.push(text(left - 50, top + height / 2, labels.y, { size: 12.5, anchor: 'middle', turn: -90 }));
  return parts.join('');
}

/** About as wide as the sans-serif fonts set it. */
export function textWidth(words: string, size: number): number {
  return [...words].length * size * 0.5;
}

/** Breaks words into lines at most so wide. */
export function brokenLines(words: string, width: number, size: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of words.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && textWidth(longer, size) > width) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}
