package handscroll.worker.render;

import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;

/** The pixels of one output tile on their way to a file. */
record TilePixels(PixelBlock block) {

    /** The upper left part; all of it where the canvas does not end inside the tile. */
    TilePixels clippedTo(int width, int height) {
        if (width == block.widthPixels() && height == block.heightPixels()) {
            return this;
        }
        if (width > block.widthPixels() || height > block.heightPixels()) {
            throw new IllegalArgumentException("a tile of " + block.widthPixels() + " x " + block.heightPixels()
                    + " px cannot be cut to " + width + " x " + height + " px");
        }
        byte[] clipped = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(block.rgb(), 3 * y * block.widthPixels(), clipped, 3 * y * width, 3 * width);
        }
        return new TilePixels(new PixelBlock(width, height, clipped));
    }

    /** The same tile with these pixels as they are, and led up to from outside. */
    TilePixels with(KnownPixels known) {
        if (known.isEmpty()) {
            return this;
        }
        int width = known.pixels().widthPixels();
        byte[] rgb = new FadedResidual(block, known).corrected();
        for (int y = 0; y < known.pixels().heightPixels(); y++) {
            int at = 3 * ((known.y() + y) * block.widthPixels() + known.x());
            System.arraycopy(known.pixels().rgb(), 3 * y * width, rgb, at, 3 * width);
        }
        return new TilePixels(new PixelBlock(block.widthPixels(), block.heightPixels(), rgb));
    }
}
