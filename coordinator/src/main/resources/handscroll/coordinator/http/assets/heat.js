// The map over the picture: where every cell of a stage stands, who rendered it, how often it was tried, how long it took,
// how well it fits to its neighbours.

const BYTES = 5;
const [STATE, WORKER, ATTEMPT, TIME, SEAM] = [0, 1, 2, 3, 4];
const RGBA = 4;

export const WAITING = 0;
export const READY = 1;
export const IN_WORK = 2;
export const RENDERED = 3;
export const GIVEN_UP = 4;
export const SKIPPED = 5;

export const STATE_WORDS = ['Waiting', 'Ready', 'In work', 'Rendered', 'Given up', 'Skipped'];

/** How each looks over the picture; what is rendered hides least of it. */
const STATE_COLOURS = [
  [0, 0, 0, 0], [217, 150, 54, 190], [196, 66, 44, 190], [70, 140, 92, 70], [112, 34, 128, 235], [98, 108, 128, 215],
];

/** Told apart by eye on paper and on black; the ninth worker begins anew. */
const WORKER_COLOURS = [
  [64, 120, 192], [222, 142, 48], [74, 156, 94], [176, 82, 158], [200, 72, 60], [66, 164, 176], [140, 110, 70], [124, 108, 204],
];

/** From quick to slow: deep blue, over green, to yellow and red. */
const RAMP = [[38, 62, 128], [36, 128, 142], [92, 168, 96], [232, 190, 72], [206, 74, 48]];

/** From no seam, over as much as chance makes, to what an eye sees at once. */
const SEAM_RAMP = [[58, 118, 108], [226, 214, 160], [214, 104, 52], [140, 20, 44]];
const SEAM_SCORES = [0.8, 2];

const CLEAR = [0, 0, 0, 0];

/** The inverse of what the coordinator writes; 0 is unknown. */
export const seconds = (code) => (code === 0 ? null : (2 ** (code / 12) - 1) / 1000);

/** How much the borders of a patch stand out from other lines of its tile: 1 for not at all; 0 is unknown. */
export const seam = (code) => (code === 0 ? null : 2 ** ((code - 128) / 32));

export class HeatMap {
  constructor(map) {
    this.workers = map.workers;
    this.stages = map.stages.map((stage) => ({
      ...stage, cells: Uint8Array.from(atob(stage.cells), (character) => character.charCodeAt(0)),
    }));
    this.kind = '';
    this.stage = Math.max(0, this.stages.findIndex((stage) => stage.name === 'sample'));
    this.sheet = document.createElement('canvas');
    this.stale = true;
  }

  show(kind) {
    this.kind = kind;
    this.stale = true;
  }

  /** Takes over what changed; false if there is more to know than it says. */
  change({ all, cells }) {
    if (all) return false;
    for (const [stage, index, ...values] of cells) {
      if (values[WORKER] > this.workers.length && values[WORKER] !== 255) return false;
      this.stages[stage]?.cells.set(values, index * BYTES);
    }
    this.stale = true;
    return true;
  }

  /** Tells, now and later, whether a tile of full resolution is there; null where no stage makes tiles. */
  tiles() {
    const stage = this.stages.find(({ name }) => name === 'decode');
    return stage ? (column, row) => stage.cells[BYTES * (row * stage.columns + column) + STATE] === RENDERED : null;
  }

  /** Cells of all stages that are with workers. */
  get inWork() { return this.stages.reduce((count, stage) => count + countOf(stage, IN_WORK), 0); }

  /** Cells of the stage that is shown. */
  count(state) { return countOf(this.stages[this.stage], state); }

  /** The cell at a place of the picture, in its pixels. */
  at(x, y) {
    const stage = this.stages[this.stage];
    const column = Math.floor(x / stage.cellPixels);
    const row = Math.floor(y / stage.cellPixels);
    if (column < 0 || row < 0 || column >= stage.columns || row >= stage.rows) return null;
    return { stage, column, row, ...this.facts(stage, row * stage.columns + column) };
  }

  facts(stage, index) {
    const cell = stage.cells.subarray(index * BYTES, (index + 1) * BYTES);
    return {
      state: cell[STATE],
      worker: cell[WORKER] === 0 ? null : this.workers[cell[WORKER] - 1] ?? 'another',
      attempt: cell[ATTEMPT],
      seconds: seconds(cell[TIME]),
      seam: seam(cell[SEAM]),
    };
  }

  /** Entries of a legend: a colour and a word each. */
  legend() {
    const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;
    switch (this.kind) {
      case 'state':
        return [READY, IN_WORK, RENDERED, ...[GIVEN_UP, SKIPPED].filter((state) => this.count(state) > 0)]
          .map((state) => ({ colour: css(STATE_COLOURS[state]), word: STATE_WORDS[state] }));
      case 'worker':
        return this.workers.slice(0, WORKER_COLOURS.length).map((worker, index) => ({ colour: css(WORKER_COLOURS[index]), word: worker }));
      case 'attempt':
        return [1, 2, 3].map((attempt) => ({ colour: css(this.attemptColour(attempt)), word: ['First', 'Second', 'Third or later'][attempt - 1] }));
      case 'time': {
        const [quick, slow] = this.range();
        const word = (code) => { const time = seconds(code); return time < 1 ? `${Math.round(1000 * time)} ms` : `${time.toFixed(1)} s`; };
        return quick === 0 ? [] : [{ ramp: `linear-gradient(90deg, ${RAMP.map(css).join(', ')})`, from: word(quick), to: word(slow) }];
      }
      case 'seam':
        return [
          { ramp: `linear-gradient(90deg, ${SEAM_RAMP.map(css).join(', ')})`, from: String(SEAM_SCORES[0]), to: `${SEAM_SCORES[1]} and more` },
          { colour: css(seamColour(1)), word: '1 is no seam' },
        ];
      default:
        return [];
    }
  }

  /**
   * Draws it on a canvas that lies over the picture. One pixel a cell is painted when something changed, and
   * stretched over the picture each time that moves: a hundred thousand cells cost no more than a hundred.
   *
   * @return whether it was painted anew, and its legend may say something else
   */
  draw(context, corner, scale, picture) {
    const stage = this.stages[this.stage];
    if (!this.kind || !stage) return false;
    const anew = this.stale;
    if (anew) this.paint(stage);
    const side = stage.cellPixels * scale;
    context.save();
    context.beginPath();
    context.rect(corner.x, corner.y, picture.width * scale, picture.height * scale);
    context.clip();
    context.imageSmoothingEnabled = false;
    context.drawImage(this.sheet, corner.x, corner.y, stage.columns * side, stage.rows * side);
    if (side >= 10) this.rule(context, corner, side, stage);
    context.restore();
    return anew;
  }

  rule(context, corner, side, stage) {
    const { width, height } = context.canvas;
    context.strokeStyle = 'rgb(128 120 108 / .28)';
    context.lineWidth = 1;
    context.beginPath();
    for (let column = Math.max(0, Math.floor(-corner.x / side)); column <= stage.columns && corner.x + column * side <= width; column++) {
      const x = Math.round(corner.x + column * side) + 0.5;
      context.moveTo(x, 0);
      context.lineTo(x, height);
    }
    for (let row = Math.max(0, Math.floor(-corner.y / side)); row <= stage.rows && corner.y + row * side <= height; row++) {
      const y = Math.round(corner.y + row * side) + 0.5;
      context.moveTo(0, y);
      context.lineTo(width, y);
    }
    context.stroke();
  }

  paint(stage) {
    this.stale = false;
    this.sheet.width = stage.columns;
    this.sheet.height = stage.rows;
    const context = this.sheet.getContext('2d');
    const image = context.createImageData(stage.columns, stage.rows);
    const [quick, slow] = this.kind === 'time' ? this.range() : [0, 0];
    for (let cell = 0; cell < stage.cells.length / BYTES; cell++) image.data.set(this.colour(stage.cells, cell * BYTES, quick, slow), cell * RGBA);
    context.putImageData(image, 0, 0);
  }

  colour(cells, at, quick, slow) {
    const state = cells[at + STATE];
    switch (this.kind) {
      case 'state':
        return STATE_COLOURS[state] ?? CLEAR;
      case 'worker':
        return state < IN_WORK || cells[at + WORKER] === 0 ? CLEAR : [...WORKER_COLOURS[(cells[at + WORKER] - 1) % WORKER_COLOURS.length], 150];
      case 'attempt':
        return cells[at + ATTEMPT] === 0 ? CLEAR : [...this.attemptColour(cells[at + ATTEMPT]), cells[at + ATTEMPT] === 1 ? 80 : 200];
      case 'time':
        return state !== RENDERED || cells[at + TIME] === 0 ? CLEAR : [...ramp((cells[at + TIME] - quick) / Math.max(1, slow - quick)), 165];
      case 'seam':
        return cells[at + SEAM] === 0 ? CLEAR : [...seamColour(seam(cells[at + SEAM])), 175];
      default:
        return CLEAR;
    }
  }

  attemptColour(attempt) { return [[0, 0, 0], [110, 130, 150], [217, 150, 54], [196, 66, 44]][Math.min(3, attempt)]; }

  /** Codes between which nearly all times lie: one slow cell must not make all others look alike. */
  range() {
    const { cells } = this.stages[this.stage];
    const counts = new Uint32Array(256);
    let known = 0;
    for (let at = 0; at < cells.length; at += BYTES) {
      if (cells[at + TIME] > 0 && cells[at + STATE] === RENDERED) {
        counts[cells[at + TIME]]++;
        known++;
      }
    }
    const below = (share) => {
      let left = share * known;
      for (let code = 1; code < 256; code++) {
        left -= counts[code];
        if (left <= 0) return code;
      }
      return 255;
    };
    return known === 0 ? [0, 0] : [below(0.02), below(0.98)];
  }
}

function countOf({ cells }, state) {
  let count = 0;
  for (let at = STATE; at < cells.length; at += BYTES) if (cells[at] === state) count++;
  return count;
}

/** Twice the score is as far up the ramp, wherever it begins. */
function seamColour(score) {
  const [least, most] = SEAM_SCORES.map(Math.log);
  return ramp((Math.log(score) - least) / (most - least), SEAM_RAMP);
}

function ramp(share, colours = RAMP) {
  const at = Math.max(0, Math.min(0.9999, share)) * (colours.length - 1);
  const from = colours[Math.floor(at)];
  const to = colours[Math.floor(at) + 1];
  return from.map((value, index) => Math.round(value + (to[index] - value) * (at % 1)));
}
