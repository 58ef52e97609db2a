package handscroll.protocol.model;

import java.util.Locale;

/** Where a patch learns how far away a patch of its context lies. */
public enum RelativePositions {
    /** A learned vector for each place, added to the keys. */
    KEYS,
    /** A learned number for each place and head, added to the map of attention. */
    MAP;

    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
