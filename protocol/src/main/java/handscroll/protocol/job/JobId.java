package handscroll.protocol.job;

import java.util.regex.Pattern;

/** Names a job in addresses, file names and messages. */
public record JobId(String value) {

    private static final Pattern SAFE = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    public JobId {
        if (!SAFE.matcher(value).matches()) {
            throw new IllegalArgumentException("a job is named in up to 64 of a-z, 0-9 and '-', not \"" + value + "\"");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
