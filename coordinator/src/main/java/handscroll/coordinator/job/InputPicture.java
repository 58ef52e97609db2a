package handscroll.coordinator.job;

import handscroll.coordinator.plan.Picture;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** A picture from the disk that a canvas begins with; {@code fileHash} tells it from one of the same name. */
record InputPicture(BufferedImage pixels, String fileHash) implements Picture {

    /** @throws Refusal when there is none or it cannot be read */
    static InputPicture read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw refusal(file, "is not there");
        }
        try {
            BufferedImage pixels = ImageIO.read(file.toFile());
            if (pixels == null) {
                throw refusal(file, "is in no format that can be read");
            }
            return new InputPicture(pixels, ModelCard.fileHash(file));
        } catch (IOException e) {
            throw refusal(file, "cannot be read: " + e.getMessage());
        }
    }

    private static Refusal refusal(Path file, String what) {
        return new Refusal(
                "The input picture cannot be used:",
                List.of(new Problem("input.image", file + " " + what, "name a JPEG, PNG, GIF, BMP or TIFF picture")));
    }

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
