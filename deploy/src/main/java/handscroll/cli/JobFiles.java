package handscroll.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelShelf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Job files as a user names them on the command line, with what follows them: {@code KEY=VALUE} and {@code --out}. */
final class JobFiles {

    private static final String OUTPUT = "output.to";
    private static final String PICTURE = "input.image";

    /**
     * The job as one piece of HOCON, in which files are named from the root: it means the same wherever it is read.
     *
     * @throws Refusal when the file is not there or not HOCON, or an override is not of the form {@code KEY=VALUE}
     */
    static Config text(Path file, List<String> overrides, Optional<Path> out) {
        if (!Files.isRegularFile(file)) {
            throw refusal(
                    file,
                    List.of(new Problem(file.toString(), "is not there", "name a job file; config/jobs has examples")));
        }
        List<Problem> problems = new ArrayList<>();
        Config job = ConfigFactory.empty();
        try {
            job = ConfigFactory.parseFile(
                            file.toFile(), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF))
                    .resolve();
        } catch (ConfigException e) {
            problems.add(new Problem(file.toString(), String.valueOf(e.getMessage()), "correct it"));
        }
        job = anchored(job, PICTURE, file.toAbsolutePath().resolveSibling(""));
        for (String override : overrides) {
            Optional<Config> one = override(override, problems);
            if (one.isPresent()) {
                job = anchored(one.get(), PICTURE, Path.of("").toAbsolutePath()).withFallback(job);
            }
        }
        if (out.isPresent()) {
            job = job.withValue(OUTPUT, ConfigValueFactory.fromAnyRef(out.get().toString()));
        }
        if (!problems.isEmpty()) {
            throw refusal(file, problems);
        }
        return anchored(job, OUTPUT, Path.of("").toAbsolutePath());
    }

    static JobSpec spec(Path file, List<String> overrides, Optional<Path> out, ModelShelf models) {
        Config text = text(file, overrides, out);
        throw new CommandFailure(
                ExitCode.FAILED,
                "This build cannot read jobs yet: " + text.root().keySet() + models);
    }

    static Refusal refusal(Path file, List<Problem> problems) {
        return new Refusal(file.getFileName() + " cannot be rendered:", problems);
    }

    private static Optional<Config> override(String text, List<Problem> problems) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            problems.add(new Problem(text, "is no override", "write KEY=VALUE, for example seed=7"));
            return Optional.empty();
        }
        String key = text.substring(0, equals).trim();
        String value = text.substring(equals + 1);
        try {
            ConfigUtil.splitPath(key);
        } catch (ConfigException e) {
            problems.add(new Problem(text, "has a key that cannot be read", "write KEY=VALUE, for example seed=7"));
            return Optional.empty();
        }
        try {
            return Optional.of(ConfigFactory.parseString(key + " = " + value));
        } catch (ConfigException notHocon) {
            return Optional.of(ConfigFactory.empty().withValue(key, ConfigValueFactory.fromAnyRef(value)));
        }
    }

    /** A relative file name means the same from now on, whatever the current directory of who reads it. */
    private static Config anchored(Config config, String key, Path directory) {
        if (!config.hasPath(key)) {
            return config;
        }
        try {
            Path file = directory.resolve(config.getString(key)).normalize();
            return config.withValue(
                    key,
                    ConfigValueFactory.fromAnyRef(
                            file.toString(), config.getValue(key).origin().description()));
        } catch (ConfigException.WrongType noName) {
            return config; // whoever reads the job says so
        }
    }

    private JobFiles() {}
}
