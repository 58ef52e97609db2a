package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.protocol.model.ModelShelf;
import java.nio.file.Path;
import java.time.Duration;

/** The block {@code handscroll.cli} of the configuration; reference.conf says what each key is for. */
record CliSettings(
        ModelShelf models,
        Duration terminalInterval,
        Duration lineInterval,
        Duration drainPatience,
        Duration stopPatience,
        Duration answerPatience) {

    static CliSettings from(Config config) {
        Config cli = config.getConfig("handscroll.cli");
        return new CliSettings(
                new ModelShelf(
                        cli.getStringList("models").stream().map(Path::of).toList()),
                cli.getDuration("terminal-interval"),
                cli.getDuration("line-interval"),
                cli.getDuration("drain-patience"),
                cli.getDuration("stop-patience"),
                cli.getDuration("answer-patience"));
    }
}
