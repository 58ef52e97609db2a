package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a process of the farm lets others in on their word, or on a certificate. */
final class TlsOption {

    private static final String KEY = "tls.key";
    private static final String CERTIFICATE = "tls.crt";
    private static final String AUTHORITY = "ca.crt";
    private static final String ENGINE = "akka.remote.artery.ssl.rotating-keys-engine.";
    private static final String TRANSPORT = "akka.remote.artery.transport";
    private static final String SECURE = "tls-tcp";

    @Option(
            names = "--tls",
            paramLabel = "DIR",
            description = "Speak with the farm over mutual TLS, with the files tls.key, tls.crt and ca.crt of this"
                    + " directory; deploy/certificates makes them. All processes of a farm do, or none. New files"
                    + " are taken up within five minutes.")
    private Optional<Path> directory = Optional.empty();

    /** @throws Refusal when files are missing */
    void addTo(Map<String, Object> options) {
        directory.map(Path::toAbsolutePath).ifPresent(keys -> {
            List<Problem> problems = new ArrayList<>();
            for (String name : List.of(KEY, CERTIFICATE, AUTHORITY)) {
                if (!Files.isReadable(keys.resolve(name))) {
                    problems.add(new Problem(
                            name,
                            keys.resolve(name) + " is not there or cannot be read",
                            "make it with deploy/certificates"));
                }
            }
            if (!problems.isEmpty()) {
                throw new Refusal("The farm cannot be spoken with over TLS:", problems);
            }
            options.putAll(settings(keys));
        });
    }

    static Map<String, Object> settings(Path keys) {
        return Map.of(
                TRANSPORT,
                SECURE,
                "akka.remote.artery.ssl.ssl-engine-provider",
                "akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider",
                ENGINE + "key-file",
                keys.resolve(KEY).toString(),
                ENGINE + "cert-file",
                keys.resolve(CERTIFICATE).toString(),
                ENGINE + "ca-cert-file",
                keys.resolve(AUTHORITY).toString());
    }

    static boolean isOn(Config config) {
        return config.getString(TRANSPORT).equals(SECURE);
    }

    /** Other machines reach it, and nothing is asked of them. */
    boolean isOpenToOthers(Config config) {
        return !isOn(config) && !isLoopback(config.getString(SettingNames.REMOTE_HOST));
    }

    /** Who can reach this process, and what keeps others out. */
    String says(Config config) {
        String host = config.getString(SettingNames.REMOTE_HOST);
        if (isOn(config)) {
            return "Workers and coordinators are let in with a certificate of this farm's authority only.";
        }
        return isLoopback(host)
                ? "No other machine reaches it: it listens on loopback."
                : "Whoever reaches " + host + " can pose as a worker; --tls keeps strangers out of the farm.";
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
