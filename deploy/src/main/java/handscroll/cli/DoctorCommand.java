package handscroll.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelShelf;
import handscroll.worker.djl.LibTorch;
import handscroll.worker.djl.TorchRenderers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "doctor",
        description = {
            "Looks at what a farm needs: Java, models and their hashes, the device, disks, ports, TLS, the coordinator,",
            "its clock and its workers. Ends with 1 if something would keep jobs from being rendered."
        },
        footerHeading = "%nExample:%n",
        footer = "  handscroll doctor --to http://10.0.0.5:8080")
final class DoctorCommand extends AtCoordinator {

    private enum Verdict {
        GOOD,
        LOOK,
        BAD
    }

    /** Time enough to make another certificate. */
    private static final Duration SOON = Duration.ofDays(14);

    private record Finding(String what, Verdict verdict, String sentence) {}

    private static final int OLDEST_JAVA = 17;

    /** Less is soon full of tiles. */
    private static final long LITTLE_SPACE_BYTES = 2L << 30;

    /** Logs of two machines that differ by more are hard to read side by side. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(2);

    @Mixin
    private TlsOption tls = new TlsOption();

    private final List<Finding> findings = new ArrayList<>();

    @Override
    public Integer call() {
        Map<String, Object> options = new HashMap<>();
        tls.addTo(options);
        Config config = shared.config("coordinator.conf", options);
        CliSettings settings = CliSettings.from(config);
        versions(config);
        Map<String, String> hashes = models(settings.models());
        device(config, settings.models());
        disk("state", Home.userState());
        disk("here", Path.of("").toAbsolutePath());
        tls(config);
        boolean answers = coordinator(hashes);
        port(
                "pages",
                config.getString("handscroll.coordinator.http.host"),
                config.getInt(SettingNames.HTTP_PORT),
                answers);
        port(
                "workers join",
                config.getString(SettingNames.REMOTE_HOST),
                config.getInt(SettingNames.REMOTE_PORT),
                answers);
        printing.print(json(), this::lines);
        return findings.stream().anyMatch(finding -> finding.verdict() == Verdict.BAD)
                ? ExitCode.FAILED
                : ExitCode.DONE;
    }

    private void versions(Config config) {
        int version = Runtime.version().feature();
        note(
                "java",
                version >= OLDEST_JAVA ? Verdict.GOOD : Verdict.BAD,
                Runtime.version() + " of " + System.getProperty("java.vendor")
                        + (version >= OLDEST_JAVA ? "" : "; Handscroll needs " + OLDEST_JAVA));
        note(
                "version",
                Verdict.GOOD,
                new HandscrollCommand.Version().getVersion()[0] + ", with Akka " + config.getString("akka.version"));
    }

    /** Who else can speak with the farm, and whether this machine will be let in. */
    private void tls(Config config) {
        if (!TlsOption.isOn(config)) {
            note("tls", tls.isOpenToOthers(config) ? Verdict.LOOK : Verdict.GOOD, "off. " + tls.says(config));
            return;
        }
        TlsFiles files = TlsFiles.of(config);
        Instant now = Clock.systemUTC().instant();
        List<String> objections = files.objections(now);
        objections.forEach(objection -> note("tls", Verdict.BAD, objection));
        if (objections.isEmpty()) {
            try {
                Instant until = files.holdsUntil();
                note(
                        "tls",
                        now.plus(SOON).isBefore(until) ? Verdict.GOOD : Verdict.LOOK,
                        files.certificate() + " holds until " + until);
            } catch (IOException | CertificateException unreadable) {
                note("tls", Verdict.BAD, String.valueOf(unreadable.getMessage()));
            }
        }
    }

    private Map<String, String> models(ModelShelf shelf) {
        Map<String, String> hashes = new TreeMap<>();
        for (String name : shelf.names()) {
            try {
                String hash = shelf.find(name).hash();
                hashes.put(name, hash);
                note("model " + name, Verdict.GOOD, "hash " + brief(hash));
            } catch (Refusal refusal) {
                note("model " + name, Verdict.BAD, refusal.problems().get(0).what());
            }
        }
        if (shelf.names().isEmpty()) {
            note("models", Verdict.BAD, "none in " + shelf.directories() + "; make one with handscroll train");
        }
        return hashes;
    }

    private void device(Config config, ModelShelf shelf) {
        try (TorchRenderers renderers = TorchRenderers.from(config, shelf)) {
            note("device", Verdict.GOOD, renderers.deviceClass() + ", libtorch " + LibTorch.version());
        } catch (RuntimeException | UnsatisfiedLinkError unusable) {
            note("device", Verdict.BAD, "no worker can render here: " + unusable.getMessage());
        }
    }

    private void disk(String what, Path place) {
        Path existing = place;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            long free = Files.getFileStore(existing).getUsableSpace();
            boolean isWritable = Files.isWritable(existing);
            note(
                    "disk, " + what,
                    !isWritable ? Verdict.BAD : free < LITTLE_SPACE_BYTES ? Verdict.LOOK : Verdict.GOOD,
                    Figures.bytes(free) + " free in " + existing
                            + (isWritable ? "" : ", where nothing can be written"));
        } catch (IOException unreadable) {
            note("disk, " + what, Verdict.BAD, existing + " cannot be read: " + unreadable.getMessage());
        }
    }

    private boolean coordinator(Map<String, String> hashes) {
        String address = coordinator.address().toString();
        CoordinatorClient client = client();
        JsonNode health;
        try {
            health = client.get("/healthz");
        } catch (CommandFailure outOfReach) {
            note("coordinator", Verdict.LOOK, "none answers at " + address + "; name another with --to");
            return false;
        }
        clock(Instant.parse(health.path("at").asText(Instant.EPOCH.toString())));
        try {
            note(
                    "coordinator",
                    Verdict.GOOD,
                    address + " is ready, with "
                            + Figures.count(
                                    client.get("/readyz").path("jobCount").asInt(), "job", "jobs"));
            otherVersion(health.path("version").asText());
            workers(client.get("/api/workers"), hashes);
        } catch (CommandFailure unready) {
            note("coordinator", Verdict.BAD, String.valueOf(unready.getMessage()));
        }
        return true;
    }

    private void otherVersion(String there) {
        String here = HandscrollCommand.Version.number();
        if (!there.equals(here)) {
            note(
                    "coordinator",
                    Verdict.LOOK,
                    "is of " + (there.isEmpty() ? "an older version" : "version " + there) + ", this is " + here
                            + "; run the same on all machines");
        }
    }

    private void clock(Instant there) {
        Duration difference =
                Duration.between(Clock.systemUTC().instant(), there).abs();
        note(
                "clock",
                difference.compareTo(CLOCK_DIFFERENCE) <= 0 ? Verdict.GOOD : Verdict.LOOK,
                difference.toMillis() + " ms between here and the coordinator"
                        + (difference.compareTo(CLOCK_DIFFERENCE) <= 0 ? "" : "; leases do not mind, logs do"));
    }

    private void workers(JsonNode answer, Map<String, String> hashes) {
        JsonNode workers = answer.path("workers");
        note(
                "workers",
                workers.isEmpty() ? Verdict.LOOK : Verdict.GOOD,
                workers.isEmpty() ? "none has joined" : workers.size() + " joined");
        for (JsonNode worker : workers) {
            worker.path("models").fields().forEachRemaining(model -> {
                String here = hashes.get(model.getKey());
                if (here != null && !here.equals(model.getValue().asText())) {
                    note(
                            "worker " + worker.path("worker").asText(),
                            Verdict.LOOK,
                            "has the model " + model.getKey() + " with hash "
                                    + brief(model.getValue().asText()) + ", here it is " + brief(here));
                }
            });
        }
        for (JsonNode refused : answer.path("refused")) {
            note(
                    "worker " + refused.path("worker").asText(),
                    Verdict.LOOK,
                    "was refused: " + refused.path("reason").asText());
        }
    }

    private void port(String what, String host, int port, boolean coordinatorAnswers) {
        if (port == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
            note("port, " + what, Verdict.GOOD, host + ":" + port + " is free");
        } catch (IOException taken) {
            note(
                    "port, " + what,
                    coordinatorAnswers ? Verdict.GOOD : Verdict.LOOK,
                    host + ":" + port
                            + (coordinatorAnswers ? " is taken, as it should be by a coordinator" : " is taken"));
        }
    }

    private void note(String what, Verdict verdict, String sentence) {
        findings.add(new Finding(what, verdict, sentence));
    }

    private JsonNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("findings");
        for (Finding finding : findings) {
            list.addObject()
                    .put("what", finding.what())
                    .put("verdict", finding.verdict().name().toLowerCase(java.util.Locale.ROOT))
                    .put("sentence", finding.sentence());
        }
        return json;
    }

    private List<String> lines(JsonNode json) {
        Table table = new Table(Set.of());
        for (Finding finding : findings) {
            table.row(
                    switch (finding.verdict()) {
                        case GOOD -> "ok";
                        case LOOK -> "look";
                        case BAD -> "BAD";
                    },
                    finding.what(),
                    finding.sentence());
        }
        return table.lines("");
    }

    private static String brief(String hash) {
        return hash.length() <= 12 ? hash : hash.substring(0, 12);
    }
}
