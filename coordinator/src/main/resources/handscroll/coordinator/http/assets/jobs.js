// The list of all jobs; asks for news every two seconds while somebody looks.

import { count, duration, patches, percent, share, size, speed, stateWord } from './words.js';
import { Pyramid } from './pyramid.js';

const NEWS_MILLIS = 2000;
const STRIP_HEIGHT = 104;
const STRIP_WIDTH = 940;

/** The finest tiles are born first, so a picture that grows is shown in as many as this. */
const TILES_WHILE_GROWING = 48;

const list = document.getElementById('jobs');
const none = document.getElementById('none');
const summary = document.getElementById('summary');
const cards = new Map();

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** One job; made once and then only told what changed, so that nothing blinks. */
class Card {
  constructor(job) {
    this.pyramid = new Pyramid(job);
    const aspect = this.pyramid.width / this.pyramid.height;
    const width = Math.min(STRIP_WIDTH, STRIP_HEIGHT * aspect);
    const density = Math.min(2, devicePixelRatio);
    this.picture = element('canvas', 'picture');
    this.picture.width = Math.max(1, Math.round(width * density));
    this.picture.height = Math.max(1, Math.round(width * density / aspect));
    this.picture.style.width = `${width}px`;
    this.name = element('h2', '', job.name);
    this.state = element('span', 'state');
    this.facts = element('p', 'facts');
    this.why = element('p', 'why');
    this.done = element('div', 'done');
    this.leased = element('div', 'leased');
    const link = element('a', 'job',
      element('div', 'strip', this.picture),
      element('div', 'progress', this.leased, this.done),
      element('div', 'head', this.name, this.state), this.facts, this.why);
    link.href = `/jobs/${job.job}`;
    this.link = link;
    this.row = element('li', '', link);
    const sharp = this.pyramid.levelFor(this.picture.width / 1.5);
    this.missing = this.tiles(job.over ? sharp : Math.max(sharp, this.pyramid.finest(TILES_WHILE_GROWING)));
    this.seen = -1;
  }

  tiles(level) {
    const { pyramid, picture } = this;
    const whole = pyramid.at(level);
    // Rounded to whole pixels of the strip, so that neighbours meet without a gap.
    const x = (column) => Math.round(picture.width * Math.min(1, column * pyramid.tile / whole.width));
    const y = (row) => Math.round(picture.height * Math.min(1, row * pyramid.tile / whole.height));
    const tiles = [];
    for (let row = 0; row * pyramid.tile < whole.height; row++) {
      for (let column = 0; column * pyramid.tile < whole.width; column++) {
        tiles.push({
          url: pyramid.url(level, column, row),
          place: [x(column), y(row), x(column + 1) - x(column), y(row + 1) - y(row)],
        });
      }
    }
    return tiles;
  }

  update(job) {
    const done = patches(job);
    this.link.dataset.state = job.state;
    this.state.dataset.state = job.state;
    this.state.textContent = ['rendering', 'paused'].includes(job.state)
      ? `${stateWord(job.state)} ${percent(done.renderedCount, done.cellCount)} %`
      : stateWord(job.state);
    this.done.style.width = `${100 * share(done.renderedCount, done.cellCount)}%`;
    this.leased.style.width = job.over || job.state === 'paused' ? '0' : `${100 * share(done.renderedCount + done.leasedCount, done.cellCount)}%`;
    const facts = [size(job.canvas), job.model];
    if (job.state === 'rendering') {
      facts.push(`${speed(job.patchesPerSecond)} patches/s`);
      if (job.remainingSeconds !== null) facts.push(`${duration(job.remainingSeconds)} remaining`);
    } else {
      facts.push(`${count(done.renderedCount)} of ${count(done.cellCount)} patches`, duration(job.elapsedSeconds));
    }
    this.facts.replaceChildren(...facts.map((fact) => element('span', '', fact)));
    this.why.textContent = job.cause ?? '';
    this.why.hidden = !job.cause;
    const rendered = job.stages.reduce((sum, stage) => sum + stage.renderedCount, 0);
    if (rendered !== this.seen) this.look();
    this.seen = rendered;
  }

  /** Tiles that were not there at the last look are asked for again; there are a few dozen at most. */
  look() {
    const wanted = this.missing;
    this.missing = [];
    for (const tile of wanted) {
      const image = new Image();
      image.onload = () => this.picture.getContext('2d').drawImage(image, ...tile.place);
      image.onerror = () => this.missing.push(tile);
      image.src = tile.url;
    }
  }
}

function show(jobs) {
  const ids = new Set(jobs.map((job) => job.job));
  for (const [id, card] of cards) {
    if (!ids.has(id)) {
      card.row.remove();
      cards.delete(id);
    }
  }
  jobs.sort((a, b) => Number(a.over) - Number(b.over) || b.accepted.localeCompare(a.accepted));
  jobs.forEach((job, index) => {
    if (!cards.has(job.job)) cards.set(job.job, new Card(job));
    const card = cards.get(job.job);
    card.update(job);
    if (list.children[index] !== card.row) list.insertBefore(card.row, list.children[index] ?? null);
  });
  none.hidden = jobs.length > 0;
  const open = jobs.filter((job) => !job.over).length;
  summary.textContent = jobs.length === 0 ? '' : `${count(open)} in work, ${count(jobs.length - open)} finished`;
}

async function news() {
  if (!document.hidden) {
    try {
      const answer = await fetch('/api/jobs');
      if (!answer.ok) throw new Error(String(answer.status));
      show((await answer.json()).jobs);
    } catch {
      summary.textContent = 'The coordinator does not answer. Trying again…';
    }
  }
  setTimeout(news, NEWS_MILLIS);
}

news();
