package handscroll.protocol.lease;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/** Puts a process's configuration together. */
public final class FarmConfig {

    /**
     * Layers, the first wins: system properties, what the site says, what the farm asks of Akka
     * ({@code farm.conf}), and every module's and library's {@code reference.conf}.
     */
    public static Config load(Config site) {
        return ConfigFactory.defaultOverrides()
                .withFallback(site)
                .withFallback(ConfigFactory.parseResources(FarmConfig.class.getClassLoader(), "farm.conf"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve();
    }

    private FarmConfig() {}
}
