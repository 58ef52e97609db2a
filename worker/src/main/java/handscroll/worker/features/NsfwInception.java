package handscroll.worker.features;

import handscroll.protocol.model.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The InceptionV3 of the npm package nsfwjs 4.4.0, fine-tuned as a content filter. Distances over it are no
 * published FID or KID: they carry this network's name and are for comparing pictures with each other.
 */
public final class NsfwInception {

    /** Stands in the name of each figure. */
    public static final String NAME = "nsfw-inception";

    private static final String MODEL_SHA256 = "f5882005bdfa95fa82c3d2fe0419b27495736336e1784a3563a8b746f3c3f7e3";
    private static final String WEIGHTS_SHA256 = "8a457f3fdec7db18b16e44323454db0eaeb8f314eda0046b2e293e58a5bfabf4";
    private static final int SIDE = 299;

    public static boolean isThere(Path directory) {
        return Files.isRegularFile(directory.resolve("model.json"))
                && Files.isRegularFile(directory.resolve("weights.bin"));
    }

    /** @throws IOException in a sentence, also when the files are others than those the name stands for */
    public static FeatureNetwork load(Path directory) throws IOException {
        check(directory.resolve("model.json"), MODEL_SHA256);
        check(directory.resolve("weights.bin"), WEIGHTS_SHA256);
        return FeatureNetwork.load(directory, "mixed10", SIDE);
    }

    private static void check(Path file, String sha256) throws IOException {
        String found = ModelCard.fileHash(file);
        if (!found.equals(sha256)) {
            throw new IOException(file + " has the sha256 " + found + ", not " + sha256);
        }
    }

    private NsfwInception() {}
}
