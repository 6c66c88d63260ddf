/** A picture as PDF: the same as the SVG, in vectors, with its fonts in it, and the same bytes for the same theorem. */
import { createRequire } from 'node:module';

/** As wide as the fonts that browsers take for the SVG, and with the Greek and the signs that these have. */
const fonts = { normal: 'DejaVuSansCondensed.ttf', bold: 'DejaVuSansCondensed-Bold.ttf' };

/**
 * @param svg  as plot writes it: its size in points is taken from its viewBox
 * @returns the bytes of one page of this size
 */
export async function pdf(svg: string): Promise<Uint8Array> {
  const [{ default: PDFDocument }, { default: draw }] = await Promise.all([import('pdfkit'), import('svg-to-pdfkit')]);
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
  // At 96 pixels an inch, as browsers show it.
  const size: [number, number] = [Number(width) * 0.75, Number(height) * 0.75];
  const document = new PDFDocument({ size, margin: 0, info: { Creator: 'cairn', CreationDate: new Date(0) } });
  const chunks: Uint8Array[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  const { resolve } = createRequire(import.meta.url);
  for (const [weight, file] of Object.entries(fonts)) {
    document.registerFont(weight, resolve(`dejavu-fonts-ttf/ttf/${file}`));
  }
  draw(document, svg, 0, 0, {
    width: size[0],
    height: size[1],
    fontCallback: (_family, bold) => (bold ? 'bold' : 'normal'),
  });
  // No date: the bytes tell of the theorem alone. The metadata would only repeat it.
  delete document.info.CreationDate;
  Object.assign(document, { endMetadata: () => {} });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
