package handscroll.cli;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What every command understands. */
final class SharedOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings in HOCON, over those that Handscroll comes with; config/*.conf are examples.")
    Optional<Path> configFile = Optional.empty();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and end.")
    boolean help;

    Config config(String usual, Map<String, ?> options) {
        return SiteConfig.load(configFile, usual, options);
    }
}
