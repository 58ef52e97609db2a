package handscroll.protocol.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a job is to make; the names are those of PAPERS section 1.1 written out. */
public enum RenderingTask {
    UNCONDITIONAL,
    EXTENSION,
    TEXT_TO_IMAGE,
    IMAGE_TO_VIDEO,
    TEXT_TO_VIDEO;

    public boolean isVideo() {
        return this == IMAGE_TO_VIDEO || this == TEXT_TO_VIDEO;
    }

    public String configName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<RenderingTask> named(String configName) {
        return Arrays.stream(values())
                .filter(task -> task.configName().equals(configName))
                .findFirst();
    }
}
