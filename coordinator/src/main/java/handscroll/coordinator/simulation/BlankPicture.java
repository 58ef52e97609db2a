package handscroll.coordinator.simulation;

import handscroll.coordinator.plan.Picture;
import handscroll.protocol.task.PixelBlock;

/** Stands for an input picture where nobody looks at its pixels; its windows have their size all the same. */
final class BlankPicture implements Picture {

    private PixelBlock last = new PixelBlock(0, 0, new byte[0]);

    @Override
    public int widthPixels() {
        return 1;
    }

    @Override
    public int heightPixels() {
        return 1;
    }

    @Override
    public int rgb(int x, int y) {
        return 0;
    }

    @Override
    public PixelBlock window(int x, int y, int side) {
        if (last.widthPixels() != side) {
            last = new PixelBlock(side, side, new byte[3 * side * side]);
        }
        return last;
    }
}
