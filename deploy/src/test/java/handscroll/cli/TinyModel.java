package handscroll.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model that can be planned with and not rendered: a card without weights. */
final class TinyModel {

    private static final String CARD = """
            family = patch-encoder
            patch { pixels = 64, tokens = 8 }
            tokenizer { codes = 512, decode-margin-tokens = 5, encode-margin-pixels = 16 }
            context { columns = 2, rows = 2, frames = 0 }
            picture { horizon = 0.6, height = 560 }
            sampling { temperature = 0.9, top-k = 100 }
            licence = CC0-1.0
            weights {}
            """;

    /** A configuration whose only model is this one, named {@code m}; its files lie below {@code directory}. */
    static Path shelf(Path directory) throws IOException {
        Path models = directory.resolve("models");
        Files.createDirectories(models.resolve("m"));
        Files.writeString(models.resolve("m").resolve("model.conf"), CARD);
        return Files.writeString(directory.resolve("site.conf"), "handscroll.cli.models = [\"" + models + "\"]\n");
    }

    /** Changes the model that {@link #shelf} wrote. */
    static void rewrite(Path directory, String before, String after) throws IOException {
        Path card = directory.resolve("models").resolve("m").resolve("model.conf");
        Files.writeString(card, Files.readString(card).replace(before, after));
    }

    private TinyModel() {}
}
