// Where the tiles of a job lie, and which of them are worth asking for.

export class Pyramid {
  constructor(job) {
    this.path = `/jobs/${job.job}/picture_files`;
    this.width = job.canvas.widthPixels;
    this.height = job.canvas.heightPixels;
    this.tile = job.tiles.pixels || 256;
    this.encoding = job.tiles.encoding;
    this.top = Math.ceil(Math.log2(Math.max(this.width, this.height)));
  }

  /** The size of the picture at a level, as Deep Zoom has it. */
  at(level) {
    const scale = 2 ** (level - this.top);
    return { width: Math.ceil(this.width * scale), height: Math.ceil(this.height * scale) };
  }

  url(level, column, row) {
    return `${this.path}/${level}/${column}_${row}.${this.encoding}`;
  }

  /** The finest level that is made of no more than so many tiles. */
  finest(tiles) {
    let level = this.top;
    while (level > 0 && this.count(level) > tiles) level--;
    return level;
  }

  count(level) {
    const { width, height } = this.at(level);
    return Math.ceil(width / this.tile) * Math.ceil(height / this.tile);
  }

  /** The smallest level that is at least so many pixels wide. */
  levelFor(widthPixels) {
    let level = this.top;
    while (level > 0 && this.at(level - 1).width >= widthPixels) level--;
    return level;
  }
}
