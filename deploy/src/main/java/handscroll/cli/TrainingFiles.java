package handscroll.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The pictures that {@code train --from} names: files as they are, and those of folders by their names. */
final class TrainingFiles {

    private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg");
    private static final int HELD_OUT_ONE_OF = 9;
    private static final int FEWEST_TO_HOLD_OUT_OF = 18;

    /** @param heldOut every ninth of many, for the model to be tried on */
    record Split(List<Path> learned, List<Path> heldOut) {}

    static List<Path> in(List<Path> named) {
        List<Path> files = new ArrayList<>();
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                files.addAll(picturesIn(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    private static List<Path> picturesIn(Path folder) {
        try (Stream<Path> found = Files.list(folder)) {
            List<Path> pictures = found.filter(TrainingFiles::isPicture)
                    .sorted(Comparator.comparing(file -> String.valueOf(file.getFileName())))
                    .toList();
            if (pictures.isEmpty()) {
                throw new CommandFailure(ExitCode.REFUSED, folder + " holds no PNG or JPEG picture");
            }
            return pictures;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.REFUSED, folder + " cannot be read: " + e.getMessage());
        }
    }

    private static boolean isPicture(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    static Split split(List<Path> files) {
        List<Path> learned = new ArrayList<>();
        List<Path> heldOut = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            boolean held = files.size() >= FEWEST_TO_HOLD_OUT_OF && i % HELD_OUT_ONE_OF == HELD_OUT_ONE_OF / 2;
            (held ? heldOut : learned).add(files.get(i));
        }
        return new Split(learned, heldOut);
    }

    private TrainingFiles() {}
}
