package handscroll.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.job.Jobs.State;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.job.JobId;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a real browser, over a real server; screenshots lie in target/viewer. */
class ViewerPageTest {

    private static final Path SHOTS = Path.of("target", "viewer");
    private static final Canvas CANVAS = new Canvas(2048, 512, 1);
    private static final JobId JOB = new JobId("scroll");
    private static final Color LEFT = new Color(30, 60, 140);
    private static final Color RIGHT = new Color(220, 170, 40);

    private static ActorTestKit kit;
    private static Browser browser;

    @TempDir
    Path directory;

    private ActorRef<Jobs.Command> desk;
    private HttpServer server;
    private FakePicture picture;

    @BeforeAll
    static void startBrowser() throws IOException {
        browser = Browser.start();
        kit = ActorTestKit.create(ConfigFactory.parseString("handscroll.coordinator.http.port = 0")
                .withFallback(ConfigFactory.load()));
    }

    @AfterAll
    static void stopBrowser() throws Exception {
        if (browser != null) {
            browser.close();
            kit.shutdownTestKit();
        }
    }

    @BeforeEach
    void startServer() throws Exception {
        desk = kit.spawn(FakeJobDesk.create());
        server = HttpServer.start(
                        kit.system(),
                        desk,
                        HttpSettings.from(kit.system().settings().config()))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        picture = new FakePicture(directory, twoHalves(), 256);
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.rendering("scroll", CANVAS, directory, 256)));
        browser.window(1280, 720, 1, false);
        browser.prefer("light");
    }

    @AfterEach
    void stopServer() {
        browser.open(java.net.URI.create("about:blank"));
        server.stop().toCompletableFuture().join();
    }

    @Test
    void aTileBornWhileThePageIsOpenBecomesVisibleWithoutReloading() throws Exception {
        picture.store(picture.top(), 0, 0);
        openJob();
        browser.await("document.getElementById('waiting').hidden");
        browser.evaluate("window.sameDocument = true");
        browser.await("document.querySelector('.sheet').getBoundingClientRect().width > 0");
        Pixel first = pixelOf(128, 128);
        Pixel second = pixelOf(1920, 384);
        browserShows(first, LEFT, "one-tile");
        assertThat(colourAt(second, "one-tile")).isNotEqualTo(RIGHT);

        picture.store(picture.top(), 7, 1);
        desk.tell(new FakeJobDesk.Say(new Jobs.TileStored(JOB, 1, picture.top(), 7, 1)));

        browserShows(second, RIGHT, "two-tiles");
        assertThat(browser.evaluate("window.sameDocument").asBoolean()).isTrue();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void onlyTilesThatAreThereAreAskedFor() throws Exception {
        byte[] cells = new byte[5 * 8 * 2];
        cells[5 * (8 + 7)] = 3; // rendered
        desk.tell(new FakeJobDesk.PutMap(map(new Jobs.StageCells("decode", 8, 2, 256, cells))));
        picture.store(picture.top(), 7, 1);
        openJob();
        browser.await("document.querySelector('.sheet').getBoundingClientRect().width > 0");
        browserShows(pixelOf(1920, 384), RIGHT, "known");
        picture.store(picture.top(), 0, 0);
        desk.tell(new FakeJobDesk.Say(new Jobs.TileStored(JOB, 1, picture.top(), 0, 0)));
        browserShows(pixelOf(128, 128), LEFT, "known-and-born");
        assertThat(browser.evaluate("performance.getEntriesByType('resource')"
                                + ".filter((asked) => asked.name.includes('picture_files')).length")
                        .asInt())
                .as("tiles asked for")
                .isEqualTo(2);
    }

    @Test
    void aFarViewOfAGrowingPictureShowsTheFinestTilesAlready() throws Exception {
        browser.window(640, 480, 1, false);
        openJob();
        picture.store(picture.top(), 6, 0);
        desk.tell(new FakeJobDesk.Say(new Jobs.TileStored(JOB, 1, picture.top(), 6, 0)));
        browser.await("document.querySelector('.sheet').getBoundingClientRect().width > 0");
        assertThat(browser.evaluate("document.querySelector('.sheet').getBoundingClientRect().width")
                        .asDouble())
                .as("less than half its pixels, where the level above would do")
                .isLessThan(1024);
        browserShows(pixelOf(1664, 128), RIGHT, "far");
    }

    @Test
    void theWholePictureStaysInViewWhenTheHeaderGrows() throws Exception {
        openJob();
        browser.await("document.querySelector('.sheet').getBoundingClientRect().width > 0");
        browser.window(700, 300, 1, false);
        browser.await("(() => { const sheet = document.querySelector('.sheet').getBoundingClientRect();"
                + " const stage = document.getElementById('stage').getBoundingClientRect();"
                + " return stage.width === 700 && sheet.left >= stage.left && sheet.right <= stage.right"
                + " && sheet.top >= stage.top && sheet.bottom <= stage.bottom; })()");
    }

    @Test
    void keysMoveTheView() throws Exception {
        openJob();
        String width = "document.querySelector('.sheet').getBoundingClientRect().width";
        browser.await(width + " > 0");
        double whole = browser.evaluate(width).asDouble();
        browser.evaluate("document.getElementById('zoom-in').click()");
        browser.await(width + " > " + 1.3 * whole);
        browser.press("h");
        browser.await("Math.abs(" + width + " - " + whole + ") < 2");
        browser.press("f");
        browser.await("document.fullscreenElement?.id === 'stage'");
        browser.press("f");
        browser.await("document.fullscreenElement === null");
    }

    @Test
    void theHeaderFollowsTheNumbersAndTellsTheCauseOfAFailure() throws Exception {
        var before = FakeJobDesk.rendering("scroll", CANVAS, directory, 256);
        openJob();
        browser.await("document.getElementById('patches').textContent === '64 of 256'");
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.in(before, State.RENDERING, 200, Optional.empty())));
        browser.await("document.getElementById('patches').textContent === '200 of 256'");
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.in(
                before, State.PAUSED, 200, Optional.of("The disk is full. Free some space, then resume the job."))));
        browser.await("document.getElementById('cause').textContent.startsWith('The disk is full')");
        browser.await("document.getElementById('state').textContent === 'Paused'");
        browser.screenshot(SHOTS.resolve("paused.png"));
        browser.evaluate("document.getElementById('resume').click()");
        browser.await("document.getElementById('state').textContent === 'Rendering'");
    }

    @Test
    void whoPressesPauseTwiceDoesNotWaitForWorkers() throws Exception {
        openJob();
        browser.await("!document.getElementById('pause').hidden");
        browser.evaluate("document.getElementById('pause').click()");
        browser.await("document.getElementById('pause').textContent === 'Pause now'");
        assertThat(browser.evaluate("document.getElementById('state').textContent")
                        .asText())
                .isEqualTo("Rendering");
        browser.evaluate("document.getElementById('pause').click()");
        browser.await("document.getElementById('state').textContent === 'Paused'");
    }

    @Test
    void whoCancelsIsAskedWhetherTheTilesGo() throws Exception {
        openJob();
        browser.await("!document.getElementById('cancel').hidden");
        browser.evaluate("document.getElementById('cancel').click()");
        browser.await("document.getElementById('ask').open");
        assertThat(browser.evaluate("document.getElementById('delete-tiles').checked")
                        .asBoolean())
                .isFalse();
        browser.evaluate("document.getElementById('delete-tiles').click()");
        browser.screenshot(SHOTS.resolve("cancel.png"));
        browser.evaluate("document.querySelector('#ask [value=cancel]').click()");
        browser.await("document.getElementById('state').textContent === 'Cancelled'");
        // The page loads itself anew.
        browser.await("document.getElementById('patches')?.textContent === '0 of 256'");
    }

    @Test
    void theListShowsAJobThatWasHandedInWhileItIsOpen() throws Exception {
        browser.open(server.address());
        browser.await("document.querySelectorAll('.job').length === 1");
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.rendering("second", CANVAS, directory, 256)));
        browser.await("document.querySelectorAll('.job').length === 2");
        browser.screenshot(SHOTS.resolve("jobs.png"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aListOfTenThousandJobsHasOnlyTheRowsThatAreInView() throws Exception {
        for (int number = 0; number < 10_000; number++) {
            String name = String.format("night-%05d", number);
            desk.tell(new FakeJobDesk.Put(FakeJobDesk.in(
                    FakeJobDesk.rendering(name, CANVAS, directory, 256), State.DONE, 256, Optional.empty())));
        }
        browser.open(server.address());
        browser.await("document.getElementById('summary').textContent.includes('finished')");
        assertThat(browser.evaluate("document.querySelectorAll('.job').length").asInt())
                .isLessThan(30);
        // Down page by page, as somebody scrolls who looks for the oldest.
        for (int page = 0; page < 5; page++) {
            browser.evaluate("window.tall = document.getElementById('jobs').offsetHeight");
            browser.evaluate("scrollTo(0, document.body.scrollHeight)");
            browser.await("document.getElementById('jobs').offsetHeight > window.tall");
        }
        assertThat(browser.evaluate("document.querySelectorAll('.job').length").asInt())
                .isLessThan(30);
        browser.evaluate("(() => { const text = document.getElementById('text'); text.value = 'night-09999';"
                + " text.dispatchEvent(new Event('input')); })()");
        browser.await("document.querySelectorAll('.job').length === 1"
                + " && document.querySelector('.job h2').textContent === 'night-09999'");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aJobThatWasDoneBeforeTheCoordinatorStartedSaysNothingThatNobodyKnows() {
        desk.tell(new FakeJobDesk.Put(
                FakeJobDesk.ofLongAgo(FakeJobDesk.rendering("scroll", CANVAS, directory, 256), "scroll-2")));
        browser.open(server.page(new JobId("scroll-2")));
        browser.await("document.getElementById('state').textContent === 'Done'");
        assertThat(browser.evaluate("document.getElementById('name').textContent")
                        .asText())
                .isEqualTo("scroll scroll-2");
        assertThat(browser.evaluate(
                                "[...document.querySelectorAll('.figures > div')].filter((it) => !it.hidden).length")
                        .asInt())
                .isZero();
        assertThat(browser.evaluate("document.getElementById('done').style.width")
                        .asText())
                .isEqualTo("100%");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void theMapIsDrawnOverThePictureAndFollowsWhatChanges() throws Exception {
        byte[] cells = new byte[5 * 32 * 8];
        desk.tell(new FakeJobDesk.PutMap(new Jobs.JobMap(
                JOB,
                List.of(new Jobs.StageCells("sample", 32, 8, 64, cells)),
                List.of("4711-1a2b3c4d"),
                List.of(),
                List.of(),
                List.of(new Jobs.Happened(JOB, 1, Instant.parse("2026-11-22T10:15:31Z"), "planned", "256 patches")))));
        openJob();
        browser.await("!document.getElementById('lens').hidden"
                + " && document.querySelector('.sheet').getBoundingClientRect().width > 0");
        browser.press("m");
        browser.await("document.querySelector('[data-kind=state]').getAttribute('aria-checked') === 'true'");
        Pixel patch = pixelOf(64 * 20 + 32, 64 * 4 + 32);
        Color before = colourAt(patch, "map");
        desk.tell(new FakeJobDesk.Say(
                new Jobs.CellsChanged(JOB, List.of(new Jobs.CellChange(0, 4 * 32 + 20, 2, 1, 1, 0, 0)), false)));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (colourAt(patch, "map").equals(before) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        Color after = colourAt(patch, "map");
        assertThat(after.getRed()).as("in work is red").isGreaterThan(2 * after.getBlue());
        browser.press("d");
        browser.await("document.getElementById('details').hidden !== (innerWidth < 1180)"
                + " || document.getElementById('events').textContent.includes('256 patches')");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aFarmThatAsksForTokensLetsAPageInThatShowsOne() throws Exception {
        server.stop().toCompletableFuture().join();
        server = HttpServer.start(
                        kit.system(),
                        desk,
                        HttpSettings.from(ConfigFactory.parseString(
                                        "handscroll.coordinator.http.tokens ="
                                                + " [ \"ann viewer 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\" ]")
                                .withFallback(kit.system().settings().config())))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        browser.open(server.page(JOB));
        browser.await("document.querySelector('dialog.sign-in')?.open");
        browser.screenshot(SHOTS.resolve("sign-in.png"));
        browser.evaluate("(() => { document.querySelector('.sign-in input').value = 'secret';"
                + " document.querySelector('.sign-in button').click(); })()");
        browser.await("document.getElementById('patches').textContent === '64 of 256'");
        assertThat(browser.evaluate("document.getElementById('pause').hidden").asBoolean())
                .as("a viewer has no verbs")
                .isTrue();
    }

    @Test
    void aPatchThatWasGivenUpHasAColourAndAWordOfItsOwn() throws Exception {
        byte[] cells = new byte[5 * 32 * 8];
        desk.tell(new FakeJobDesk.PutMap(map(new Jobs.StageCells("sample", 32, 8, 64, cells))));
        openJob();
        browser.await("!document.getElementById('lens').hidden"
                + " && document.querySelector('.sheet').getBoundingClientRect().width > 0");
        browser.press("m");
        browser.await("!document.getElementById('legend').hidden");
        String words = "document.getElementById('legend').textContent";
        assertThat(browser.evaluate(words).asText()).isEqualTo("ReadyIn workRendered");
        desk.tell(new FakeJobDesk.Say(
                new Jobs.CellsChanged(JOB, List.of(new Jobs.CellChange(0, 4 * 32 + 20, 4, 1, 3, 0, 0)), false)));
        browser.await(words + " === 'ReadyIn workRenderedGiven up'");
        Color seen = colourAt(pixelOf(64 * 20 + 32, 64 * 4 + 32), "given-up");
        assertThat(seen.getGreen()).as("violet").isLessThan(seen.getRed()).isLessThan(seen.getBlue());
        assertThat(browser.complaints()).isEmpty();
    }

    /** Fifty tiles a second, with the numbers and cells that a farm tells beside them; prints how long each took from the disk to the screen. */
    @Test
    void tilesThatArriveFiftyASecondBecomeVisibleOneAndAll() throws Exception {
        int columns = 20;
        int rows = 10;
        Canvas canvas = new Canvas(256 * columns, 256 * rows, 1);
        desk.tell(new FakeJobDesk.Put(FakeJobDesk.rendering("scroll", canvas, directory, 256)));
        desk.tell(new FakeJobDesk.PutMap(map(
                new Jobs.StageCells("sample", 4 * columns, 4 * rows, 64, new byte[5 * 16 * columns * rows]),
                new Jobs.StageCells("decode", columns, rows, 256, new byte[5 * columns * rows]))));
        picture = new FakePicture(directory, noise(canvas), 256);
        openJob();
        browser.await("document.querySelector('.sheet').getBoundingClientRect().width > 0");
        browser.evaluate("""
                (() => {
                  window.shown = {};
                  const picture = OpenSeadragon.getViewer('viewer').world.getItemAt(0);
                  const look = () => {
                    const now = Date.now();
                    for (const [column, tiles] of Object.entries(picture.tilesMatrix[%d] ?? {}))
                      for (const [row, tile] of Object.entries(tiles))
                        if (tile.loaded && tile.beingDrawn) window.shown[`${column}_${row}`] ??= now;
                    requestAnimationFrame(look);
                  };
                  requestAnimationFrame(look);
                })()""".formatted(picture.top()));
        long[] stored = new long[columns * rows];
        long begun = System.nanoTime();
        for (int tile = 0; tile < stored.length; tile++) {
            LockSupport.parkNanos(begun + tile * TimeUnit.SECONDS.toNanos(1) / 50 - System.nanoTime());
            int column = tile % columns;
            int row = tile / columns;
            picture.store(picture.top(), column, row);
            stored[tile] = System.currentTimeMillis();
            desk.tell(new FakeJobDesk.Say(new Jobs.TileStored(JOB, tile + 1, picture.top(), column, row)));
            if (tile % 25 == 24) {
                desk.tell(new FakeJobDesk.Put(FakeJobDesk.in(
                        FakeJobDesk.rendering("scroll", canvas, directory, 256),
                        State.RENDERING,
                        16 * tile,
                        Optional.empty())));
                desk.tell(new FakeJobDesk.Say(new Jobs.CellsChanged(JOB, changes(tile, columns), false)));
            }
        }
        browser.await("Object.keys(window.shown).length === " + stored.length);
        JsonNode shown = browser.evaluate("window.shown");
        long[] waits = IntStream.range(0, stored.length)
                .mapToLong(
                        tile -> shown.get(tile % columns + "_" + tile / columns).asLong() - stored[tile])
                .sorted()
                .toArray();
        System.out.printf(
                "measured: 50 tiles/s: visible after %d ms at p50, %d at p95, %d at worst%n",
                waits[waits.length / 2], waits[waits.length * 95 / 100], waits[waits.length - 1]);
        assertThat(browser.complaints()).isEmpty();
    }

    /** Of the 25 tiles up to this one, and of the patches beneath them. */
    private static List<Jobs.CellChange> changes(int tile, int columns) {
        List<Jobs.CellChange> changes = new ArrayList<>();
        for (int at = tile - 24; at <= tile; at++) {
            changes.add(new Jobs.CellChange(1, at, 3, 1, 1, 60, 0));
            for (int patch = 0; patch < 16; patch++) {
                int index = (4 * (at / columns) + patch / 4) * 4 * columns + 4 * (at % columns) + patch % 4;
                changes.add(new Jobs.CellChange(0, index, 3, 1, 1, 80, 128));
            }
        }
        return changes;
    }

    private static Jobs.JobMap map(Jobs.StageCells... stages) {
        return new Jobs.JobMap(JOB, List.of(stages), List.of("4711-1a2b3c4d"), List.of(), List.of(), List.of());
    }

    private static BufferedImage noise(Canvas canvas) {
        var whole = new BufferedImage(canvas.widthPixels(), canvas.heightPixels(), BufferedImage.TYPE_INT_RGB);
        var random = new Random(5);
        for (int y = 0; y < whole.getHeight(); y++) {
            for (int x = 0; x < whole.getWidth(); x++) {
                whole.setRGB(x, y, random.nextInt(0x40) * 0x10101 + (x / 20 << 16 & 0xff0000) + (y / 20 & 0xff));
            }
        }
        return whole;
    }

    private void openJob() throws Exception {
        browser.open(server.page(JOB));
        akka.actor.typed.javadsl.AskPattern.<Jobs.Command, JobId>ask(
                        desk,
                        replyTo -> new FakeJobDesk.WhenFollowed(JOB, replyTo),
                        java.time.Duration.ofSeconds(60),
                        kit.scheduler())
                .toCompletableFuture()
                .get();
    }

    private record Pixel(int x, int y) {}

    /** Where on the screen a pixel of the picture lies. */
    private Pixel pixelOf(int x, int y) {
        String sheet = "document.querySelector('.sheet').getBoundingClientRect()";
        double left = browser.evaluate(sheet + ".left").asDouble();
        double top = browser.evaluate(sheet + ".top").asDouble();
        double width = browser.evaluate(sheet + ".width").asDouble();
        return new Pixel((int) (left + x * width / 2048), (int) (top + y * width / 2048));
    }

    private void browserShows(Pixel pixel, Color colour, String shot) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Color seen = colourAt(pixel, shot);
        while (!seen.equals(colour) && System.nanoTime() < end) {
            seen = colourAt(pixel, shot);
        }
        assertThat(seen)
                .as("%s; the page complained %s", pixel, browser.complaints())
                .isEqualTo(colour);
    }

    private static Color colourAt(Pixel pixel, String shot) throws IOException {
        return new Color(browser.screenshot(SHOTS.resolve(shot + ".png")).getRGB(pixel.x(), pixel.y()));
    }

    private static BufferedImage twoHalves() {
        var whole = new BufferedImage(2048, 512, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = whole.createGraphics();
        graphics.setColor(LEFT);
        graphics.fillRect(0, 0, 1024, 512);
        graphics.setColor(RIGHT);
        graphics.fillRect(1024, 0, 1024, 512);
        graphics.dispose();
        return whole;
    }
}
