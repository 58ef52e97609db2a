package handscroll.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.lease.FarmConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of this process. What is said first wins: options of the command, system properties, the file named by
 * {@code --config} or {@code -Dconfig.file}, the command's own file in {@code config/}, the modules' {@code reference.conf}.
 */
final class SiteConfig {

    /**
     * @param usual the command's own file in {@code config/}
     * @param options settings that options of the command stand for
     */
    static Config load(Optional<Path> named, String usual, Map<String, ?> options) {
        Optional<Path> chosen = named.isPresent()
                ? named
                : Optional.ofNullable(System.getProperty("config.file")).map(Path::of);
        if (chosen.isPresent() && !Files.isReadable(chosen.get())) {
            throw refusal(chosen.get(), "is not there or cannot be read", "name a file like " + Home.config(usual));
        }
        Map<String, String> places = Map.of(
                "handscroll.home", Home.directory().toString(),
                "handscroll.state", Home.userState().toString());
        try {
            Config site = ConfigFactory.parseFile(Home.config(usual).toFile());
            if (chosen.isPresent()) {
                site = ConfigFactory.parseFile(chosen.get().toFile()).withFallback(site);
            }
            return ConfigFactory.parseMap(options)
                    .withFallback(FarmConfig.load(site.withFallback(ConfigFactory.parseMap(places))));
        } catch (ConfigException e) {
            throw refusal(chosen.orElse(Home.config(usual)), String.valueOf(e.getMessage()), "correct it");
        }
    }

    private static Refusal refusal(Path file, String what, String remedy) {
        return new Refusal("The configuration cannot be used:", List.of(new Problem(file.toString(), what, remedy)));
    }

    private SiteConfig() {}
}
