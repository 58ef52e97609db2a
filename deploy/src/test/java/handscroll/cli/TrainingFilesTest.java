package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingFilesTest {

    @TempDir
    private Path directory;

    @Test
    void aFolderIsItsPicturesByName() throws IOException {
        for (String name : List.of("sea2.JPG", "sea1.jpg", "captions.csv", "fog.png")) {
            Files.createFile(directory.resolve(name));
        }
        Path other = Path.of("other.jpg");
        assertThat(TrainingFiles.in(List.of(directory, other)))
                .containsExactly(
                        directory.resolve("fog.png"),
                        directory.resolve("sea1.jpg"),
                        directory.resolve("sea2.JPG"),
                        other);
    }

    @Test
    void aFolderWithoutPicturesIsRefused() {
        assertThatThrownBy(() -> TrainingFiles.in(List.of(directory))).hasMessageContaining("holds no PNG or JPEG");
    }

    @Test
    void everyNinthOfManyIsHeldOutAndNoneOfFew() {
        List<Path> many = java.util.stream.IntStream.range(0, 18)
                .mapToObj(i -> Path.of(i + ".png"))
                .toList();
        assertThat(TrainingFiles.split(many).heldOut()).containsExactly(Path.of("4.png"), Path.of("13.png"));
        assertThat(TrainingFiles.split(many).learned()).hasSize(16).doesNotContain(Path.of("4.png"));
        assertThat(TrainingFiles.split(many.subList(0, 17)).heldOut()).isEmpty();
    }
}
