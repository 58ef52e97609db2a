package handscroll.coordinator.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import handscroll.coordinator.http.Browser;
import handscroll.coordinator.output.StoredPicture;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the formats of many small files are for: OpenSeadragon shows them in a real browser, from a server that knows files only. */
class BrowserOpensExportsTest {

    private static final ExportSettings SETTINGS = new ExportSettings(64 << 20, 1_000_000, 100);

    private static final String VIEWER = """
            <!doctype html><body style="margin: 0; background: #fff"><div id="viewer" style="width: 700px; height: 411px"></div>
            <script src="/openseadragon.js"></script>
            <script>
              const open = (source) => {
                const viewer = OpenSeadragon({ id: 'viewer', showNavigationControl: false, drawer: 'canvas', immediateRender: true,
                  tileSources: source });
                viewer.addHandler('open', () => viewer.world.getItemAt(0).whenFullyLoaded(() => { window.loaded = true; }));
                viewer.addHandler('open-failed', (event) => console.error(event.message));
              };
            </script>""";

    private static Browser browser;

    @TempDir
    Path directory;

    private HttpServer server;

    @BeforeAll
    static void startBrowser() throws IOException {
        browser = Browser.start();
        browser.window(700, 411, 1, false);
    }

    @AfterAll
    static void stopBrowser() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void serveFiles() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] content = content(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(content.length == 0 ? 404 : 200, content.length == 0 ? -1 : content.length);
            try (exchange) {
                exchange.getResponseBody().write(content);
            }
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        browser.open(URI.create("about:blank"));
        server.stop(0);
    }

    @ParameterizedTest
    @EnumSource(TileEncoding.class)
    void deepZoom(TileEncoding encoding) throws Exception {
        Gallery.hang(directory, encoding, Container.ZIP);
        export(ExportFormat.DEEP_ZOOM);
        assertShows("open('/export/picture.dzi')");
    }

    /** Whoever puts it on a server writes that server's address into the description. */
    @Test
    void iiif() throws Exception {
        Gallery.hang(directory, TileEncoding.JPEG, Container.FILES);
        export(ExportFormat.IIIF);
        assertShows("fetch('/export/info.json').then((answer) => answer.json())"
                + ".then((info) => open({ ...info, id: location.origin + '/export' }))");
    }

    private void export(ExportFormat format) throws Exception {
        try (StoredPicture picture = StoredPicture.open(directory).orElseThrow()) {
            new Export(format, directory.resolve("export"), Optional.empty(), 1, Optional.empty())
                    .run(picture, SETTINGS, (done, all) -> {});
        }
    }

    private void assertShows(String opening) throws IOException {
        browser.open(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/viewer"));
        browser.await("typeof open === 'function' && document.readyState === 'complete'");
        browser.evaluate(opening);
        browser.await("window.loaded === true");
        BufferedImage seen = browser.screenshot(directory.resolve("seen.png"));
        for (int[] at : new int[][] {{3, 3}, {255, 255}, {256, 256}, {511, 17}, {512, 300}, {640, 400}}) {
            int[] expected = Gallery.pixel(at[0], at[1]);
            int rgb = seen.getRGB(at[0], at[1]);
            assertThat(new int[] {rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255})
                    .as("at %d, %d; the page complained %s", at[0], at[1], browser.complaints())
                    .satisfies(rgbSeen -> {
                        for (int channel = 0; channel < 3; channel++) {
                            assertThat(rgbSeen[channel]).isBetween(expected[channel] - 9, expected[channel] + 9);
                        }
                    });
        }
    }

    private byte[] content(String path) throws IOException {
        if (path.equals("/viewer")) {
            return VIEWER.getBytes(StandardCharsets.UTF_8);
        }
        if (path.equals("/openseadragon.js")) {
            try (InputStream script = Browser.class.getResourceAsStream("assets/openseadragon/openseadragon.min.js")) {
                return script.readAllBytes();
            }
        }
        Path file = directory.resolve(path.substring(1));
        return Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
    }
}
