// What stands beside the picture: stages, width, workers, what happened, and why a patch waits.

import { count, duration, percent, share } from './words.js';
import { STATE_WORDS } from './heat.js';
import { may } from './session.js';

const CELL_WORDS = { layout: 'Layout', sample: 'Patch', decode: 'Tile' };
const STAGE_WORDS = { layout: 'Layout', sample: 'Patches', decode: 'Tiles' };
const KIND_WORDS = {
  planned: 'Planned', returned: 'Out again', 'given up': 'Given up', readmitted: 'Tried again', skipped: 'Skipped', pausing: 'Pausing', stopping: 'Stopping', paused: 'Paused', resumed: 'Resumed', done: 'Done', failed: 'Failed', cancelled: 'Cancelled',
};
const LISTED_EVENTS = 60;

const at = (name) => document.getElementById(name);

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export const stageWord = (name) => STAGE_WORDS[name] ?? name;

export function showStages(job) {
  at('stages').replaceChildren(...job.stages.map((stage) => {
    const waiting = stage.cellCount - stage.renderedCount - stage.leasedCount - stage.readyCount;
    const parts = [['rendered', stage.renderedCount], ['leased', stage.leasedCount], ['ready', stage.readyCount]];
    const bar = element('div', 'bars', ...parts.map(([name, number]) => {
      const part = element('i', name);
      part.style.width = `${100 * share(number, stage.cellCount)}%`;
      return part;
    }));
    const facts = [`${count(stage.renderedCount)} of ${count(stage.cellCount)}`];
    if (stage.leasedCount > 0) facts.push(`${count(stage.leasedCount)} handed out`);
    if (stage.readyCount > 0) facts.push(`${count(stage.readyCount)} ready`);
    if (waiting > 0) facts.push(`${count(waiting)} waiting`);
    const row = element('li', '', element('div', 'row', element('b', '', stageWord(stage.name)), element('span', '', `${percent(stage.renderedCount, stage.cellCount)} %`)), bar, element('p', 'quiet', facts.join(' · ')));
    return row;
  }));
}

/** Where the time of the slots went. */
export function showWork(job) {
  const { work } = job;
  const busy = work.samplingSeconds + work.decodingSeconds + work.encodingSeconds;
  const idle = Math.max(0, work.slotSeconds - busy - work.lostSeconds - work.copiedSeconds - work.awaitingContextSeconds);
  const parts = [
    ['Sampling', work.samplingSeconds], ['Decoding', work.decodingSeconds + work.encodingSeconds],
    ['Waited for others', work.awaitingContextSeconds], ['Idle', idle], ['Rendered twice', work.copiedSeconds], ['Lost', work.lostSeconds],
  ].filter(([, time]) => time >= 0.05);
  at('work').hidden = parts.length === 0;
  const total = parts.reduce((sum, [, time]) => sum + time, 0);
  at('work').replaceChildren(...parts.map(([name, time]) => element('li', '', element('span', '', name), element('span', 'quiet', `${(100 * share(time, total)).toFixed(1)} %`), element('span', '', duration(time)))));
}

export function showWorkers({ workers, refused }, drain) {
  const rows = workers.map((worker) => {
    const button = element('button', 'small', worker.draining ? 'Give back' : 'Drain');
    button.type = 'button';
    button.title = worker.draining ? 'Gets patches again' : 'Finishes what it holds and gets nothing more';
    button.onclick = () => drain(worker.worker, !worker.draining);
    button.hidden = !may('admin');
    const facts = [`${count(worker.slotCount)} ${worker.slotCount === 1 ? 'slot' : 'slots'}`, worker.deviceClass, `${count(worker.patchCount)} held`, `${count(worker.renderedCount)} rendered`];
    if (worker.failedCount > 0) facts.push(`${count(worker.failedCount)} failed`);
    const row = element('li', '', element('div', 'row', element('b', '', worker.worker), button), element('p', 'quiet', `${worker.state} · ${facts.join(' · ')}`));
    if (worker.objection) row.append(element('p', 'why', worker.objection));
    row.dataset.state = worker.state;
    return row;
  });
  rows.push(...refused.map((worker) => {
    const row = element('li', '', element('div', 'row', element('b', '', worker.worker)), element('p', 'why', `refused: ${worker.reason}`));
    row.dataset.state = 'refused';
    return row;
  }));
  at('workers-list').replaceChildren(...(rows.length > 0 ? rows : [element('li', 'quiet', 'Nobody has joined.')]));
}

/** The latest above. */
export function showEvents(events) {
  at('events').replaceChildren(...events.slice(-LISTED_EVENTS).reverse().map((event) => {
    const time = element('time', 'quiet', new Date(event.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }));
    time.dateTime = event.at;
    return element('li', '', time, element('span', '', element('b', '', KIND_WORDS[event.kind] ?? event.kind), event.sentence ? ` ${event.sentence}` : ''));
  }));
}

/** @param facts of the map; `why` comes later, when the coordinator has answered */
export function showPatch(cell, why) {
  at('patch').hidden = !cell;
  if (!cell) return;
  at('patch-name').textContent = `${CELL_WORDS[cell.stage.name] ?? cell.stage.name} ${cell.column}, ${cell.row}`;
  const facts = [STATE_WORDS[cell.state]];
  if (cell.attempt > 1) facts.push(`attempt ${cell.attempt}`);
  if (cell.worker) facts.push(cell.worker);
  if (cell.seconds !== null) facts.push(cell.seconds < 1 ? `${Math.round(1000 * cell.seconds)} ms` : `${cell.seconds.toFixed(1)} s`);
  if (cell.seam !== null) facts.push(`seam ${cell.seam.toFixed(2)}`);
  at('patch-facts').textContent = facts.join(' · ');
  const patch = why?.patch;
  at('patch-why').textContent = patch ? `It ${patch.summary}.` : why?.summary ?? '';
  at('patch-missing').replaceChildren(...(patch?.missing ?? []).map((missing) => element('li', '', element('b', '', missing.patch), ` ${missing.summary}`)));
}
