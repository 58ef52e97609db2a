package handscroll.coordinator.plan;

import java.awt.image.BufferedImage;

/** A picture from the disk that a canvas begins with; {@code fileHash} tells it from one of the same name. */
public record InputPicture(BufferedImage pixels, String fileHash) implements Picture {

    @Override
    public int widthPixels() {
        return pixels.getWidth();
    }

    @Override
    public int heightPixels() {
        return pixels.getHeight();
    }

    @Override
    public int rgb(int x, int y) {
        return pixels.getRGB(x, y);
    }
}
