const WIDTH = 720;
const HEIGHT = 380;
const LEFT = 64;
const TOP = 24;
const RIGHT = WIDTH - 150;
const BOTTOM = HEIGHT - 56;
const TICKS = 5;

/** What is drawn: lines over the same x, which counts from 0. */
export interface Plot {
  title: string;
  /** What the plot shows, for who does not see it. */
  description: string;
  x: string;
  y: string;
  lines: readonly [Line, Line];
}

export interface Line {
  name: string;
  values: readonly number[];
}

const STYLE = `
    svg { --ink: #24292f; --grid: #d0d7de; --first: #0550ae; --second: #9a3412; background: #fff; }
    @media (prefers-color-scheme: dark) {
      svg { --ink: #e6edf3; --grid: #3d444d; --first: #79c0ff; --second: #ffa657; background: #0d1117; }
    }
    text { fill: var(--ink); font: 13px system-ui, sans-serif; }
    .grid { stroke: var(--grid); }
    .line { fill: none; stroke-width: 2.5; }
    .line.second { stroke-dasharray: 7 4; }
    .first { stroke: var(--first); } text.first { fill: var(--first); stroke: none; }
    .second { stroke: var(--second); } text.second { fill: var(--second); stroke: none; }`;

/** An SVG of two lines, in the colours of the reader. */
export function svg({ title, description, x, y, lines }: Plot): string {
  const last = lines[0].values.length - 1;
  const top = ceiling(Math.max(...lines.flatMap(({ values }) => values)));
  const toX = (i: number) => LEFT + (i / last) * (RIGHT - LEFT);
  const toY = (value: number) => BOTTOM - (value / top) * (BOTTOM - TOP);
  const steps = Array.from({ length: TICKS + 1 }, (_, i) => i / TICKS);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title desc">
  <title id="title">${escaped(title)}</title>
  <desc id="desc">${escaped(description)}</desc>
  <style>${STYLE}
  </style>
${steps.map((part) => yTick(part * top, toY(part * top))).join('\n')}
${steps
  .map((part) => Math.round(part * last))
  .map((i) => xTick(i, toX(i)))
  .join('\n')}
  <text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(x)}</text>
  <text transform="translate(16 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>
${lines.map((line, i) => drawn(line, i === 0 ? 'first' : 'second', toX, toY)).join('\n')}
</svg>
`;
}

function yTick(value: number, y: number): string {
  return `  <path class="grid" d="M${LEFT} ${at(y)}H${RIGHT}"/>
  <text x="${LEFT - 8}" y="${at(y + 4)}" text-anchor="end">${Number(value.toPrecision(3))}</text>`;
}

function xTick(i: number, x: number): string {
  return `  <text x="${at(x)}" y="${BOTTOM + 20}" text-anchor="middle">${i}</text>`;
}

function drawn({ name, values }: Line, style: string, toX: (i: number) => number, toY: (value: number) => number) {
  const points = values.map((value, i) => `${at(toX(i))} ${at(toY(value))}`);
  const end = toY(values.at(-1) ?? 0);
  return `  <path class="line ${style}" d="M${points.join('L')}"/>
  <text class="${style}" x="${RIGHT + 8}" y="${at(end + 4)}">${escaped(name)}</text>`;
}

/** The next number above whose fifths are easy to read. */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((step) => step * power >= value) ?? 10) * power;
}

const at = (coordinate: number) => Number(coordinate.toFixed(1));
const escaped = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
