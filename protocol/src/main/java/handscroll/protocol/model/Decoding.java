package handscroll.protocol.model;

import java.util.Locale;

/** How the tokens of a patch come about. */
public enum Decoding {
    /** One after the other, each knowing those before it. */
    AUTOREGRESSIVE,
    /** In a few rounds, many at once, each knowing those of the rounds before. */
    PARALLEL;

    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
