// How numbers and times are written on both pages.

const STATES = {
  planning: 'Planning', rendering: 'Rendering', finishing: 'Finishing', paused: 'Paused',
  done: 'Done', failed: 'Failed', cancelled: 'Cancelled',
};

export const stateWord = (state) => STATES[state] ?? state;

/** 38912 → 38 912, with a thin space that never breaks. */
export const count = (number) => String(Math.round(number)).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

export const size = (canvas) => `${count(canvas.widthPixels)} × ${count(canvas.heightPixels)} px`;

/** The two largest units: 2 h 05 min, 1 min 12 s, 8 s. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${count(hours)} h ${String(minutes).padStart(2, '0')} min`;
  if (minutes > 0) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${whole} s`;
}

export const speed = (perSecond) => (perSecond >= 10 ? count(perSecond) : perSecond.toFixed(1));

/** The stage that samples patches; a job that is being planned has none yet. */
export const patches = (job) =>
  // A tall canvas has a layout before it, whose cells nobody counts.
  job.stages.find((stage) => stage.name === "sample") ??
  job.stages[0] ?? { cellCount: 0, renderedCount: 0, leasedCount: 0, readyCount: 0 };

/** Frames of a video whose tiles are all there, as far as that can be told from their number. */
export function frames(job) {
  const tiles = job.stages.find((stage) => stage.name === 'decode');
  return tiles ? Math.floor((tiles.renderedCount * job.canvas.frameCount) / tiles.cellCount) : 0;
}

export const share = (part, whole) => (whole > 0 ? part / whole : 0);

/** How much of a job is there; of one that was done before the coordinator started, nobody counts the patches. */
export const doneShare = (job) => (job.state === 'done' ? 1 : share(patches(job).renderedCount, patches(job).cellCount));

/** What a job is called, and under which name verbs find it where another was called so before. */
export function title(job) {
  const own = document.createElement('small');
  own.textContent = job.job;
  return job.job === job.name ? [job.name] : [job.name, ' ', own];
}

/** Whole percents, and 100 only when nothing is missing. */
export const percent = (part, whole) => Math.floor(100 * share(part, whole));
