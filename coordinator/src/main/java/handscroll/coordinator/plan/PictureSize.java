package handscroll.coordinator.plan;

import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** What a plan has to know of an input picture: found in the head of its file, without decoding it. */
public record PictureSize(int widthPixels, int heightPixels) {

    /**
     * Reads the head of a file.
     *
     * @throws Refusal when there is none, or it is no picture
     */
    public static PictureSize of(Path file) {
        if (!Files.isRegularFile(file)) {
            throw refusal(file, "is not there");
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw refusal(file, "is in no format that can be read");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return new PictureSize(reader.getWidth(0), reader.getHeight(0));
            } finally {
                reader.dispose();
            }
        } catch (IOException e) {
            throw refusal(file, "cannot be read: " + e.getMessage());
        }
    }

    private static Refusal refusal(Path file, String what) {
        return new Refusal(
                "The input picture cannot be used:",
                List.of(new Problem("input.image", file + " " + what, "name a JPEG, PNG, GIF, BMP or TIFF picture")));
    }
}
