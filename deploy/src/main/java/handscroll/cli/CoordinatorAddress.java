package handscroll.cli;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which coordinator a command talks to. */
final class CoordinatorAddress {

    @Option(
            names = "--to",
            paramLabel = "URL",
            defaultValue = "${env:HANDSCROLL_COORDINATOR:-http://127.0.0.1:8080}",
            description = "The coordinator; by default HANDSCROLL_COORDINATOR, or else http://127.0.0.1:8080.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private URI address;

    /** @throws CommandFailure when it is no address that HTTP reaches */
    URI address() {
        String scheme = address.getScheme();
        if (address.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "\"" + address + "\" is no address of a coordinator; write it like http://10.0.0.5:8080");
        }
        return address;
    }

    /** Not an option: those of a command can be read by everybody on its machine. */
    private static Optional<String> token() {
        return Optional.ofNullable(System.getenv("HANDSCROLL_TOKEN"))
                .map(String::strip)
                .filter(token -> !token.isEmpty());
    }

    CoordinatorClient client(SharedOptions shared) {
        CliSettings settings = CliSettings.from(shared.config("local.conf", Map.of()));
        return new CoordinatorClient(address(), settings.answerPatience(), token());
    }
}
