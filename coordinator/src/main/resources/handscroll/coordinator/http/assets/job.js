// The page of one job: numbers from its event stream, its picture from its tiles.

import { count, duration, patches, percent, share, size, speed, stateWord } from './words.js';
import { Picture } from './picture.js';

/** A job that is over may be taken up again, which no event tells. */
const AFTER_THE_END_MILLIS = 5000;

const id = location.pathname.split('/').filter(Boolean)[1];
const at = (name) => document.getElementById(name);
const stage = at('stage');

let picture;
let job;
let tileSeen = false;
let heardAt = 0;

function show(status) {
  job = status;
  heardAt = performance.now();
  const done = patches(job);
  document.body.dataset.state = job.state;
  at('name').textContent = job.name;
  at('name').title = `${job.name}: ${job.task}, ${job.model}, seed ${job.seed}`;
  sayState(stateWord(job.state), job.state);
  at('patches').innerHTML = '';
  at('patches').append(count(done.renderedCount), small(` of ${count(done.cellCount)}`));
  at('speed').textContent = job.state === 'rendering' ? speed(job.patchesPerSecond) : '–';
  at('bound').textContent = duration(job.boundSeconds);
  at('workers').textContent = count(job.workerCount);
  at('elapsed-term').textContent = job.over ? 'Took' : 'Elapsed';
  document.querySelectorAll('[data-while="open"]').forEach((figure) => { figure.hidden = job.over; });
  const rendered = 100 * share(done.renderedCount, done.cellCount);
  at('done').style.width = `${rendered}%`;
  at('leased').style.width = job.over || job.state === 'paused' ? '0' : `${100 * share(done.renderedCount + done.leasedCount, done.cellCount)}%`;
  document.querySelector('.progress').setAttribute('aria-valuenow', rendered.toFixed(0));
  at('cause').textContent = job.cause ?? '';
  at('cause').hidden = !job.cause;
  at('cause').dataset.state = job.state;
  at('pause').hidden = !['planning', 'rendering', 'finishing'].includes(job.state);
  at('resume').hidden = job.state !== 'paused';
  at('cancel').hidden = job.over;
  document.title = job.over ? `${job.name} · Handscroll` : `${percent(done.renderedCount, done.cellCount)} % · ${job.name}`;
  tick();
  sayWaiting();
}

/** Between events the clocks run on by themselves. */
function tick() {
  if (!job) return;
  const since = job.over || job.state === 'paused' ? 0 : (performance.now() - heardAt) / 1000;
  at('elapsed').textContent = duration(job.elapsedSeconds + since);
  at('remaining').textContent = job.remainingSeconds === null ? '–' : duration(job.remainingSeconds - since);
}

function small(text) {
  const made = document.createElement('small');
  made.textContent = text;
  return made;
}

function sayState(word, state) {
  at('state').textContent = word;
  at('state').dataset.state = state;
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
  events.onopen = () => picture.forgetMissing();
  events.onerror = () => sayState('Reconnecting', 'away');
  on('status', show);
  on('tile', ({ level, column, row }) => picture.born(level, column, row));
  on('missed', () => picture.forgetMissing());
  on('ended', (status) => {
    events.close();
    show(status);
    picture.finished();
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

async function fetchJob() {
  const answer = await fetch(`/api/jobs/${id}`);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

async function verb(name) {
  const answer = await fetch(`/api/jobs/${id}/${name}`, { method: 'POST' });
  const said = await answer.json();
  if (!answer.ok) notice(said.message ?? said.error);
  else if (job.over === false) fetchJob().then(show, () => {});
}

function notice(text) {
  at('notice').textContent = text;
  at('notice').hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { at('notice').hidden = true; }, 6000);
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
  at('pause').onclick = () => verb('pause');
  at('resume').onclick = () => verb('resume');
  at('cancel').onclick = () => at('ask').showModal();
  at('ask').onclose = () => { if (at('ask').returnValue === 'cancel') verb('cancel'); };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || at('ask').open) return;
    if (event.key === 'f') fullScreen();
    if (event.key === 'h') picture.home();
  });
  setInterval(tick, 1000);
}

try {
  const status = await fetchJob();
  job = status;
  picture = new Picture(at('viewer'), status, {
    onMove: sayPlace,
    onTile: () => { tileSeen = true; at('waiting').hidden = true; },
  });
  show(status);
  listen();
  watch();
} catch (failure) {
  sayState('Not found', 'failed');
  at('cause').textContent = failure.message;
  at('cause').hidden = false;
}
