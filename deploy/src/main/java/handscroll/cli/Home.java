package handscroll.cli;

import java.nio.file.Path;

/** Where Handscroll's own files lie, and where it may keep state of its own. */
final class Home {

    /** The folder that holds {@code config/} and {@code deploy/}; the launcher says where. */
    static Path directory() {
        return Path.of(System.getProperty("handscroll.home", ""))
                .toAbsolutePath()
                .normalize();
    }

    static Path config(String fileName) {
        return directory().resolve("config").resolve(fileName);
    }

    /** For processes that no output directory belongs to; {@code HANDSCROLL_STATE} moves it. */
    static Path userState() {
        String named = System.getenv("HANDSCROLL_STATE");
        if (named != null && !named.isEmpty()) {
            return Path.of(named).toAbsolutePath();
        }
        String state = System.getenv("XDG_STATE_HOME");
        Path parent = state != null && !state.isEmpty()
                ? Path.of(state)
                : Path.of(System.getProperty("user.home"), ".local", "state");
        return parent.resolve("handscroll");
    }

    private Home() {}
}
