package handscroll.cli;

import com.typesafe.config.Config;
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
        name = "worker",
        description = "Joins a coordinator and renders for it until it is stopped.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll worker --join 10.0.0.5:25520 --slots 8")
final class WorkerCommand implements Callable<Integer> {

    private final Farm.Opener farms;

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT",
            required = true,
            split = ",",
            converter = HostPort.Converter.class,
            description = "The coordinator, as it says when it starts; all of them where there are several.")
    private List<HostPort> join = List.of();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Where the coordinator reaches this process; by default loopback, for one on this machine.")
    private Optional<String> host = Optional.empty();

    @Mixin
    private TlsOption tls = new TlsOption();

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "How many batches are rendered at once, by default one for each processor.")
    private int slots = Runtime.getRuntime().availableProcessors();

    @Option(names = "--state", paramLabel = "DIR", description = "Where the log lies.")
    private Optional<Path> state = Optional.empty();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    WorkerCommand(Farm.Opener farms) {
        this.farms = farms;
    }

    @Override
    public Integer call() {
        if (slots < 1) {
            throw new ParameterException(spec.commandLine(), "--slots is " + slots + "; a worker needs at least 1");
        }
        Map<String, Object> options = new HashMap<>();
        host.ifPresent(name -> options.put(SettingNames.REMOTE_HOST, name));
        tls.addTo(options);
        Config config = shared.config("worker.conf", options);
        Path directory = state.orElse(
                Home.userState().resolve("worker-" + ProcessHandle.current().pid()));
        Logs.to(directory);
        PrintWriter err = spec.commandLine().getErr();
        try (Farm farm = farms.open(new FarmOptions(config, false, slots, directory, join))) {
            err.println("This worker renders for " + HostPort.list(join) + " with "
                    + Figures.count(slots, "slot", "slots") + "; its log is " + Logs.file() + "; end it with Ctrl-C.");
            err.println(tls.says(config));
            return Serving.untilEnded(farm, CliSettings.from(config), err);
        }
    }
}
