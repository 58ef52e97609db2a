// The page of one job: numbers from its event stream, its picture from its tiles.

import { count, size } from './words.js';
import { fetchJob, id, layHeader, notice, sayMissing, sayState, showHeader } from './header.js';
import { Picture } from './picture.js';
import { HeatMap } from './heat.js';
import { WidthChart } from './chart.js';
import { stageWord, showEvents, showPatch, showStages, showWork, showWorkers } from './panel.js';
import { signIn } from './session.js';

/** A job that is over may be taken up again, which no event tells. */
const AFTER_THE_END_MILLIS = 5000;

/** Workers and reasons are asked for this often while somebody looks at them. */
const NEWS_MILLIS = 2500;

/** A window this wide has room for picture and details. */
const ROOMY_PIXELS = 1180;

const KINDS = ['', 'state', 'worker', 'attempt', 'time', 'seam'];

const at = (name) => document.getElementById(name);
const stage = at('stage');

let picture;
let job;
let tileSeen = false;
let heat = null;
let chart = null;
let happened = [];
let chosen = null;
let drawing = false;
let asking = false;

function show(status) {
  job = status;
  showHeader(job);
  chart?.add(job, heat?.inWork ?? 0);
  showDetails();
  sayWaiting();
}

const detailsAreOpen = () => !at('details').hidden;

function showDetails() {
  if (!job || !detailsAreOpen()) return;
  showStages(job);
  showWork(job);
  chart?.draw(job);
  at('width-section').hidden = !chart;
}

function openDetails(open) {
  at('details').hidden = !open;
  at('details-toggle').setAttribute('aria-expanded', String(open));
  localStorage.setItem('handscroll.details', open ? 'open' : 'closed');
  showDetails();
  if (open) news();
}

function about() {
  const facts = [
    ['Task', job.task], ['Size', size(job.canvas)], ['Model', job.model], ['Direction', job.direction], ['Seed', job.seed],
    ['Critical path', `${count(job.criticalPath)} patches`], ['Tiles', job.tiles.encoding.toUpperCase()], ['In', job.directory],
  ];
  at('about').replaceChildren(...facts.flatMap(([term, value]) => [
    Object.assign(document.createElement('dt'), { textContent: term }), Object.assign(document.createElement('dd'), { textContent: value }),
  ]));
}

/** The whole map anew: at the beginning, and whenever more changed than was told. */
async function fetchMap() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(`/api/jobs/${id}/map`);
    if (!answer.ok) {
      picture.learn(null);
      return;
    }
    const map = await answer.json();
    const kind = heat?.kind ?? '';
    const stage = heat?.stage;
    heat = new HeatMap(map);
    picture.learn(heat.tiles());
    if (stage !== undefined) heat.stage = stage;
    chart ??= new WidthChart(at('widths'), map);
    happened = map.events;
    showEvents(happened);
    at('lens').hidden = false;
    offerStages();
    look(kind);
    showDetails();
  } catch { /* asked again with the next event that needs it */ } finally {
    asking = false;
  }
}

/** A job over a layout has several grids; the canvas's own patches come first. */
function offerStages() {
  at('map-stage').replaceChildren(...heat.stages.map((stage, index) => new Option(stageWord(stage.name), index, false, index === heat.stage)));
}

/** What is drawn over the picture. */
function look(kind) {
  if (!heat) return;
  heat.show(kind);
  at('map-stage').hidden = kind === '' || heat.stages.length < 2;
  for (const button of document.querySelectorAll('.kinds button')) {
    const isOn = button.dataset.kind === kind;
    button.setAttribute('aria-checked', String(isOn));
    button.tabIndex = isOn ? 0 : -1;
  }
  sayLegend();
  redraw();
}

function sayLegend() {
  const entries = heat?.legend() ?? [];
  at('legend').hidden = entries.length === 0;
  at('legend').replaceChildren(...entries.map((entry) => {
    const item = document.createElement('span');
    const colour = document.createElement('i');
    colour.style.background = entry.ramp ?? entry.colour;
    if (entry.ramp) {
      colour.className = 'ramp';
      item.append(entry.from, colour, entry.to);
    } else {
      item.append(colour, entry.word);
    }
    return item;
  }));
}

/** At most once a frame, whatever moved or changed. */
function redraw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const canvas = at('map');
    const { clientWidth: width, clientHeight: height } = canvas;
    const density = devicePixelRatio;
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    const context = canvas.getContext('2d');
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    const frame = picture?.frame;
    if (!frame || !heat) return;
    const anew = heat.draw(context, frame.corner, frame.scale, { width: job.canvas.widthPixels, height: job.canvas.heightPixels });
    if (anew) sayLegend();
    if (chosen) {
      const side = chosen.stage.cellPixels * frame.scale;
      context.strokeStyle = '#fff';
      context.lineWidth = 3;
      context.strokeRect(frame.corner.x + chosen.column * side, frame.corner.y + chosen.row * side, side, side);
      context.strokeStyle = '#b5402c';
      context.lineWidth = 1.5;
      context.strokeRect(frame.corner.x + chosen.column * side, frame.corner.y + chosen.row * side, side, side);
    }
  });
}

async function choose(x, y) {
  const cell = heat?.at(x, y) ?? null;
  if (!cell && !chosen) return;
  // A click on the picture alone moves nothing; with the map on, or with the details open, it asks.
  if (cell && !heat.kind && !detailsAreOpen()) return;
  chosen = cell;
  redraw();
  showPatch(cell, null);
  if (!cell) return;
  openDetails(true);
  at('details').scrollTo({ top: 0 });
  await askWhy();
}

async function askWhy() {
  const cell = chosen;
  const query = cell ? `?patch=${encodeURIComponent(`${cell.stage.name}/${cell.column},${cell.row}`)}` : '';
  try {
    const answer = await fetch(`/api/jobs/${id}/why${query}`);
    if (!answer.ok) return;
    const why = await answer.json();
    at('why').textContent = capital(why.summary);
    if (cell && cell === chosen) showPatch({ ...cell, ...heat.facts(cell.stage, cell.row * cell.stage.columns + cell.column) }, why);
  } catch { /* the next look asks again */ }
}

const capital = (sentence) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;

async function drain(worker, drains) {
  const answer = await fetch(`/api/workers/${encodeURIComponent(worker)}/${drains ? 'drain' : 'undrain'}`, { method: 'POST' });
  const said = await answer.json();
  notice(said.message ?? said.error);
  news();
}

/** What no event tells: workers and reasons. */
async function news() {
  clearTimeout(news.timer);
  if (detailsAreOpen() && !document.hidden && job && !job.over) {
    await Promise.allSettled([
      askWhy(),
      fetch('/api/workers').then(async (answer) => { if (answer.ok) showWorkers(await answer.json(), drain); }),
    ]);
  }
  news.timer = setTimeout(news, NEWS_MILLIS);
}

function sayWaiting() {
  at('waiting').hidden = tileSeen || job.over;
  at('waiting').textContent = job.workerCount === 0
    ? 'Waiting for a worker to join'
    : { planning: 'Planning the patches', paused: 'Paused before the first tile' }[job.state] ?? 'The first tiles are being painted';
}

function sayPlace(zoom) {
  const shown = zoom >= 10 ? zoom.toFixed(0) : zoom.toPrecision(2);
  at('place').textContent = `${size(job.canvas)} at ${shown} %`;
}

function watch() {
  const events = new EventSource(`/api/jobs/${id}/events`);
  const on = (type, act) => events.addEventListener(type, (event) => act(JSON.parse(event.data)));
  // Also after every reconnection: what was born in between was told to nobody.
  events.onopen = fetchMap;
  events.onerror = () => sayState('Reconnecting', 'away');
  on('status', show);
  on('tile', ({ level, column, row }) => picture.born(level, column, row));
  on('missed', fetchMap);
  on('cells', (changes) => {
    if (!heat || !heat.change(changes)) fetchMap();
    if (heat?.kind) redraw();
  });
  on('happened', (event) => {
    if (happened.some((known) => known.number === event.number)) return;
    happened.push(event);
    showEvents(happened);
  });
  on('ended', (status) => {
    events.close();
    show(status);
    picture.finished();
    fetchMap();
    setTimeout(afterTheEnd, AFTER_THE_END_MILLIS);
  });
}

async function afterTheEnd() {
  try {
    const status = await fetchJob();
    if (!status.over) {
      location.reload();
      return;
    }
  } catch { /* asked again below */ }
  setTimeout(afterTheEnd, AFTER_THE_END_MILLIS);
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else stage.requestFullscreen?.();
}

function listen() {
  at('zoom-in').onclick = () => picture.closer();
  at('zoom-out').onclick = () => picture.farther();
  at('home').onclick = () => picture.home();
  at('fullscreen').onclick = fullScreen;
  at('fullscreen').hidden = !document.fullscreenEnabled;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || at('ask').open) return;
    if (event.key === 'f') fullScreen();
    if (event.key === 'h') picture.home();
    if (event.key === 'd') openDetails(!detailsAreOpen());
    if (event.key === 'm' && heat) look(KINDS[(KINDS.indexOf(heat.kind) + 1) % KINDS.length]);
    if (event.key === 'Escape' && chosen) choose(-1, -1);
  });
  at('details-toggle').hidden = false;
  at('details-toggle').onclick = () => openDetails(!detailsAreOpen());
  at('patch-close').onclick = () => choose(-1, -1);
  for (const button of document.querySelectorAll('.kinds button')) button.onclick = () => look(button.dataset.kind);
  document.querySelector('.kinds').onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    look(KINDS[(KINDS.indexOf(heat.kind) + step + KINDS.length) % KINDS.length]);
    document.querySelector('.kinds [aria-checked="true"]').focus();
  };
  at('map-stage').onchange = () => {
    heat.stage = Number(at('map-stage').value);
    choose(-1, -1);
    look(heat.kind);
  };
  new ResizeObserver(redraw).observe(at('map'));
  const wish = localStorage.getItem('handscroll.details');
  openDetails(wish ? wish === 'open' : innerWidth >= ROOMY_PIXELS);
  news();
}

layHeader();
try {
  await signIn();
  const status = await fetchJob();
  job = status;
  about();
  picture = new Picture(at('viewer'), status, {
    onMove: (zoom) => { sayPlace(zoom); redraw(); },
    onPoint: choose,
    onTile: () => { tileSeen = true; at('waiting').hidden = true; },
  });
  show(status);
  listen();
  watch();
} catch (failure) {
  sayMissing(failure);
}
