package handscroll.protocol.model;

import java.util.Locale;

/** What later patches attend to of a finished one. */
public enum ContextStates {
    /** What an encoder makes of the patch's own tokens. */
    ENCODED,
    /** The inputs of all decoder layers, which hold something of what the patch saw itself. */
    RECURRENT;

    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
