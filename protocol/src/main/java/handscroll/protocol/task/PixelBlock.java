package handscroll.protocol.task;

/** A rectangle of pixels, row by row, three bytes each: red, green, blue. */
public record PixelBlock(int widthPixels, int heightPixels, byte[] rgb) {

    public PixelBlock {
        if (rgb.length != 3L * widthPixels * heightPixels) {
            throw new IllegalArgumentException(
                    widthPixels + " x " + heightPixels + " pixels cannot be " + rgb.length + " bytes");
        }
    }
}
