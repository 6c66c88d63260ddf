/** One panel by itself, as an element of a page. */
import { forXml } from './escape.js';
import { type Panel, placed } from './panel.js';
import { type Box, element, fontFamily } from './svg.js';

export interface Picture {
  readonly svg: string;
  /** where the plot is, in the units of the picture */
  readonly frame: Box;
  readonly width: number;
  readonly height: number;
}

const size = { width: 600, height: 400 };

/** @param id  unique on the page, for clip paths */
export function picture(panel: Panel, id: string): Picture {
  const { drawn, frame } = placed(panel, { x: 0, y: 6, ...size }, id);
  const { width } = size;
  const height = size.height + 6;
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'font-family': fontFamily,
      'aria-label': panel.title,
    },
    element('title', {}, forXml(panel.title)),
    element('rect', { x: 0, y: 0, width, height, fill: '#FFFFFF' }),
    drawn,
  );
  return { svg, frame, width, height };
}
