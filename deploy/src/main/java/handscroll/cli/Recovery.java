package handscroll.cli;

import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.VideoFiles;
import handscroll.protocol.job.Refusal;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Makes an output directory fit to be continued from its manifest, tokens and tiles alone: sets its journal aside, and takes
 * away tiles that are no pictures of their size. What is missing then is rendered like anything that is missing.
 */
final class Recovery {

    private static final Pattern TILE = Pattern.compile("(\\d{1,9})/(\\d{1,9})_(\\d{1,9})\\.(jpg|png|webp)");

    private final OutputPlace place;

    Recovery(OutputPlace place) {
        this.place = place;
    }

    /**
     * Says what it did, in a sentence.
     *
     * @throws Refusal when there is nothing to recover from
     */
    String prepare() {
        try {
            Manifest manifest = Manifest.read(place.directory())
                    .orElseThrow(() -> place.refusal(
                            "has no " + Manifest.FILE_NAME + ", which says what was rendered",
                            "render the job file again into another directory"));
            List<Path> damaged = damagedTiles(manifest.tiles().pyramid());
            for (Path tile : damaged) {
                Files.delete(tile);
            }
            return setJournalAside() + " "
                    + (damaged.isEmpty()
                            ? "All tiles that are there can be read."
                            : Figures.count(damaged.size(), "damaged tile is", "damaged tiles are") + " made again: "
                                    + damaged.stream()
                                            .map(tile -> String.valueOf(
                                                    place.directory().relativize(tile)))
                                            .limit(5)
                                            .toList());
        } catch (IOException e) {
            throw place.refusal("cannot be read: " + e.getMessage(), "restore the file, or its rights");
        }
    }

    private String setJournalAside() throws IOException {
        Path journal = place.state().resolve("journal");
        if (!Files.isDirectory(journal)) {
            return "There is no journal.";
        }
        int number = 1;
        while (Files.exists(place.state().resolve("journal-lost-" + number))) {
            number++;
        }
        Path aside = place.state().resolve("journal-lost-" + number);
        Files.move(journal, aside);
        return "The journal was set aside as " + aside + ".";
    }

    /** Says of a folder of tiles at which level they lie. */
    private interface Levels {
        int of(int folder);
    }

    private List<Path> damagedTiles(Pyramid pyramid) throws IOException {
        List<Path> damaged = new ArrayList<>();
        addDamaged(place.directory().resolve("picture_files"), pyramid, level -> level, damaged);
        addDamaged(place.directory().resolve(VideoFiles.FRAMES), pyramid, frame -> pyramid.topLevel(), damaged);
        return damaged;
    }

    private static void addDamaged(Path tiles, Pyramid pyramid, Levels levels, List<Path> damaged) throws IOException {
        if (!Files.isDirectory(tiles)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tiles, 2)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Matcher name = TILE.matcher(tiles.relativize(file).toString());
                if (name.matches() && !isWhole(file, pyramid, levels.of(number(name, 1)), name)) {
                    damaged.add(file);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isWhole(Path file, Pyramid pyramid, int level, Matcher name) {
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            return image != null
                    && pyramid.hasSize(level, number(name, 2), number(name, 3), image.getWidth(), image.getHeight());
        } catch (IOException | RuntimeException damaged) {
            return false;
        }
    }

    private static int number(Matcher name, int group) {
        return Integer.parseInt(name.group(group));
    }
}
