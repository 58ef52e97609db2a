package handscroll.cli.evaluate;

import handscroll.protocol.task.PixelBlock;

/** What a network sees in a block of pixels. */
@FunctionalInterface
public interface BlockFeatures {

    float[] of(PixelBlock block);
}
