package handscroll.protocol.task;

/** The part of a tile that the input picture covers: its pixels, whose upper left lies at (x, y) of the tile. */
public record KnownPixels(int x, int y, PixelBlock pixels) {

    /** On a tile that the picture does not reach. */
    public static final KnownPixels NONE = new KnownPixels(0, 0, new PixelBlock(0, 0, new byte[0]));

    public boolean isEmpty() {
        return pixels.rgb().length == 0;
    }
}
