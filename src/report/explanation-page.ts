/** The explanation of a theorem with its pictures as one file: no script, nothing from outside. */
import type { Theorem } from '../kernel/theorem.js';
import { type Block, print } from './document.js';
import { forXml } from './escape.js';
import { explanation } from './explain.js';
import { pageStyle } from './page-style.js';
import { pictures, tellingViews } from './plot.js';
import { claimTitle } from './statement.js';

const articleStyle = `
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1.1rem 5rem; }
`;

/** @returns an HTML document */
export async function explanationPage(theorem: Theorem): Promise<string> {
  const { claim, setting, argument, checked } = await explanation(theorem);
  const drawn = tellingViews(theorem).flatMap((view) => pictures(theorem, view));
  const [claimed, rest] = await Promise.all(
    [claim, [...setting, ...argument, ...checked]].map((blocks: readonly Block[]) => print(blocks, 'html')),
  );
  const style = `${pageStyle}${articleStyle}`;
  const title = claimTitle(theorem)
    .map((part) => (typeof part === 'string' ? part : 'unicode' in part ? part.unicode : ''))
    .join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${await sha256Base64(style)}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${forXml(title)} – cairn</title>
<style>${style}</style>
</head>
<body>
<main>
${claimed}<div class="pictures">
${drawn.map((svg) => `<figure class="picture">${svg}</figure>`).join('\n')}
</div>
<p class="note">The pictures illustrate the theorem and are no part of its proof.</p>
${rest}</main>
</body>
</html>
`;
}

/** Of the style as it stands in the file, for the policy that admits it. */
async function sha256Base64(text: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
