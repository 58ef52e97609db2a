package handscroll.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where another process listens, written {@code HOST:PORT}; an IPv6 address stands in brackets. */
public record HostPort(String host, int port) {

    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon > 0) {
            String host = text.substring(0, colon);
            boolean bracketed = host.startsWith("[") && host.endsWith("]");
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (port > 0 && port < 65_536 && (bracketed || !host.contains(":"))) {
                    return new HostPort(bracketed ? host.substring(1, host.length() - 1) : host, port);
                }
            } catch (NumberFormatException noNumber) {
                throw wrong(text, noNumber);
            }
        }
        throw wrong(text, null);
    }

    /** As it is read again by {@code --join}. */
    static String list(List<HostPort> places) {
        return places.stream().map(HostPort::toString).collect(Collectors.joining(","));
    }

    private static TypeConversionException wrong(String text, @Nullable Exception cause) {
        var exception = new TypeConversionException(
                "\"" + text + "\" is no address; write HOST:PORT, for example farm.example.org:25520");
        if (cause != null) {
            exception.initCause(cause);
        }
        return exception;
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            return parse(text);
        }
    }
}
