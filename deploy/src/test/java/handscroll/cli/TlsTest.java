package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import handscroll.protocol.model.ModelCard;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A farm over mutual TLS, with certificates that {@code deploy/certificates} makes. */
class TlsTest {

    private static final char[] NO_PASSWORD = {};

    @TempDir
    private Path directory;

    private final List<Farm> farms = new ArrayList<>();
    private final int joinPort = FarmOfProcesses.freePort();
    private final int tilePort = FarmOfProcesses.freePort();
    private String hash = "";

    @BeforeEach
    void makeCertificates() throws Exception {
        assumeTrue(isThere("openssl"), "openssl is not installed");
        FakeRenderers.shelve(directory.resolve("models/fake"));
        hash = ModelCard.read(directory.resolve("models/fake")).hash();
        certificates("keys", "coordinator", "worker");
        certificates("strangers", "worker");
    }

    @AfterEach
    void closeAll() {
        for (int farm = farms.size() - 1; farm >= 0; farm--) {
            farms.get(farm).close();
        }
    }

    @Test
    void onlyWorkersWithACertificateOfTheFarmAreLetIn() throws Exception {
        Farm coordinator = open("coordinator.conf", 0, directory.resolve("keys/coordinator"), List.of());
        for (int port : List.of(joinPort, tilePort)) {
            assertThat(shakesHands(port, Optional.of(directory.resolve("keys/worker"))))
                    .as("a worker of the farm at port " + port)
                    .isTrue();
            assertThat(shakesHands(port, Optional.empty()))
                    .as("no certificate at port " + port)
                    .isFalse();
            assertThat(shakesHands(port, Optional.of(directory.resolve("strangers/worker"))))
                    .as("a certificate of another authority at port " + port)
                    .isFalse();
            assertThat(answersPlainBytes(port)).as("no TLS at port " + port).isFalse();
        }

        open("worker.conf", 1, directory.resolve("keys/worker"), List.of(new HostPort("127.0.0.1", joinPort)));
        Path job = Files.writeString(
                directory.resolve("sky.conf"),
                "task = unconditional, model = fake, direction = zeta, canvas { width = 300, height = 256 }");
        String address = coordinator.http().toString();
        String out = directory.resolve("out").toString();
        assertThat(Run.of("submit", job.toString(), "--out", out, "--to", address)
                        .exitCode())
                .isEqualTo(ExitCode.DONE);
        Run watched = Run.of("watch", "sky", "--to", address);
        assertThat(watched.exitCode()).as(watched.err()).isEqualTo(ExitCode.DONE);
        assertThat(directory.resolve("out/picture_files/0/0_0.jpg")).exists();
    }

    @Test
    void missingKeysAreNamedBeforeAnythingIsOpened() {
        Run run = Run.of("worker", "--join", "127.0.0.1:1", "--tls", directory.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("tls.key", "tls.crt", "ca.crt", "deploy/certificates");
    }

    @Test
    void keysAreLookedAtBeforeAnybodyRefusesThem() throws Exception {
        Path farm = directory.resolve("keys/worker");
        Path stranger = directory.resolve("strangers/worker");
        Instant now = Instant.now();
        assertThat(files(farm, farm, farm).objections(now)).isEmpty();
        assertThat(files(farm, farm, farm).objections(now.plus(Duration.ofDays(400))))
                .singleElement(STRING)
                .contains("ran out on", "deploy/certificates");
        assertThat(files(farm, farm, farm).objections(now.minus(Duration.ofDays(400))))
                .singleElement(STRING)
                .contains("clock");
        assertThat(files(stranger, farm, farm).objections(now))
                .singleElement(STRING)
                .contains("is not the key of");
        assertThat(files(farm, farm, stranger).objections(now))
                .singleElement(STRING)
                .contains("was not signed by");
        assertThat(new TlsFiles(farm.resolve("tls.crt"), farm.resolve("tls.key"), farm.resolve("ca.crt"))
                        .objections(now))
                .singleElement(STRING)
                .contains("cannot be read");
    }

    private static TlsFiles files(Path key, Path certificate, Path authority) {
        return new TlsFiles(key.resolve("tls.key"), certificate.resolve("tls.crt"), authority.resolve("ca.crt"));
    }

    private Farm open(String file, int slots, Path keys, List<HostPort> join) {
        Map<String, Object> settings = new HashMap<>(TlsOption.settings(keys));
        settings.put(
                "handscroll.cli.models", List.of(directory.resolve("models").toString()));
        settings.put(SettingNames.HTTP_PORT, 0);
        settings.put(SettingNames.REMOTE_PORT, join.isEmpty() ? joinPort : 0);
        settings.put("handscroll.coordinator.tile.port", tilePort);
        Config config = SiteConfig.load(Optional.empty(), file, settings);
        Farm farm = LocalFarm.opener((site, models) -> new FakeRenderers(Map.of("fake", hash), 512))
                .open(new FarmOptions(config, join.isEmpty(), slots, directory.resolve("state-" + file), join));
        farms.add(farm);
        return farm;
    }

    private void certificates(String authority, String... names) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("handscroll.home", ".."))
                        .resolve("deploy/certificates")
                        .toString(),
                directory.resolve(authority).toString()));
        command.addAll(List.of(names));
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
    }

    private static boolean isThere(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the farm goes on talking to a client that believes everything and shows this certificate. */
    private static boolean shakesHands(int port, Optional<Path> keys) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        KeyManager[] shown = keys.isPresent() ? keyManagers(keys.get()) : new KeyManager[0];
        context.init(shown, new TrustManager[] {new Credulous()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.startHandshake();
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static boolean answersPlainBytes(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("AKKA\001 let me in".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            byte[] answer = socket.getInputStream().readAllBytes();
            // A TLS alert is no answer.
            return answer.length > 0 && answer[0] != 21;
        } catch (java.net.SocketException reset) {
            return false;
        }
    }

    private static KeyManager[] keyManagers(Path keys) throws Exception {
        byte[] key = Base64.getMimeDecoder()
                .decode(Files.readString(keys.resolve("tls.key")).replaceAll("-----[A-Z ]+-----", ""));
        Certificate certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(keys.resolve("tls.crt"))));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry(
                "node",
                KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key)),
                NO_PASSWORD,
                new Certificate[] {certificate});
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static final class Credulous implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
