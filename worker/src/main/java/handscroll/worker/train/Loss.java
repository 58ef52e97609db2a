package handscroll.worker.train;

import java.util.Locale;

/** What the transformer takes one step of its optimiser for. */
public enum Loss {
    /** For all patches of its lessons together. */
    ACCUMULATED,
    /** For one patch of each lesson, in the order they are drawn in. */
    PATCH;

    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
