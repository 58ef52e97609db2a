// The width of the wavefront over time: what was ready or in work, against what the plan promised at the same progress.

import { count, duration } from './words.js';

const WIDTH = 320;
const HEIGHT = 92;

/** Neither may press the other to the ground: a plan for hundreds of workers, or given cells, which are all ready at once. */
const HIGHEST_PLAN = 4;
const HIGHEST_FARM = 2;

const NAMESPACE = 'http://www.w3.org/2000/svg';

function shape(name, attributes) {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Width that the plan has when so many cells are rendered. */
function planned(points, rendered) {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (points[middle][0] <= rendered) low = middle; else high = middle - 1;
  }
  return points[low]?.[1] ?? 0;
}

export class WidthChart {
  #widths;
  #planned;

  constructor(host, map) {
    this.host = host;
    this.#widths = map.widths;
    this.#planned = map.planned;
  }

  /** @param inWork cells that are with workers; what else is open is ready */
  add(job, inWork) {
    if (job.state !== 'rendering') return;
    const sum = (of) => job.stages.reduce((total, stage) => total + of(stage), 0);
    const open = sum((stage) => stage.leasedCount + stage.readyCount);
    this.#widths.push([job.elapsedSeconds, sum((stage) => stage.renderedCount), inWork, Math.max(0, open - inWork), job.workerCount]);
    if (this.#widths.length > 800) this.#widths = this.#widths.filter((sample, index) => index % 2 === 0);
  }

  draw(job) {
    const widths = this.#widths;
    this.host.replaceChildren();
    if (widths.length < 2) {
      this.host.append(Object.assign(document.createElement('p'), { className: 'quiet', textContent: 'Nothing has been measured yet.' }));
      return;
    }
    const now = widths[widths.length - 1];
    const cells = job.stages.reduce((total, stage) => total + stage.cellCount, 0);
    const end = job.over || job.remainingSeconds === null ? now[0] : now[0] + job.remainingSeconds;
    const plan = widths.map(([time, rendered]) => [time, planned(this.#planned, rendered)]);
    for (let step = 1; step <= 60 && end > now[0]; step++) {
      plan.push([now[0] + (end - now[0]) * step / 60, planned(this.#planned, now[1] + (cells - now[1]) * step / 60)]);
    }
    const highest = Math.max(1, ...widths.map((sample) => sample[2] + sample[3]));
    const widest = Math.max(0, ...plan.map((point) => point[1]));
    const usual = widest > 0 ? Math.min(highest, HIGHEST_FARM * widest) : highest;
    const top = Math.max(1, usual, Math.min(HIGHEST_PLAN * highest, widest));
    const x = (time) => (WIDTH * (time - widths[0][0]) / Math.max(1, end - widths[0][0])).toFixed(1);
    const y = (width) => (HEIGHT - 3 - (HEIGHT - 8) * Math.min(1, width / top)).toFixed(1);
    const line = (points) => points.map(([time, width]) => `${x(time)},${y(width)}`).join(' ');
    const svg = shape('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
      'aria-label': `Width over time: ${count(now[2] + now[3])} patches ready or in work now, ${count(highest)} at most` });
    const area = (points) => `${x(points[0][0])},${HEIGHT} ${line(points)} ${x(points[points.length - 1][0])},${HEIGHT}`;
    svg.append(
      shape('polygon', { class: 'open', points: area(widths.map((sample) => [sample[0], sample[2] + sample[3]])) }),
      shape('polygon', { class: 'busy', points: area(widths.map((sample) => [sample[0], sample[2]])) }));
    if (this.#planned.length > 0) svg.append(shape('polyline', { class: 'plan', points: line(plan), 'vector-effect': 'non-scaling-stroke' }));
    if (end > now[0]) svg.append(shape('line', { class: 'now', x1: x(now[0]), x2: x(now[0]), y1: 0, y2: HEIGHT, 'vector-effect': 'non-scaling-stroke' }));
    const axis = document.createElement('p');
    axis.className = 'axis';
    axis.append(
      Object.assign(document.createElement('span'), { textContent: '0 s' }),
      Object.assign(document.createElement('span'), { textContent: `up to ${count(top)}` }),
      Object.assign(document.createElement('span'), { textContent: duration(end - widths[0][0]) }));
    this.host.append(svg, axis);
  }
}
