package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Whose turn it is to write a picture: whoever opened it last. A coordinator that was stopped for a while and has a successor
 * finds that out before its next tile, and writes no more. It would write the same tiles, but into an archive that another one
 * appends to, and take away half-size pixels that the other still needs.
 */
record PictureOwner(Path file, String name) {

    /** @param work exists */
    static PictureOwner claim(Path work) throws IOException {
        var owner = new PictureOwner(work.resolve("owner"), UUID.randomUUID().toString());
        Files.writeString(owner.file, owner.name, StandardCharsets.US_ASCII);
        return owner;
    }

    /** Fails for everybody else. */
    void check() throws IOException {
        try {
            if (Files.readString(file, StandardCharsets.US_ASCII).equals(name)) {
                return;
            }
        } catch (NoSuchFileException finished) {
            throw new IOException("the picture was finished by another coordinator or another render", finished);
        }
        throw new IOException("another coordinator or another render goes on with this picture");
    }
}
