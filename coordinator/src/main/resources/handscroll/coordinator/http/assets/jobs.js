// The list of all jobs; asks for news every two seconds while somebody looks.

import { count, duration, patches, percent, share, size, speed, stateWord } from './words.js';
import { Pyramid } from './pyramid.js';

const NEWS_MILLIS = 2000;
const STRIP_HEIGHT = 104;
const STRIP_WIDTH = 940;

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
    this.picture = element('div', 'picture');
    const aspect = this.pyramid.width / this.pyramid.height;
    this.picture.style.aspectRatio = `${this.pyramid.width} / ${this.pyramid.height}`;
    this.picture.style.width = `${Math.min(STRIP_WIDTH, STRIP_HEIGHT * aspect)}px`;
    this.picture.style.maxWidth = '100%';
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
    this.missing = this.tiles(Math.min(STRIP_WIDTH, STRIP_HEIGHT * aspect) * Math.min(2, devicePixelRatio));
    this.seen = -1;
  }

  tiles(widthPixels) {
    const { pyramid } = this;
    const level = pyramid.levelFor(widthPixels / 1.5);
    const whole = pyramid.at(level);
    const missing = [];
    for (let row = 0; row * pyramid.tile < whole.height; row++) {
      for (let column = 0; column * pyramid.tile < whole.width; column++) {
        const part = (from, all) => Math.min(pyramid.tile, all - from * pyramid.tile);
        missing.push({
          url: pyramid.url(level, column, row),
          place: {
            left: `${100 * column * pyramid.tile / whole.width}%`,
            top: `${100 * row * pyramid.tile / whole.height}%`,
            width: `${100 * part(column, whole.width) / whole.width}%`,
            height: `${100 * part(row, whole.height) / whole.height}%`,
          },
        });
      }
    }
    return missing;
  }

  update(job) {
    const done = patches(job);
    this.link.dataset.state = job.state;
    this.state.dataset.state = job.state;
    this.state.textContent = ['rendering', 'paused'].includes(job.state)
      ? `${stateWord(job.state)} ${percent(done.renderedCount, done.cellCount)} %`
      : stateWord(job.state);
    this.done.style.width = `${100 * share(done.renderedCount, done.cellCount)}%`;
    this.leased.style.width = job.over ? '0' : `${100 * share(done.renderedCount + done.leasedCount, done.cellCount)}%`;
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

  /** Tiles that were not there at the last look are asked for again; there are a dozen at most. */
  look() {
    const wanted = this.missing;
    this.missing = [];
    for (const tile of wanted) {
      const image = new Image();
      image.alt = '';
      Object.assign(image.style, tile.place);
      image.onload = () => this.picture.append(image);
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
