package handscroll.cli;

/** The settings of other modules that options of commands stand for. */
final class SettingNames {
    static final String HTTP_PORT = "handscroll.coordinator.http.port";
    static final String HTTP_PORT_ATTEMPTS = "handscroll.coordinator.http.port-attempts";
    static final String HTTP_HOST = "handscroll.coordinator.http.host";
    static final String HTTP_LOG_FILE = "handscroll.coordinator.http.log-file";
    static final String TILE_BIND_HOST = "handscroll.coordinator.tile.bind-host";
    static final String TILE_HOST = "handscroll.coordinator.tile.host";
    static final String DATABASE = "handscroll.coordinator.journal.database.url";
    static final String REMOTE_HOST = "akka.remote.artery.canonical.hostname";
    static final String REMOTE_PORT = "akka.remote.artery.canonical.port";

    private SettingNames() {}
}
