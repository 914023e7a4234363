// Cost against viewers as SVG: both axes logarithmic, no background, colours
// that read on light and dark pages.
const WIDTH = 760;
const HEIGHT = 440;
const PLOT = { left: 70, right: 560, top: 24, bottom: 384 };

const SERIES = [
  { name: 'Janus, burst', side: 'janus', way: 'burst', colour: '#c2410c' },
  { name: 'Janus, 15 ms', side: 'janus', way: 'spread', colour: '#c2410c' },
  { name: 'Yilian, burst', side: 'yilian', way: 'burst', colour: '#2563eb' },
  { name: 'Yilian, 15 ms', side: 'yilian', way: 'spread', colour: '#2563eb' },
  { name: 'raw limit, burst', side: 'raw', way: 'burst', colour: '#6b7280' },
  { name: 'raw limit, 15 ms', side: 'raw', way: 'spread', colour: '#6b7280' },
];

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #374151; }
  .grid { stroke: #9ca3af; stroke-opacity: .35; }
  .axis { stroke: #6b7280; }
  @media (prefers-color-scheme: dark) {
    text { fill: #d1d5db; }
    .blue { stroke: #60a5fa; } .blue-fill { fill: #60a5fa; }
    .red { stroke: #fb923c; } .red-fill { fill: #fb923c; }
    .grey { stroke: #9ca3af; } .grey-fill { fill: #9ca3af; }
  }`;
const CLASSES = { '#2563eb': 'blue', '#c2410c': 'red', '#6b7280': 'grey' };

/** [{viewers, p50, p25, p75, sound}] of one line. */
export function points(result, { side, way }, pick) {
  const list = [];
  for (const { id, viewers } of result.scenarios) {
    if (!id.startsWith(`course-${way}-`) || !result.cells[id]) continue;
    const sides = result.cells[id];
    const cell = sides[side === 'janus' ? pick.betterJanus(sides) : side];
    if (cell?.cost_ns)
      list.push({ viewers, ...cell.cost_ns, sound: pick.isSound(cell) });
  }
  return list.sort((a, b) => a.viewers - b.viewers);
}

/** Powers of ten around all values, and 2 and 5 of each between. */
export function ticks(low, high) {
  const list = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
    for (const factor of [1, 2, 5]) {
      const value = factor * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) list.push(value);
    }
  return list;
}

function scale(low, high, from, to) {
  const width = Math.log10(high) - Math.log10(low);
  return (value) =>
    from + (to - from) * (Math.log10(value) - Math.log10(low)) / width;
}

const round = (value) => Math.round(value * 10) / 10;

function axes(x, y, xs, ys) {
  const out = [];
  for (const value of ys) {
    const at = round(y(value));
    out.push(`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at
    }" y2="${at}"/>`, `<text x="${PLOT.left - 8}" y="${at + 4
    }" text-anchor="end">${value / 1000}</text>`);
  }
  for (const value of xs) {
    const at = round(x(value));
    out.push(`<line class="grid" x1="${at}" x2="${at}" y1="${PLOT.top}" y2="${
      PLOT.bottom}"/>`, `<text x="${at}" y="${PLOT.bottom + 20
    }" text-anchor="middle">${value}</text>`);
  }
  const middle = (PLOT.left + PLOT.right) / 2;
  out.push(`<line class="axis" x1="${PLOT.left}" x2="${PLOT.right}" y1="${
    PLOT.bottom}" y2="${PLOT.bottom}"/>`,
  `<text x="${middle}" y="${PLOT.bottom + 44
  }" text-anchor="middle">viewers of one course</text>`,
  `<text transform="translate(18 ${(PLOT.top + PLOT.bottom) / 2
  }) rotate(-90)" text-anchor="middle">CPU µs per packet sent</text>`);
  return out;
}

function line(series, list, x, y) {
  const { colour, way } = series;
  const shade = CLASSES[colour];
  const dash = way === 'spread' ? ' stroke-dasharray="6 4"' : '';
  const path = list.map(({ viewers, p50 }) =>
    `${round(x(viewers))},${round(y(p50))}`).join(' ');
  const out = [`<polyline class="${shade}" fill="none" stroke="${colour
  }" stroke-width="2"${dash} points="${path}"/>`];
  for (const { viewers, p50, p25, p75, sound } of list) {
    const at = round(x(viewers));
    out.push(`<line class="${shade}" stroke="${colour}" x1="${at}" x2="${at
    }" y1="${round(y(p25))}" y2="${round(y(p75))}"/>`,
    `<circle class="${sound ? `${shade}-fill` : shade}" cx="${at}" cy="${
      round(y(p50))}" r="4" ${sound ? `fill="${colour}"`
      : `fill="none" stroke="${colour}"`}/>`);
  }
  return out;
}

/* Names at the right, where each line ends, moved apart. */
function legend(lines, y) {
  const labels = lines.map(({ series, list }) =>
    ({ series, at: y(list[list.length - 1].p50) }))
    .sort((a, b) => a.at - b.at);
  for (let i = 1; i < labels.length; i++)
    labels[i].at = Math.max(labels[i].at, labels[i - 1].at + 18);
  const over = labels.length > 0
    ? Math.max(0, labels[labels.length - 1].at - PLOT.bottom) : 0;
  return labels.map(({ series, at }) => {
    const height = round(at - over);
    const dash = series.way === 'spread' ? ' stroke-dasharray="6 4"' : '';
    return `<line class="${CLASSES[series.colour]}" stroke="${series.colour
    }" stroke-width="2"${dash} x1="${PLOT.right + 14}" x2="${PLOT.right + 40
    }" y1="${height}" y2="${height}"/><text x="${PLOT.right + 48}" y="${
      height + 4}">${series.name}</text>`;
  });
}

/** The whole picture; pick: betterJanus and isSound of stats.mjs. */
export function draw(result, pick) {
  const lines = SERIES.map((series) =>
    ({ series, list: points(result, series, pick) }))
    .filter(({ list }) => list.length > 0);
  const all = lines.flatMap(({ list }) => list);
  if (all.length === 0) return null;
  const low = Math.min(...all.map(({ p25 }) => p25)) * 0.8;
  const high = Math.max(...all.map(({ p75 }) => p75)) * 1.25;
  const counts = [...new Set(all.map(({ viewers }) => viewers))];
  const x = scale(Math.min(...counts) * 0.85, Math.max(...counts) * 1.15,
    PLOT.left, PLOT.right);
  const y = scale(low, high, PLOT.bottom, PLOT.top);
  const hollow = all.some(({ sound }) => !sound)
    ? `<text x="${PLOT.right + 14}" y="${PLOT.top + 4
    }">○ overloaded</text>` : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT
  }" role="img" aria-label="CPU per packet against viewers">
<style>${STYLE}
</style>
${[...axes(x, y, counts, ticks(low, high)),
    ...lines.flatMap(({ series, list }) => line(series, list, x, y)),
    ...legend(lines, y), hollow].join('\n')}
</svg>
`;
}
