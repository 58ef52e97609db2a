package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.coordinator.http.HttpServer;
import handscroll.coordinator.http.HttpSettings;
import handscroll.coordinator.journal.JournalDatabase;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "coordinator",
        description =
                "Takes jobs over HTTP and hands their patches to the workers that join; runs until it is stopped.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll coordinator --host 10.0.0.5 --port 8080 --state /var/lib/handscroll")
final class CoordinatorCommand implements Callable<Integer> {

    private final Farm.Opener farms;

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Where workers and browsers reach this process; by default loopback, for this machine alone.")
    private Optional<String> host = Optional.empty();

    @Option(names = "--port", paramLabel = "P", description = "Port of the pages and the API; 0 takes any free one.")
    private Optional<Integer> port = Optional.empty();

    @Option(names = "--join-port", paramLabel = "P", description = "Port that workers join at, by default 25520.")
    private Optional<Integer> joinPort = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Where the journal and the log lie; a coordinator that is started again continues from it.")
    private Optional<Path> state = Optional.empty();

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "Keep the journal in this PostgreSQL database, like jdbc:postgresql://10.0.0.9/handscroll, which"
                            + " several coordinators share. HANDSCROLL_DATABASE_USER and HANDSCROLL_DATABASE_PASSWORD open"
                            + " it.")
    private Optional<String> database = Optional.empty();

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT",
            split = ",",
            converter = HostPort.Converter.class,
            description =
                    "All coordinators of a farm that has several, this one too, in the same order for each. One leads,"
                            + " the others stand by. The first begins the farm where no other answers.")
    private List<HostPort> join = List.of();

    @Mixin
    private TlsOption tls = new TlsOption();

    @Option(
            names = "--slots",
            paramLabel = "N",
            defaultValue = "0",
            description = "Worker slots in this process too, by default none.")
    private int slots;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    CoordinatorCommand(Farm.Opener farms) {
        this.farms = farms;
    }

    @Override
    public Integer call() {
        Map<String, Object> options = new HashMap<>();
        host.ifPresent(name -> {
            options.put(SettingNames.REMOTE_HOST, name);
            options.put(SettingNames.TILE_BIND_HOST, name);
            options.put(SettingNames.TILE_HOST, name);
            options.put(SettingNames.HTTP_HOST, name);
        });
        tls.addTo(options);
        database.ifPresent(url -> options.put(SettingNames.DATABASE, url));
        joinPort.ifPresent(number -> options.put(SettingNames.REMOTE_PORT, number));
        port.ifPresent(number -> {
            options.put(SettingNames.HTTP_PORT, number);
            options.put(SettingNames.HTTP_PORT_ATTEMPTS, 1);
        });
        Config config = shared.config("coordinator.conf", options);
        if (!join.isEmpty() && JournalDatabase.from(config).isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--join needs --database: coordinators that share a farm share its journal");
        }
        Path directory = state.orElse(Home.userState().resolve("coordinator"));
        Logs.to(directory);
        PrintWriter err = spec.commandLine().getErr();
        try (Farm farm = farms.open(new FarmOptions(config, true, slots, directory, join))) {
            err.println("The coordinator takes jobs at " + farm.http() + " and workers at "
                    + config.getString(SettingNames.REMOTE_HOST) + ":" + config.getInt(SettingNames.REMOTE_PORT)
                    + (join.isEmpty() ? "" : ", when it leads the farm of " + HostPort.list(join))
                    + "; state and log are in " + directory + "; end it with Ctrl-C.");
            warnOfOpenDoor(config, err);
            err.println(tls.says(config));
            return Serving.untilEnded(farm, CliSettings.from(config), err);
        }
    }

    /** Said where it is read: a line in the log would not be. */
    private static void warnOfOpenDoor(Config config, PrintWriter err) {
        HttpSettings http = HttpSettings.from(config);
        if (HttpServer.letsEverybodyIn(http)) {
            err.println("WARNING: everybody who reaches " + http.host() + " can submit, cancel and look at jobs. Make"
                    + " tokens with handscroll token, and name their file in handscroll.coordinator.http.token-file.");
        }
    }
}
