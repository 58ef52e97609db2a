// The head of a job's page, whatever the job makes: how far it is, and what can be done with it.

import { count, doneShare, duration, frames, patches, percent, share, speed, stateWord, title } from './words.js';
import { may } from './session.js';

const MARKUP = `
  <header id="bar" class="bar">
    <div class="title">
      <a class="mark" href="/" title="All jobs" aria-label="All jobs"><img src="/assets/mark.svg" alt="" width="26" height="26"></a>
      <h1 id="name"></h1>
      <span id="state" class="state" role="status"></span>
    </div>
    <dl class="figures">
      <div id="frames-figure" class="wide" hidden><dt>Frames</dt><dd id="frames"></dd></div>
      <div id="patches-figure" class="wide"><dt>Patches</dt><dd id="patches"></dd></div>
      <div data-while="open"><dt>Patches a second</dt><dd id="speed"></dd></div>
      <div data-while="open" title="Estimated time until it is finished"><dt>Remaining</dt><dd id="remaining"></dd></div>
      <div data-while="open" title="However many workers join: patches that wait for one another take this long"><dt>At least</dt><dd id="bound"></dd></div>
      <div id="elapsed-figure"><dt id="elapsed-term">Elapsed</dt><dd id="elapsed"></dd></div>
      <div data-while="open"><dt>Workers</dt><dd id="workers"></dd></div>
    </dl>
    <div class="verbs">
      <button id="pause" type="button" title="Pause" hidden><svg viewBox="0 0 12 12"><path d="M2 1h3v10H2zM7 1h3v10H7z"/></svg><span>Pause</span></button>
      <button id="resume" type="button" title="Resume" hidden><svg viewBox="0 0 12 12"><path d="M2.500 1v10L11 6z"/></svg><span>Resume</span></button>
      <button id="cancel" type="button" class="grave" title="Cancel" hidden><svg viewBox="0 0 12 12"><path d="M1 2.400 2.400 1 6 4.600 9.600 1 11 2.400 7.400 6 11 9.600 9.600 11 6 7.400 2.400 11 1 9.600 4.600 6z"/></svg><span>Cancel…</span></button>
      <button id="details-toggle" type="button" title="Details (d)" aria-controls="details" aria-expanded="false" hidden><svg viewBox="0 0 12 12"><path d="M1 1h10v2H1zM1 5h10v2H1zM1 9h6v2H1z"/></svg><span>Details</span></button>
    </div>
    <div class="progress" role="progressbar" aria-label="Patches rendered" aria-valuemin="0" aria-valuemax="100">
      <div id="leased" class="leased"></div>
      <div id="done" class="done"></div>
    </div>
  </header>
  <p id="cause" class="cause" role="alert" hidden></p>`;

const ASIDE = `
  <dialog id="ask">
    <form method="dialog">
      <h2>Cancel this job?</h2>
      <p>The rest is not rendered. What is painted stays where it is, unless you have it deleted.</p>
      <label><input id="delete-tiles" type="checkbox"> Delete its tiles; resuming makes them again</label>
      <menu>
        <button value="keep" autofocus>Keep rendering</button>
        <button value="cancel" class="grave">Cancel the job</button>
      </menu>
    </form>
  </dialog>
  <p id="notice" class="notice" role="status" hidden></p>`;

const at = (name) => document.getElementById(name);

/** The job that the page's address names. */
export const id = location.pathname.split('/').filter(Boolean)[1];

let job = null;
let heardAt = 0;
/** Somebody here pressed Pause, and workers still finish what they hold. */
let isPausing = false;

/** Once, before anything is shown. */
export function layHeader() {
  document.body.insertAdjacentHTML('afterbegin', MARKUP);
  document.body.insertAdjacentHTML('beforeend', ASIDE);
  at('pause').onclick = pause;
  at('resume').onclick = () => verb('resume');
  at('cancel').onclick = () => { at('delete-tiles').checked = false; at('ask').showModal(); };
  at('ask').onclose = () => { if (at('ask').returnValue === 'cancel') verb(at('delete-tiles').checked ? 'cancel?delete=true' : 'cancel'); };
  setInterval(tick, 1000);
}

export async function fetchJob() {
  const answer = await fetch(`/api/jobs/${id}`);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

export function showHeader(status) {
  job = status;
  heardAt = performance.now();
  const done = patches(job);
  document.body.dataset.state = job.state;
  at('name').replaceChildren(...title(job));
  at('name').title = `${job.name}: ${job.task}, ${job.model}, seed ${job.seed}`;
  sayState(stateWord(job.state), job.state);
  const { frameCount } = job.canvas;
  // Of a job that was over before the coordinator started, it knows the picture and nothing of how it came.
  const isKnown = done.cellCount > 0 || !job.over;
  at('frames-figure').hidden = !(frameCount > 1 && isKnown);
  at('patches-figure').hidden = !isKnown;
  at('elapsed-figure').hidden = !isKnown;
  at('frames').replaceChildren(count(frames(job)), small(` of ${count(frameCount ?? 1)}`));
  at('patches').replaceChildren(count(done.renderedCount), small(` of ${count(done.cellCount)}`));
  if (job.placeholderCount > 0) at('patches').append(small(`, ${count(job.placeholderCount)} skipped`));
  at('speed').textContent = job.state === 'rendering' ? speed(job.patchesPerSecond) : '–';
  at('bound').textContent = duration(job.boundSeconds);
  at('workers').textContent = count(job.workerCount);
  at('elapsed-term').textContent = job.over ? 'Took' : 'Elapsed';
  document.querySelectorAll('[data-while="open"]').forEach((figure) => { figure.hidden = job.over; });
  const rendered = 100 * doneShare(job);
  at('done').style.width = `${rendered}%`;
  at('leased').style.width = job.over || job.state === 'paused' ? '0' : `${100 * share(done.renderedCount + done.leasedCount, done.cellCount)}%`;
  document.querySelector('.progress').setAttribute('aria-valuenow', rendered.toFixed(0));
  sayCause(job.cause, job.state);
  at('pause').hidden = job.state !== 'rendering' || !may('operator');
  sayPausing(isPausing && job.state === 'rendering');
  at('resume').hidden = !['paused', 'failed', 'cancelled'].includes(job.state) || !may('operator');
  at('cancel').hidden = job.over || !may('operator');
  document.title = job.over ? `${job.name} · Handscroll` : `${percent(done.renderedCount, done.cellCount)} % · ${job.name}`;
  tick();
}

/** The first press lets workers finish what they hold; a second one takes that back. */
function pause() {
  verb(isPausing ? 'pause?now=true' : 'pause');
  sayPausing(true);
}

function sayPausing(is) {
  isPausing = is;
  at('pause').querySelector('span').textContent = is ? 'Pause now' : 'Pause';
  at('pause').title = is ? 'Workers finish what they hold of it; press again to take it back' : 'Pause';
}

export function sayState(word, state) {
  at('state').textContent = word;
  at('state').dataset.state = state;
}

/** Instead of a job: what stands against showing it. */
export function sayMissing(failure) {
  sayState('Not found', 'failed');
  sayCause(failure.message, 'failed');
}

function sayCause(cause, state) {
  at('cause').textContent = cause ?? '';
  at('cause').hidden = !cause;
  at('cause').dataset.state = state;
}

/** Between events the clocks run on by themselves. */
function tick() {
  if (!job) return;
  const since = job.over || job.state === 'paused' ? 0 : (performance.now() - heardAt) / 1000;
  at('elapsed').textContent = duration(job.elapsedSeconds + since);
  at('remaining').textContent = job.remainingSeconds === null ? '–' : duration(job.remainingSeconds - since);
}

async function verb(name) {
  const answer = await fetch(`/api/jobs/${id}/${name}`, { method: 'POST' });
  const said = await answer.json();
  if (!answer.ok) notice(said.message ?? said.error);
  else if (job.over) location.reload();
  else fetchJob().then(showHeader, () => {});
}

export function notice(text) {
  at('notice').textContent = text;
  at('notice').hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { at('notice').hidden = true; }, 6000);
}

function small(text) {
  const made = document.createElement('small');
  made.textContent = text;
  return made;
}
