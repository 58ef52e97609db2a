// The list of all jobs; asks for news every two seconds while somebody looks. Only the rows that are in view exist, and
// of many jobs only those that somebody scrolled to were asked for.

import { count, doneShare, duration, patches, percent, share, size, speed, stateWord, title } from './words.js';
import { Pyramid } from './pyramid.js';
import { signIn } from './session.js';

const NEWS_MILLIS = 2000;
const STRIP_HEIGHT = 104;
const STRIP_WIDTH = 940;

/** The finest tiles are born first, so a picture that grows is shown in as many as this. */
const TILES_WHILE_GROWING = 48;

/** Rows that exist above and below those in view. */
const SPARE_ROWS = 4;

/** So many rows before the end of what is known, more is asked for. */
const EARLY_ROWS = 20;

const SEARCH_MILLIS = 200;

const list = document.getElementById('jobs');
const none = document.getElementById('none');
const nothing = document.getElementById('nothing');
const summary = document.getElementById('summary');
const find = document.getElementById('find');
const text = document.getElementById('text');
const wanted = document.getElementById('wanted');

/** By name, in the order of the list. */
let known = new Map();
let ordered = [];
let next = null;
let fetching = false;
let asked = 0;

/** Those that exist now. */
const cards = new Map();

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** As many frames of a video as the strip has room for, from the first to the last; a picture is one. */
function framesShown({ canvas }) {
  const room = Math.floor(STRIP_WIDTH * canvas.heightPixels / (STRIP_HEIGHT * canvas.widthPixels));
  const shown = Math.max(1, Math.min(canvas.frameCount, room));
  return Array.from({ length: shown }, (_, at) => (shown === 1 ? 0 : Math.round(at * (canvas.frameCount - 1) / (shown - 1))));
}

const frameUrl = (job, frame) => (column, row) => `/jobs/${job.job}/frames/${frame}/${column}_${row}.${job.tiles.encoding}`;

/** One job; made once and then only told what changed, so that nothing blinks. */
class Card {
  constructor(job) {
    this.pyramid = new Pyramid(job);
    const frames = framesShown(job);
    const aspect = frames.length * this.pyramid.width / this.pyramid.height;
    const width = Math.min(STRIP_WIDTH, STRIP_HEIGHT * aspect);
    const density = Math.min(2, devicePixelRatio);
    this.picture = element('canvas', 'picture');
    this.picture.width = Math.max(1, Math.round(width * density));
    this.picture.height = Math.max(1, Math.round(width * density / aspect));
    this.name = element('h2', '', ...title(job));
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
    this.row.setAttribute('aria-label', job.name);
    this.missing = job.canvas.frameCount > 1
      ? frames.flatMap((frame, place) => this.tiles(this.pyramid.top, frameUrl(job, frame), place, frames.length))
      : this.pictureTiles(job.over);
    this.seen = -1;
  }

  pictureTiles(isWhole) {
    const { pyramid } = this;
    const sharp = pyramid.levelFor(this.picture.width / 1.5);
    const level = isWhole ? sharp : Math.max(sharp, pyramid.finest(TILES_WHILE_GROWING));
    return this.tiles(level, (column, row) => pyramid.url(level, column, row));
  }

  /** Those of one picture, which is one of several beside each other. */
  tiles(level, url, place = 0, ofPlaces = 1) {
    const { pyramid, picture } = this;
    const whole = pyramid.at(level);
    // Rounded to whole pixels of the strip, so that neighbours meet without a gap.
    const x = (column) => Math.round(picture.width * (place + Math.min(1, column * pyramid.tile / whole.width)) / ofPlaces);
    const y = (row) => Math.round(picture.height * Math.min(1, row * pyramid.tile / whole.height));
    const tiles = [];
    for (let row = 0; row * pyramid.tile < whole.height; row++) {
      for (let column = 0; column * pyramid.tile < whole.width; column++) {
        tiles.push({
          url: url(column, row),
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
    this.done.style.width = `${100 * doneShare(job)}%`;
    this.leased.style.width = job.over || job.state === 'paused' ? '0' : `${100 * share(done.renderedCount + done.leasedCount, done.cellCount)}%`;
    const facts = [size(job.canvas), job.model];
    if (job.state === 'rendering') {
      facts.push(`${speed(job.patchesPerSecond)} patches/s`);
      if (job.remainingSeconds !== null) facts.push(`${duration(job.remainingSeconds)} left`);
    } else {
      // Of a job that was over before the coordinator started, it knows the picture and nothing of how it came.
      if (done.cellCount > 0) facts.push(`${count(done.renderedCount)} of ${count(done.cellCount)} patches`, duration(job.elapsedSeconds));
    }
    this.facts.replaceChildren(...facts.map((fact) => element('span', '', fact)));
    this.why.textContent = job.cause ?? '';
    this.why.title = job.cause ?? '';
    this.facts.hidden = Boolean(job.cause);
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

const order = (a, b) => Number(a.over) - Number(b.over) || b.accepted.localeCompare(a.accepted) || a.job.localeCompare(b.job);

/** Makes the rows that are in view, and forgets the others. */
function lay() {
  const height = rowHeight();
  list.style.height = `${ordered.length * height}px`;
  const top = list.getBoundingClientRect().top;
  const first = Math.max(0, Math.floor(-top / height) - SPARE_ROWS);
  const last = Math.min(ordered.length, Math.ceil((innerHeight - top) / height) + SPARE_ROWS);
  const inView = new Set(ordered.slice(first, last).map((job) => job.job));
  for (const [id, card] of cards) {
    // Whoever is on a row with the keyboard is not thrown off it.
    if (!inView.has(id) && !card.row.contains(document.activeElement)) {
      card.row.remove();
      cards.delete(id);
    }
  }
  for (let index = first; index < last; index++) {
    const job = ordered[index];
    let card = cards.get(job.job);
    if (!card) {
      card = new Card(job);
      cards.set(job.job, card);
    }
    card.update(job);
    card.row.style.top = `${index * height}px`;
    card.row.setAttribute('aria-posinset', index + 1);
    card.row.setAttribute('aria-setsize', next ? -1 : ordered.length);
    // Rows stand in the order of the list, so that the tabulator walks down.
    const place = list.children[index - first];
    if (place !== card.row) list.insertBefore(card.row, place ?? null);
  }
  if (next && last > ordered.length - EARLY_ROWS) more();
}

const rowHeight = () => parseFloat(getComputedStyle(list).getPropertyValue('--row'));

function take(page) {
  for (const job of page.jobs) known.set(job.job, job);
  ordered = [...known.values()].sort(order);
  const all = Object.values(page.counts).reduce((sum, number) => sum + number, 0);
  const over = page.counts.done + page.counts.failed + page.counts.cancelled;
  none.hidden = all > 0;
  find.hidden = all < 2;
  nothing.hidden = all === 0 || ordered.length > 0;
  summary.textContent = all === 0 ? '' : `${count(all - over)} in work, ${count(over)} finished`;
  lay();
}

async function ask(cursor) {
  const query = new URLSearchParams();
  if (text.value.trim()) query.set('q', text.value.trim());
  if (wanted.value) query.set('state', wanted.value);
  if (cursor) query.set('cursor', cursor);
  const answer = await fetch(`/api/jobs?${query}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function more() {
  if (fetching || !next) return;
  fetching = true;
  const search = asked;
  try {
    const page = await ask(next);
    if (search === asked) {
      next = page.next;
      take(page);
    }
  } catch { /* the next look asks again */ } finally {
    fetching = false;
  }
}

/** Another search begins with an empty list. */
async function searchAnew() {
  const search = ++asked;
  try {
    const page = await ask();
    if (search !== asked) return;
    known = new Map();
    next = page.next;
    scrollTo({ top: 0 });
    take(page);
  } catch {
    summary.textContent = 'The coordinator does not answer. Trying again…';
  }
}

/** What changes is on the first page: open jobs stand there, and those that came or ended just now. */
async function news() {
  if (!document.hidden) {
    const search = asked;
    try {
      const page = await ask();
      if (search === asked) {
        if (known.size === 0) next = page.next;
        forgetGone(page);
        take(page);
      }
    } catch {
      summary.textContent = 'The coordinator does not answer. Trying again…';
    }
  }
  setTimeout(news, NEWS_MILLIS);
}

/** A job that no longer matches is not on the page any more, though what stands behind it is. */
function forgetGone(page) {
  const there = new Set(page.jobs.map((job) => job.job));
  const last = page.jobs[page.jobs.length - 1];
  for (const job of known.values()) {
    if (!there.has(job.job) && (page.next === null || (last && order(job, last) < 0))) known.delete(job.job);
  }
}

let laying = false;
function layLater() {
  if (laying) return;
  laying = true;
  requestAnimationFrame(() => { laying = false; lay(); });
}

addEventListener('scroll', layLater, { passive: true });
addEventListener('resize', layLater);
find.onsubmit = (event) => event.preventDefault();
text.oninput = () => { clearTimeout(text.timer); text.timer = setTimeout(searchAnew, SEARCH_MILLIS); };
wanted.onchange = searchAnew;
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== text && !find.hidden) {
    event.preventDefault();
    text.focus();
  }
  if (event.key === 'Escape' && document.activeElement === text) {
    text.value = '';
    text.blur();
    searchAnew();
  }
});

await signIn();
news();
