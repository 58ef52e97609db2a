package handscroll.coordinator.plan;

import com.typesafe.config.Config;
import handscroll.protocol.job.PictureSizes;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads input pictures from the disk, as a viewer would show them: upright, in eight bits of sRGB, on
 * white where they are transparent.
 *
 * @param mostPixels what a picture may have, so that none fills the memory
 */
public record PictureReader(long mostPixels) implements PictureSizes {

    public static PictureReader from(Config config) {
        return new PictureReader(config.getLong("handscroll.coordinator.job.picture-pixels"));
    }

    @Override
    public PictureSizes.Size of(Path file) {
        PictureSize size = size(file);
        return new PictureSizes.Size(size.widthPixels(), size.heightPixels());
    }

    /**
     * Looks into the head of a file, without decoding it.
     *
     * @throws Refusal when there is none, or it is no picture that can be read
     */
    public PictureSize size(Path file) {
        return with(file, this::checkedSize);
    }

    /**
     * Reads a file whole.
     *
     * @throws Refusal when there is none, or it cannot be read to its end
     */
    public InputPicture read(Path file) {
        return with(file, reader -> {
            checkedSize(reader);
            Orientation orientation = Orientation.of(reader);
            List<String> damage = new ArrayList<>();
            reader.addIIOReadWarningListener((IIOReadWarningListener) (source, warning) -> {
                if (isDamage(warning)) {
                    damage.add(warning);
                }
            });
            BufferedImage decoded = reader.read(0);
            if (!damage.isEmpty()) {
                throw new IOException(damage.get(0));
            }
            return new InputPicture(UprightPixels.of(decoded, orientation), ModelCard.fileHash(file));
        });
    }

    private interface Look<T> {
        T at(ImageReader reader) throws IOException;
    }

    /** Decoders answer damage with whatever exception they come across. */
    private <T> T with(Path file, Look<T> look) {
        if (!Files.isRegularFile(file)) {
            throw refusal(file + " is not there", "name a JPEG, PNG, GIF, BMP or TIFF picture");
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw refusal(file + " is in no format that can be read", "name a JPEG, PNG, GIF, BMP or TIFF picture");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, false);
                return look.at(reader);
            } finally {
                reader.dispose();
            }
        } catch (Refusal refusal) {
            throw refusal;
        } catch (IOException | RuntimeException e) {
            String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw refusal(
                    file + " is damaged or cut short (" + cause + ")",
                    "fetch it again, or open it in an image program and save it anew");
        }
    }

    private PictureSize checkedSize(ImageReader reader) throws IOException {
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if ((long) width * height > mostPixels) {
            throw refusal(
                    "a picture of " + width + " x " + height + " pixels has more than the "
                            + String.format(Locale.ROOT, "%,d", mostPixels) + " that are read",
                    "scale it down or cut it, or raise handscroll.coordinator.job.picture-pixels");
        }
        return Orientation.of(reader).swapsSides() ? new PictureSize(height, width) : new PictureSize(width, height);
    }

    /** Readers warn of what they mend, too; pixels are missing only where the file ends early or does not decode. */
    private static boolean isDamage(String warning) {
        String lower = warning.toLowerCase(Locale.ROOT);
        return lower.contains("premature") || lower.contains("truncated") || lower.contains("corrupt");
    }

    private static Refusal refusal(String what, String remedy) {
        return new Refusal("The input picture cannot be used:", List.of(new Problem("input.image", what, remedy)));
    }
}
