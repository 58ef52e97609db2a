package handscroll.coordinator.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeepZoomOutputTest {

    private static final Pyramid ODD = new Pyramid(45, 27, 8);
    private static final Pyramid SMALL = new Pyramid(27, 19, 8);

    @TempDir
    Path directory;

    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @EnumSource(TileEncoding.class)
    void makesEveryTileOfEveryLevel(TileEncoding encoding) throws Exception {
        DeepZoomOutput output = open(directory, ODD, encoding);
        for (RenderedTile tile : Paintings.tiles(ODD, encoding)) {
            done(output.store(tile));
        }
        done(output.whenFinished());

        for (int level = 0; level < ODD.levelCount(); level++) {
            for (int row = 0; row < ODD.grid(level).rows(); row++) {
                for (int column = 0; column < ODD.grid(level).columns(); column++) {
                    TileId id = new TileId(level, column, row);
                    Path file = directory.resolve(
                            "picture_files/" + level + "/" + column + "_" + row + "." + encoding.extension());
                    var image = ImageIO.read(file.toFile());
                    assertThat(image.getWidth()).as("%s", id).isEqualTo(ODD.tileWidth(id));
                    assertThat(image.getHeight()).as("%s", id).isEqualTo(ODD.tileHeight(id));
                }
            }
        }
        assertThat(Paintings.tree(directory)).hasSize((int) ODD.tileCount() + 1);
        assertThat(heard).hasSize((int) ODD.tileCount()).doesNotHaveDuplicates().endsWith("0/0_0");
        assertThat(Files.readString(directory.resolve("picture.dzi")))
                .contains("Format=\"" + encoding.extension() + "\" Overlap=\"0\" TileSize=\"8\"")
                .contains("Width=\"45\" Height=\"27\"");
    }

    @Test
    void belongsToWhoeverOpenedItLast() throws Exception {
        List<RenderedTile> tiles = Paintings.tiles(SMALL, TileEncoding.PNG);
        DeepZoomOutput stopped = open(directory, SMALL, TileEncoding.PNG);
        done(stopped.store(tiles.get(0)));
        DeepZoomOutput successor = open(directory, SMALL, TileEncoding.PNG);

        assertThatThrownBy(() -> done(stopped.store(tiles.get(1))))
                .hasMessageContaining("another coordinator or another render goes on with this picture");
        storeAll(successor, tiles);
        done(successor.whenFinished());
    }

    @Test
    void averagesTwoByTwoPixelsForEachLowerLevel() throws Exception {
        DeepZoomOutput output = open(directory, ODD, TileEncoding.PNG);
        storeAll(output, Paintings.tiles(ODD, TileEncoding.PNG));
        done(output.whenFinished());

        var lower = ImageIO.read(directory.resolve("picture_files/5/1_1.png").toFile());
        int x = 16 + 2 * 3;
        int y = 16 + 2 * 2;
        int sum = 0;
        for (int[] pixel : List.of(
                Paintings.pixel(x, y),
                Paintings.pixel(x + 1, y),
                Paintings.pixel(x, y + 1),
                Paintings.pixel(x + 1, y + 1))) {
            sum += pixel[0];
        }
        assertThat(lower.getRGB(3, 2) >> 16 & 0xFF).isEqualTo((sum + 2) / 4);
    }

    @Test
    void comesOutTheSameInAnyOrderAndFromManyThreads() throws Exception {
        Map<String, Integer> expected = undisturbed(TileEncoding.JPEG);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 5; round++) {
                Path here = directory.resolve("round" + round);
                List<RenderedTile> tiles = new ArrayList<>(Paintings.tiles(ODD, TileEncoding.JPEG));
                tiles.addAll(tiles);
                Collections.shuffle(tiles, random);
                DeepZoomOutput output = DeepZoomOutput.open(
                                here,
                                ODD,
                                Paintings.format(TileEncoding.JPEG),
                                Paintings.SETTINGS,
                                threads,
                                (level, column, row) -> {})
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
                storeAll(output, tiles);
                done(output.whenFinished());
                done(output.close());
                assertThat(Paintings.tree(here)).as("seed %d", seed).isEqualTo(expected);
            }
        } finally {
            threads.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void comesOutTheSameWhereverItsProcessDied(Container container) throws Exception {
        diesAtEveryStep(container, true, "", disk -> {});
    }

    @ParameterizedTest(name = "{0}, flushed together: {1}")
    @CsvSource({"FILES, false", "FILES, true", "ZIP, false", "ZIP, true"})
    void comesOutTheSameWhereverThePowerFailed(Container container, boolean flushesTogether) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        diesAtEveryStep(
                container, flushesTogether, "power fails with the seed " + seed + ", ", disk -> disk.losePower(random));
    }

    private interface AfterDeath {
        void happensTo(DyingDisk disk) throws IOException;
    }

    private void diesAtEveryStep(Container container, boolean flushesTogether, String how, AfterDeath after)
            throws Exception {
        TileEncoding encoding = TileEncoding.JPEG;
        Map<String, Integer> expected = undisturbed(SMALL, encoding);
        List<RenderedTile> tiles = Paintings.tiles(SMALL, encoding);
        int deaths = 0;
        for (boolean died = true; died; deaths++) {
            Path here = Files.createTempDirectory(directory, "death" + deaths);
            DyingDisk disk = new DyingDisk(deaths, flushesTogether);
            List<RenderedTile> acknowledged = storeUntilDeath(here, disk, container, tiles);
            died = disk.dead;
            if (died) {
                after.happensTo(disk);
            }

            DeepZoomOutput again =
                    output(here, SMALL, new DyingDisk(Integer.MAX_VALUE, flushesTogether), encoding, container);
            again.resume();
            for (RenderedTile tile : acknowledged) {
                int index = SMALL.grid(SMALL.topLevel()).index(tile.patch().cell());
                assertThat(again.storedTiles().get(index))
                        .as("%stile %s was acknowledged before step %d", how, tile.patch(), deaths)
                        .isTrue();
            }
            for (RenderedTile tile : tiles) {
                if (!again.storedTiles()
                        .get(SMALL.grid(SMALL.topLevel()).index(tile.patch().cell()))) {
                    done(again.store(tile));
                }
            }
            done(again.whenFinished());
            done(again.close());
            assertThat(Paintings.tree(here))
                    .as("%sdied at step %d", how, deaths)
                    .isEqualTo(expected);
            assertThat(here.resolve("work")).doesNotExist();
        }
        assertThat(deaths).isGreaterThan(60);
    }

    @Test
    void anArchiveIsReadWhileItGrows() throws Exception {
        DeepZoomOutput output = output(directory, ODD, new Disk(), TileEncoding.PNG, Container.ZIP);
        RenderedTile first = Paintings.tiles(ODD, TileEncoding.PNG).get(0);
        done(output.store(first));
        TileId id = new TileId(6, 0, 0);
        assertThat(StoredPicture.tile(directory, id, "png")).hasValue(first.encoded());
        assertThat(StoredPicture.tile(directory, new TileId(6, 1, 0), "png")).isEmpty();
        assertThat(StoredPicture.tile(directory, new TileId(60, 1, 0), "png")).isEmpty();
        done(output.close());
    }

    @Test
    void anArchiveWhoseIndexIsLostIsReadAgainFromItsEntries() throws Exception {
        Map<String, Integer> expected = undisturbed(TileEncoding.PNG);
        Path here = directory.resolve("archive");
        DeepZoomOutput output = output(here, ODD, new Disk(), TileEncoding.PNG, Container.ZIP);
        storeAll(output, Paintings.tiles(ODD, TileEncoding.PNG));
        done(output.whenFinished());
        done(output.close());
        Files.delete(here.resolve("picture.index"));

        DeepZoomOutput again = output(here, ODD, new Disk(), TileEncoding.PNG, Container.ZIP);
        again.resume();
        done(again.whenFinished());
        assertThat(Paintings.tree(here)).isEqualTo(expected);
        assertThat(StoredPicture.tile(here, new TileId(6, 2, 1), "png")).isPresent();
    }

    @Test
    void manyTilesGoIntoAnArchiveUnlessTheJobSaysOtherwise() {
        Pyramid large = new Pyramid(8 * 100, 8 * 100, 8);
        var unsaid = JobSpec.Output.to("out", TileEncoding.JPEG, 90);
        assertThat(Paintings.SETTINGS.container(directory, unsaid, large)).isEqualTo(Container.ZIP);
        assertThat(Paintings.SETTINGS.container(directory, unsaid, SMALL)).isEqualTo(Container.FILES);
        assertThat(Paintings.SETTINGS.container(directory, Paintings.format(TileEncoding.JPEG), large))
                .isEqualTo(Container.FILES);
    }

    @Test
    void doesNotWriteAStoredTileAgain() throws Exception {
        List<RenderedTile> tiles = Paintings.tiles(ODD, TileEncoding.PNG);
        DeepZoomOutput output = open(directory, ODD, TileEncoding.PNG);
        done(output.store(tiles.get(0)));
        Path file = directory.resolve("picture_files/6/0_0.png");
        byte[] before = Files.readAllBytes(file);
        Files.delete(file);

        done(output.store(tiles.get(0)));
        assertThat(file).doesNotExist();

        // The same on the next start, when what counts is what lies on the disk.
        Files.write(file, before);
        DeepZoomOutput again = open(directory, ODD, TileEncoding.PNG);
        Files.delete(file);
        done(again.store(tiles.get(0)));
        assertThat(file).doesNotExist();
    }

    @Test
    void wantsATileAgainThatSomebodyDeletedFromAFinishedPicture() throws Exception {
        Map<String, Integer> expected = undisturbed(TileEncoding.PNG);
        Path finished = directory.resolve("undisturbed-PNG");
        Files.delete(finished.resolve("picture_files/6/2_1.png"));
        Files.delete(finished.resolve("picture_files/4/0_0.png"));

        DeepZoomOutput output = open(finished, ODD, TileEncoding.PNG);
        assertThat(output.storedTiles().cardinality()).isEqualTo(ODD.grid(6).cellCount() - 16);
        storeAll(output, Paintings.tiles(ODD, TileEncoding.PNG));
        done(output.whenFinished());
        assertThat(Paintings.tree(finished)).isEqualTo(expected);
    }

    @Test
    void isFinishedWithTheOnlyTileOfATinyCanvas() throws Exception {
        for (Pyramid tiny : List.of(new Pyramid(1, 1, 256), new Pyramid(200, 3, 256), new Pyramid(256, 256, 256))) {
            Path here = directory.resolve(tiny.widthPixels() + "");
            DeepZoomOutput output = open(here, tiny, TileEncoding.JPEG);
            done(output.store(Paintings.tiles(tiny, TileEncoding.JPEG).get(0)));
            done(output.whenFinished());
            assertThat(Paintings.tree(here)).hasSize(tiny.levelCount() + 1);
        }
    }

    @Test
    void isFinishedAtOnceWhenItWasFinishedBefore() throws Exception {
        undisturbed(TileEncoding.JPEG);
        DeepZoomOutput again = open(directory.resolve("undisturbed-JPEG"), ODD, TileEncoding.JPEG);
        done(again.whenFinished());
        assertThat(again.storedTiles().cardinality()).isEqualTo(ODD.grid(6).cellCount());
        assertThat(directory.resolve("undisturbed-JPEG/work")).doesNotExist();
    }

    @Test
    void readsHalvesFromTheDiskThatFoundNoRoomInMemory() throws Exception {
        OutputSettings cramped = Paintings.settings(256, 100);
        Path here = directory.resolve("cramped");
        DeepZoomOutput output = new DeepZoomOutput(
                here,
                new Disk(),
                ODD,
                Paintings.format(TileEncoding.PNG),
                cramped,
                Runnable::run,
                (level, column, row) -> {});
        storeAll(output, Paintings.tiles(ODD, TileEncoding.PNG));
        done(output.whenFinished());
        assertThat(Paintings.tree(here)).isEqualTo(undisturbed(TileEncoding.PNG));
    }

    @Test
    void refusesATileThatDoesNotFit() {
        DeepZoomOutput output = open(directory, ODD, TileEncoding.PNG);
        PixelBlock half = new PixelBlock(4, 4, new byte[48]);
        assertThatThrownBy(() -> done(output.store(tile(6, 0, half))))
                .hasMessageContaining("6/6_0 lies outside the canvas");
        assertThatThrownBy(() -> done(output.store(tile(5, 0, half))))
                .hasMessageContaining("came with 4 x 4 pixels at half size, expected 3 x 4");
    }

    @Test
    void refusesMoreTilesThanMayWait() throws Exception {
        List<Runnable> waiting = new ArrayList<>();
        DeepZoomOutput output = new DeepZoomOutput(
                directory,
                new Disk(),
                ODD,
                Paintings.format(TileEncoding.PNG),
                Paintings.settings(2, 1000),
                waiting::add,
                (level, column, row) -> {});
        List<RenderedTile> tiles = Paintings.tiles(ODD, TileEncoding.PNG);
        CompletionStage<?> first = output.store(tiles.get(0));
        output.store(tiles.get(1));
        assertThat(output.store(tiles.get(0))).as("the same tile waits once").isSameAs(first);
        assertThatThrownBy(() -> done(output.store(tiles.get(2)))).hasMessageContaining("max-pending-tiles");

        CompletionStage<?> closed = output.close();
        assertThat(closed.toCompletableFuture()).isNotDone();
        waiting.forEach(Runnable::run);
        done(first);
        done(closed);
        assertThatThrownBy(() -> done(output.store(tiles.get(2)))).hasMessageContaining("closed");
    }

    @Test
    void saysWhereAndHowMuchIsFreeWhenATileCannotBeWritten() throws Exception {
        DyingDisk disk = new DyingDisk(Integer.MAX_VALUE, false);
        DeepZoomOutput output = output(directory, ODD, disk, TileEncoding.PNG, Container.FILES);
        disk.dead = true;
        assertThatThrownBy(() ->
                        done(output.store(Paintings.tiles(ODD, TileEncoding.PNG).get(0))))
                .hasMessageContaining("tile 6/0_0 cannot be stored in " + directory + ": No space left on device; ")
                .hasMessageContaining("bytes are free there");
        disk.dead = false;
        done(output.store(Paintings.tiles(ODD, TileEncoding.PNG).get(0)));
    }

    private Map<String, Integer> undisturbed(TileEncoding encoding) throws Exception {
        return undisturbed(ODD, encoding);
    }

    private Map<String, Integer> undisturbed(Pyramid pyramid, TileEncoding encoding) throws Exception {
        Path here = directory.resolve("undisturbed-" + encoding);
        DeepZoomOutput output = open(here, pyramid, encoding);
        storeAll(output, Paintings.tiles(pyramid, encoding));
        done(output.whenFinished());
        return Paintings.tree(here);
    }

    private static List<RenderedTile> storeUntilDeath(
            Path here, DyingDisk disk, Container container, List<RenderedTile> tiles) {
        List<RenderedTile> acknowledged = new ArrayList<>();
        try {
            DeepZoomOutput output = output(here, SMALL, disk, TileEncoding.JPEG, container);
            for (RenderedTile tile : tiles) {
                if (!output.store(tile).toCompletableFuture().isCompletedExceptionally()) {
                    acknowledged.add(tile);
                }
            }
        } catch (IOException e) {
            assertThat(disk.dead).isTrue();
        }
        return acknowledged;
    }

    private static DeepZoomOutput output(
            Path here, Pyramid pyramid, Disk disk, TileEncoding encoding, Container container) throws IOException {
        return new DeepZoomOutput(
                here,
                disk,
                pyramid,
                Paintings.format(encoding, container),
                Paintings.SETTINGS,
                Runnable::run,
                (level, column, row) -> {});
    }

    private DeepZoomOutput open(Path here, Pyramid pyramid, TileEncoding encoding) {
        return DeepZoomOutput.open(
                        here,
                        pyramid,
                        Paintings.format(encoding),
                        Paintings.SETTINGS,
                        Runnable::run,
                        (level, column, row) -> heard.add(level + "/" + column + "_" + row))
                .toCompletableFuture()
                .join();
    }

    private static void storeAll(DeepZoomOutput output, List<RenderedTile> tiles) throws Exception {
        for (CompletionStage<?> stored : tiles.stream().map(output::store).toList()) {
            done(stored);
        }
    }

    private static RenderedTile tile(int column, int row, PixelBlock half) {
        return new RenderedTile(
                Paintings.tiles(ODD, TileEncoding.PNG).get(0).job(),
                new PatchId(1, column, row, 0),
                1,
                new byte[1],
                half);
    }

    private static void done(CompletionStage<?> stage) throws Exception {
        stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
