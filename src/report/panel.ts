/** A plot in a figure: its title, its legend, and how it is drawn into a frame. */
import type { Theorem } from '../kernel/theorem.js';
import { type Box, colours, element, line, mark, text, textWidth } from './svg.js';

export interface LegendItem {
  readonly sign: 'curve' | 'dashed' | 'point' | 'better' | 'datum' | 'kink';
  readonly colour: string;
  readonly label: string;
}

export interface Panel {
  readonly title: string;
  readonly legend: readonly LegendItem[];
  /** room at the right of the frame */
  readonly right: number;
  /** which quantities of the data its axes show */
  readonly shows?: readonly Shown[];
  /** @param id  unique in the figure, for clip paths */
  readonly draw: (frame: Box, id: string) => string;
}

const frameLeft = 72;
const frameTop = 58;
const frameBottom = 52;

/** @returns the panel in a box: title, legend and frame, and where the frame is */
export function placed(
  { title, legend, right, draw }: Panel,
  { x, y, width, height }: Box,
  id: string,
): { readonly drawn: string; readonly frame: Box } {
  const frame = {
    x: x + frameLeft,
    y: y + frameTop,
    width: width - frameLeft - right,
    height: height - frameTop - frameBottom,
  };
  const drawn = element(
    'g',
    {},
    text(frame.x, y + 14, title, { size: 13.5, weight: 'bold' }),
    legendRow(legend, frame.x, y + 34),
    draw(frame, id),
  );
  return { drawn, frame };
}

/** What a picture of the data has on its axes. */
export type Shown = 'input' | 'output';

export interface PlotRequest {
  readonly theorem: Theorem;
  readonly planeSeed: number;
  /** what the reader calls the input and the output, with their units */
  readonly names: Readonly<Partial<Record<Shown, string>>>;
}

export function inputName({ names }: PlotRequest): string {
  return names.input ?? 'input x';
}

export function kinkName({ names }: PlotRequest): string {
  return names.input === undefined ? 'kink q' : `kink q: ${names.input}`;
}

/** @param output  which one, from 0 */
export function outputName({ names, theorem }: PlotRequest, output: number): string {
  const isOne = theorem.statement.problem.network.outputs === 1;
  if (names.output === undefined) return isOne ? 'output y' : `output y${output + 1}`;
  return isOne ? names.output : `${names.output}, output ${output + 1}`;
}

/** @returns the legend in one row from (x, y) */
export function legendRow(items: readonly LegendItem[], x: number, y: number): string {
  let at = x;
  return items
    .map(({ sign, colour, label }) => {
      const parts = [signOf(sign, colour, at, y), text(at + 26, y + 4, label, { size: 12, rich: true })];
      at += 26 + textWidth(label.replaceAll(/[_{}]/g, ''), 12) + 18;
      return parts.join('');
    })
    .join('');
}

function signOf(sign: LegendItem['sign'], colour: string, x: number, y: number): string {
  const middle = x + 10;
  switch (sign) {
    case 'curve':
      return line(x, y, x + 20, y, { stroke: colour, 'stroke-width': 2.2 });
    case 'dashed':
      return line(x, y, x + 20, y, { stroke: colour, 'stroke-width': 2.2, 'stroke-dasharray': '6 3' });
    case 'datum':
      return datum(middle, y);
    case 'kink':
      return kink(middle, y, colour);
    case 'point':
    case 'better':
      return mark(sign, middle, y, 5);
  }
}

export function datum(x: number, y: number): string {
  return element('circle', { cx: x, cy: y, r: 4, fill: colours.data, stroke: '#FFFFFF', 'stroke-width': 1 });
}

export function kink(x: number, y: number, colour: string): string {
  return element('rect', {
    x: x - 3.5,
    y: y - 3.5,
    width: 7,
    height: 7,
    fill: '#FFFFFF',
    stroke: colour,
    'stroke-width': 1.8,
  });
}

export function clip(id: string, { x, y, width, height }: Box): string {
  return element('clipPath', { id }, element('rect', { x, y, width, height }));
}
