package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.State;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobId;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every page fits a wide screen and a phone, by day and by night; screenshots lie in target/viewer. */
class PageLayoutTest {

    private static final Canvas SCROLL = new Canvas(2048, 512, 1);

    private static ActorTestKit kit;
    private static Browser browser;
    private static HttpServer server;

    @TempDir
    static Path directory;

    @BeforeAll
    static void start() throws Exception {
        browser = Browser.start();
        kit = ActorTestKit.create(ConfigFactory.parseString("handscroll.coordinator.http.port = 0")
                .withFallback(ConfigFactory.load()));
        ActorRef<Jobs.Command> desk = kit.spawn(FakeJobDesk.create());
        Path pictures = Files.createDirectory(directory.resolve("scroll"));
        paint(pictures);
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.rendering("clouds", new Canvas(320, 192, 80), pictures, 256)));
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.in(
                FakeJobDesk.rendering(
                        "a-name-that-is-longer-than-most-screens-of-phones-are-wide", SCROLL, pictures, 256),
                State.PAUSED,
                100,
                Optional.of("The disk is full: 12,345 bytes are free in /a/directory/that/has/a/rather/long/name."))));
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.rendering("scroll", SCROLL, pictures, 256)));
        desk.tell(new FakeJobDesk.PutMap(map()));
        server = HttpServer.start(
                        kit.system(),
                        desk,
                        HttpSettings.from(kit.system().settings().config()))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            browser.close();
            server.stop().toCompletableFuture().join();
            kit.shutdownTestKit();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "list, wide, light", "list, wide, dark", "list, phone, light", "list, phone, dark",
        "scroll, wide, light", "scroll, wide, dark", "scroll, phone, light", "scroll, phone, dark",
        "clouds, wide, dark", "clouds, phone, light"
    })
    void nothingSticksOut(String page, String screen, String scheme) throws IOException {
        boolean isPhone = screen.equals("phone");
        browser.window(isPhone ? 390 : 1280, isPhone ? 844 : 760, 1, isPhone);
        browser.prefer(scheme);
        browser.open(page.equals("list") ? server.address() : server.page(new JobId(page)));
        browser.await(
                page.equals("list")
                        ? "document.querySelectorAll('.job').length === 3"
                        : "document.getElementById('patches')?.textContent !== ''"
                                + " && document.getElementById('workers').textContent === '2'");
        if (page.equals("scroll")) {
            browser.await("!document.getElementById('lens').hidden");
            browser.press("m");
        }
        browser.await("document.documentElement.scrollWidth <= innerWidth");
        browser.screenshot(Path.of("target", "viewer", page + "-" + screen + "-" + scheme + ".png"));
        assertThat(browser.complaints()).isEmpty();
    }

    /** A sky that darkens to the right, of which the left half is there. */
    private static void paint(Path pictures) throws IOException {
        var whole = new BufferedImage(2048, 512, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 512; y++) {
            for (int x = 0; x < 2048; x++) {
                int light = 200 - x / 14 + (int) (24 * Math.sin(x / 37.0 + 3 * Math.sin(y / 51.0)));
                whole.setRGB(
                        x, y, Math.max(0, light - 60) << 16 | Math.max(0, light - 20) << 8 | Math.min(255, light + 50));
            }
        }
        var picture = new FakePicture(pictures, whole, 256);
        for (int level = 9; level <= picture.top(); level++) {
            for (int row = 0; row < picture.rows(level); row++) {
                for (int column = 0; column < picture.columns(level) / 2; column++) {
                    picture.store(level, column, row);
                }
            }
        }
        assertThat(ImageIO.read(pictures.resolve("picture_files/11/0_0.png").toFile()))
                .isNotNull();
    }

    private static Jobs.JobMap map() {
        byte[] cells = new byte[5 * 32 * 8];
        byte[] tiles = new byte[5 * 8 * 2];
        for (int index = 0; index < 256; index++) {
            int column = index % 32;
            cells[5 * index] = (byte) (column < 18 ? 3 : column < 20 ? 2 : column < 22 ? 1 : 0);
        }
        cells[5 * (3 * 32 + 15)] = 4;
        for (int index = 0; index < 16; index++) {
            tiles[4 * index] = (byte) (index % 8 < 4 ? 3 : 0);
        }
        return new Jobs.JobMap(
                new JobId("scroll"),
                List.of(
                        new Jobs.StageCells("sample", 32, 8, 64, cells),
                        new Jobs.StageCells("decode", 8, 2, 256, tiles)),
                List.of("4711-1a2b3c4d"),
                List.of(),
                List.of(),
                List.of());
    }
}
