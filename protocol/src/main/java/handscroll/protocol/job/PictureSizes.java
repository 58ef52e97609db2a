package handscroll.protocol.job;

import java.nio.file.Path;

/** Tells how large a picture is, for a canvas that is made to fit it. */
@FunctionalInterface
public interface PictureSizes {

    /**
     * Looks into the head of the file.
     *
     * @throws Refusal when there is no picture
     */
    Size of(Path file);

    /** In pixels, as a viewer shows it. */
    record Size(int width, int height) {}
}
