package handscroll.coordinator.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Keeps other web pages from using the API through their visitor's browser: without a login, being
 * asked from this machine is all the trust there is.
 *
 * <ul>
 *   <li>A page elsewhere may post here, and the browser says so in {@code Origin}: refused.
 *   <li>A page elsewhere may rename itself to this address once it is loaded (DNS rebinding), so that
 *       the origins agree; then {@code Host} is its name: refused while the server is on loopback.
 * </ul>
 */
final class FrontDoor {

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");

    private final boolean onLoopback;
    private final String boundHost;
    private final List<String> hostNames;

    FrontDoor(boolean onLoopback, String boundHost, List<String> hostNames) {
        this.onLoopback = onLoopback;
        this.boundHost = boundHost;
        this.hostNames = List.copyOf(hostNames);
    }

    /**
     * Why this request is refused, in a sentence; empty if it may come in.
     *
     * @param host the header, with its port; absent from what is no browser
     * @param origin the header; absent when no page is behind the request
     */
    Optional<String> objection(Optional<String> host, Optional<String> origin, boolean changesSomething) {
        if (onLoopback && host.filter(this::isForeign).isPresent()) {
            return Optional.of("This server answers to localhost only, not to " + host.orElseThrow()
                    + "; a proxy's name is allowed by handscroll.coordinator.http.host-names.");
        }
        boolean sameOrigin =
                origin.isEmpty() || origin.map(FrontDoor::afterScheme).equals(host);
        if (changesSomething && !sameOrigin) {
            return Optional.of("A page of " + origin.orElseThrow() + " may not change anything here.");
        }
        return Optional.empty();
    }

    private boolean isForeign(String host) {
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return !LOOPBACK.contains(name) && !name.equals(boundHost) && !hostNames.contains(name);
    }

    private static String withoutPort(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end < 0 ? host : host.substring(1, end);
        }
        int colon = host.indexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    private static String afterScheme(String origin) {
        int scheme = origin.indexOf("://");
        return scheme < 0 ? origin : origin.substring(scheme + 3);
    }
}
