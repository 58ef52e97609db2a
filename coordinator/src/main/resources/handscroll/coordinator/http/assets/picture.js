// The picture of a job while it grows, on OpenSeadragon.

import { Pyramid } from './pyramid.js';

/** How many tiles one view may be made of while it grows; a tile in memory takes a quarter of a megabyte. */
const TILES_IN_VIEW = 300;

/** OpenSeadragon's own choice: a level is shown until its pixels are half a screen pixel. */
const SHARP_RATIO = 0.5;

/** Levels below this one are a single small tile, made last of all; asking for them early is wasted. */
const LOWEST_LEVEL = 8;

/** Screen pixels left free around the whole picture, and more above it, where one chooses what lies over it. */
const MARGIN = 20;
const MARGIN_ABOVE = 64;

export class Picture {
  #viewer;
  #pyramid;
  #sheet;
  #growing = true;
  #born = new Set();
  #isThere;
  #atHome = true;

  constructor(host, job, { onMove, onTile, onPoint }) {
    this.#pyramid = new Pyramid(job);
    const pyramid = this.#pyramid;
    quietOpenSeadragon();
    this.#viewer = OpenSeadragon({
      element: host,
      showNavigationControl: false,
      prefixUrl: '',
      tileSources: {
        width: pyramid.width,
        height: pyramid.height,
        tileSize: pyramid.tile,
        tileOverlap: 0,
        minLevel: Math.min(LOWEST_LEVEL, pyramid.top),
        maxLevel: pyramid.top,
        getTileUrl: (level, column, row) => pyramid.url(level, column, row),
        tileExists: (level, column, row) => this.#exists(level, column, row),
      },
      // WebGL without a graphics card is slow, and has no smaller copies of tiles for a far view: strokes turn into specks.
      drawer: 'canvas',
      animationTime: 0.6,
      blendTime: 0.25,
      maxTilesPerFrame: 32,
      maxImageCacheCount: 2 * TILES_IN_VIEW,
      maxZoomPixelRatio: 4,
      visibilityRatio: 0.3,
      viewportMargins: { left: MARGIN, right: MARGIN, top: MARGIN_ABOVE, bottom: 2 * MARGIN },
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    });
    this.#sheet = document.createElement('div');
    this.#sheet.className = 'sheet';
    this.#viewer.canvas.prepend(this.#sheet);
    this.#viewer.canvas.setAttribute('aria-label', 'The picture: drag to pan, scroll or pinch to zoom');
    this.#viewer.addHandler('open', () => { this.#lay(); this.#viewer.canvas.focus({ preventScroll: true }); });
    this.#viewer.addHandler('update-viewport', () => { this.#lay(); onMove(this.zoom()); });
    // Whoever looks at the whole picture goes on doing so when the window or the header changes its size.
    // Later, because OpenSeadragon goes on to keep the scale after it has told of the new size.
    this.#viewer.addHandler('resize', () => queueMicrotask(() => { if (this.#atHome) this.#viewer.viewport.goHome(true); }));
    for (const gesture of ['canvas-drag', 'canvas-scroll', 'canvas-pinch', 'canvas-double-click', 'canvas-key']) {
      this.#viewer.addHandler(gesture, () => { this.#atHome = false; });
    }
    this.#viewer.addHandler('home', () => { this.#atHome = true; });
    this.#viewer.addHandler('canvas-click', (event) => {
      if (!event.quick || !this.#image) return;
      const at = this.#viewer.viewport.viewerElementToImageCoordinates(event.position);
      onPoint(at.x, at.y);
    });
    this.#viewer.addHandler('tile-drawing', ({ context }) => { context.imageSmoothingQuality = 'medium'; });
    this.#viewer.addHandler('tile-loaded', onTile);
    this.#viewer.addHandler('tile-load-failed', ({ tile }) => this.#failed(tile));
    // These keys are the page's, or do what nobody wants of a painting (turn it, mirror it).
    this.#viewer.addHandler('canvas-key', (event) => {
      if (['f', 'h', 'r', 'j', 'k', 'd', 'm'].includes(event.originalEvent.key.toLowerCase())) event.preventDefaultAction = true;
    });
  }

  /** Where on the screen the picture's upper left is, and how large one of its pixels; null before it is laid out. */
  get frame() {
    if (!this.#image) return null;
    const { viewport } = this.#viewer;
    const corner = viewport.imageToViewerElementCoordinates(new OpenSeadragon.Point(0, 0));
    const far = viewport.imageToViewerElementCoordinates(new OpenSeadragon.Point(this.#pyramid.width, 0));
    return { corner, scale: (far.x - corner.x) / this.#pyramid.width };
  }

  /** Screen pixels for each pixel of the picture, in percent. */
  zoom() {
    const image = this.#image;
    return image ? 100 * image.viewportToImageZoom(this.#viewer.viewport.getZoom(true)) * devicePixelRatio : 0;
  }

  closer() { this.#zoomBy(1.6); }
  farther() { this.#zoomBy(1 / 1.6); }
  home() { this.#viewer.viewport.goHome(); }

  /** A tile that was missing is there: asks for it, if it is one that the view wants. */
  born(level, column, row) {
    this.#born.add(`${level}/${column}_${row}`);
    const tile = this.#image?.tilesMatrix[level]?.[column]?.[row];
    if (!tile || tile.loaded) return;
    if (tile.loading) {
      tile.bornMeanwhile = true;
    } else if (!tile.exists) {
      tile.exists = true;
      this.#lookAgain();
    }
  }

  /**
   * Which tiles of full resolution are there: a view of a growing picture asks for no others. Without that it would ask
   * for hundreds in vain, and those that are born meanwhile would wait behind them.
   *
   * @param isThere (column, row) => boolean; null when nobody knows, and then all are asked for
   */
  learn(isThere) {
    this.#isThere = isThere;
    this.#askAnew();
  }

  #exists(level, column, row) {
    const { top } = this.#pyramid;
    if (level > top || column < 0 || row < 0) return false;
    if (!this.#growing || this.#isThere === null || this.#born.has(`${level}/${column}_${row}`)) return true;
    if (this.#isThere === undefined) return false;
    const side = 2 ** (top - level);
    const columns = Math.min((column + 1) * side, Math.ceil(this.#pyramid.width / this.#pyramid.tile));
    const rows = Math.min((row + 1) * side, Math.ceil(this.#pyramid.height / this.#pyramid.tile));
    for (let y = row * side; y < rows; y++) {
      for (let x = column * side; x < columns; x++) {
        if (!this.#isThere(x, y)) return false;
      }
    }
    return true;
  }

  /** What was missing and is known to be there by now is asked for once more. */
  #askAnew() {
    for (const [level, columns] of Object.entries(this.#image?.tilesMatrix ?? {})) {
      for (const [column, rows] of Object.entries(columns)) {
        for (const [row, tile] of Object.entries(rows)) {
          if (tile.loaded || !this.#exists(Number(level), Number(column), Number(row))) continue;
          if (tile.loading) tile.bornMeanwhile = true;
          else tile.exists = true;
        }
      }
    }
    this.#lookAgain();
  }

  /** The whole pyramid is there: the level that fits the screen is enough. */
  finished() {
    this.#growing = false;
    this.#askAnew();
  }

  #zoomBy(factor) {
    this.#atHome = false;
    this.#viewer.viewport.zoomBy(factor).applyConstraints();
  }

  get #image() { return this.#viewer.world.getItemAt(0); }

  /** The request left before the tile was born and came back empty-handed; OpenSeadragon marks it missing after this. */
  #failed(tile) {
    if (!tile.bornMeanwhile) return;
    tile.bornMeanwhile = false;
    queueMicrotask(() => {
      tile.exists = true;
      this.#lookAgain();
    });
  }

  #lookAgain() {
    const image = this.#image;
    if (image) image._needsUpdate = true;
  }

  /** Keeps the empty sheet under the picture, and the level of detail right for what is in view. */
  #lay() {
    const image = this.#image;
    if (!image) return;
    const { viewport } = this.#viewer;
    const corner = viewport.imageToViewerElementCoordinates(new OpenSeadragon.Point(0, 0));
    const far = viewport.imageToViewerElementCoordinates(new OpenSeadragon.Point(this.#pyramid.width, this.#pyramid.height));
    Object.assign(this.#sheet.style, {
      transform: `translate(${corner.x}px, ${corner.y}px)`, width: `${far.x - corner.x}px`, height: `${far.y - corner.y}px`,
    });
    const ratio = this.#growing ? this.#growingRatio((far.x - corner.x) / this.#pyramid.width) : SHARP_RATIO;
    if (image.minPixelRatio !== ratio) {
      image.minPixelRatio = ratio;
      this.#lookAgain();
    }
  }

  /**
   * The finest tiles are born first and a parent waits for its four children, so a far view would stay
   * empty for long. While the picture grows, a view is made of tiles that are finer than it needs, as
   * fine as a bounded number of them allows.
   */
  #growingRatio(screenPerPixel) {
    const { container } = this.#viewer;
    const side = this.#pyramid.tile * screenPerPixel;
    const columns = Math.min(container.clientWidth / side, this.#pyramid.width / this.#pyramid.tile);
    const rows = Math.min(container.clientHeight / side, this.#pyramid.height / this.#pyramid.tile);
    const coarser = Math.max(0, Math.ceil(Math.log2((columns * rows) / TILES_IN_VIEW) / 2));
    return Math.min(SHARP_RATIO, 0.99 * screenPerPixel * OpenSeadragon.pixelDensityRatio * 2 ** coarser);
  }
}

/** A tile that is not painted yet is no error worth a line each. */
function quietOpenSeadragon() {
  const { error } = OpenSeadragon.console;
  OpenSeadragon.console = Object.create(OpenSeadragon.console, {
    error: { value: (text, ...rest) => String(text).includes('failed to load') || error?.call(console, text, ...rest) },
    warn: { value: () => {} },
    log: { value: () => {} },
    debug: { value: () => {} },
    info: { value: () => {} },
    assert: { value: () => {} },
  });
}
