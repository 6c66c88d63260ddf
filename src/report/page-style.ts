/** How pages look: explanations that are files of their own, and the same words on the web page. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1f1d1a; --soft: #625d55; --rule: #ddd8cd; --accent: #8a3b12;
  --good: #14663a; --good-paper: #e6f3ea; --bad: #9c1c1c; --bad-paper: #fbe9e7; --odd: #7a5200; --odd-paper: #fbf1da;
  --serif: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Palatino Linotype', 'Source Serif Pro', 'Liberation Serif', Georgia, serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Helvetica, Arial, sans-serif;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16171a; --card: #1f2125; --ink: #e8e5de; --soft: #a9a49a; --rule: #3a3c42; --accent: #f0a070;
    --good: #7fd6a0; --good-paper: #17301f; --bad: #ff9d94; --bad-paper: #3a1b1a; --odd: #f0c674; --odd-paper: #352a12;
  }
  .picture svg { filter: invert(0.9) hue-rotate(180deg); }
}
*, *::before, *::after { box-sizing: border-box; }
html { text-size-adjust: 100%; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 var(--serif); }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; margin: 2em 0 0.6em; }
h1 { font-size: 1.9rem; margin-top: 0.4em; }
h2 { font-size: 1.3rem; }
h3 { font-size: 1.08rem; }
p, ul, blockquote, .table { margin: 0 0 1em; }
p, li { overflow-wrap: break-word; }
ul { padding-left: 1.3em; }
li { margin: 0.25em 0; }
blockquote { border-left: 3px solid var(--accent); padding: 0.1em 0 0.1em 1.1em; }
blockquote p { margin: 0; }
code { font: 0.86em var(--mono); overflow-wrap: anywhere; }
.digest { font: 0.78em var(--mono); color: var(--soft); overflow-wrap: anywhere; }
.claimed { font-style: italic; overflow-wrap: anywhere; }
.display, .long { overflow-x: auto; overflow-y: hidden; max-width: 100%; }
.long { display: inline-block; vertical-align: middle; padding: 0.1em 0; }
math { font-size: 1.06em; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.95em; font-variant-numeric: tabular-nums; }
th { font: 600 0.82em var(--sans); color: var(--soft); text-align: left; }
th, td { padding: 0.35em 1.2em 0.35em 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin: 1rem 0; }
.picture { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; }
.picture svg { display: block; width: 100%; height: auto; }
.note { color: var(--soft); font-size: 0.92em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
