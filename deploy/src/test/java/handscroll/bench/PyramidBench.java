package handscroll.bench;

import com.sun.management.OperatingSystemMXBean;
import handscroll.coordinator.export.Export;
import handscroll.coordinator.export.ExportFormat;
import handscroll.coordinator.export.ExportSettings;
import handscroll.coordinator.output.DeepZoomOutput;
import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.OutputSettings;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.StoredPicture;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpec.Container;
import handscroll.protocol.job.JobSpec.TileEncoding;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import handscroll.protocol.tile.TileCodec;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;

/**
 * Times the way of tiles from pixels to a durable pyramid, as workers and the coordinator go it, and the exports from there: a
 * picture repeated to a square. One line each: name, seconds, seconds of processor time, and bytes of the last
 * export. {@code deploy/bench pyramid} runs it beside libvips.
 *
 * <pre>PyramidBench PICTURE SIDE OUT STEP…      steps: encode files zip png tiff tiff-deflate</pre>
 */
public final class PyramidBench {

    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private static final int TILE = 256;
    private static final int QUALITY = 90;
    private static final int THREADS = 2;

    /** handscroll.coordinator.output.dispatcher */
    private static final int DISK_THREADS = 32;

    /** As many tiles as the coordinator lets be stored at once. */
    private static final int STORED_AT_ONCE = 64;

    private static final OutputSettings OUTPUT = new OutputSettings(
            256,
            64 << 20,
            Long.MAX_VALUE,
            true,
            Optional.empty(),
            Map.of(TileEncoding.JPEG, 0.5, TileEncoding.PNG, 2.5, TileEncoding.WEBP, 0.4));

    private static final ExportSettings EXPORT = new ExportSettings(256 << 20, Long.MAX_VALUE, Long.MAX_VALUE);

    public static void main(String[] arguments) throws Exception {
        var bench = new PyramidBench(Path.of(arguments[0]), Path.of(arguments[2]));
        int side = Integer.parseInt(arguments[1]);
        bench.warmUp();
        for (int i = 3; i < arguments.length; i++) {
            long cpu = PROCESS.getProcessCpuTime();
            double seconds = bench.step(arguments[i], side);
            System.out.printf(
                    Locale.ROOT,
                    "%s %.3f %.3f %d%n",
                    arguments[i],
                    seconds,
                    (PROCESS.getProcessCpuTime() - cpu) / 1e9,
                    bench.bytes);
        }
        System.exit(0);
    }

    private final int width;
    private final int height;
    private final byte[] rgb;
    private final Path out;

    /** Of the last export. */
    private long bytes;

    /** How many pictures were begun, each in a directory of its own. */
    private int pictureCount;

    private PyramidBench(Path picture, Path out) throws Exception {
        BufferedImage image = ImageIO.read(picture.toFile());
        this.width = image.getWidth();
        this.height = image.getHeight();
        this.out = out;
        this.rgb = new byte[3 * width * height];
        int at = 0;
        for (int pixel : image.getRGB(0, 0, width, height, null, 0, width)) {
            rgb[at++] = (byte) (pixel >> 16);
            rgb[at++] = (byte) (pixel >> 8);
            rgb[at++] = (byte) pixel;
        }
    }

    private void warmUp() throws Exception {
        for (String step : new String[] {"encode", "files", "zip", "png", "tiff", "tiff-deflate"}) {
            step(step, 8192);
        }
    }

    private double step(String name, int side) throws Exception {
        return switch (name) {
            case "encode" -> encode(side);
            case "files" -> pyramid(Container.FILES, side);
            case "zip" -> pyramid(Container.ZIP, side);
            case "png" -> export(ExportFormat.PNG, Optional.empty(), 1, "png");
            case "tiff" -> export(ExportFormat.TIFF, Optional.empty(), 6, "tif");
            case "tiff-deflate" -> export(ExportFormat.TIFF, Optional.of(Export.Compression.DEFLATE), 1, "deflate.tif");
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Encoding alone, on one core. */
    private double encode(int side) {
        var codec = new TileCodec(TileEncoding.JPEG, QUALITY);
        PixelBlock[] tiles = new PixelBlock[64];
        for (int i = 0; i < tiles.length; i++) {
            tiles[i] = pixels(i % 8, i / 8, side);
        }
        long start = System.nanoTime();
        for (int i = 0; i < side / TILE * (side / TILE); i++) {
            codec.encode(tiles[i % tiles.length]);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private double pyramid(Container container, int side) throws Exception {
        pictureCount++;
        Files.createDirectories(directory());
        manifest(container, side).write(directory());
        ExecutorService disk = Executors.newFixedThreadPool(DISK_THREADS);
        ExecutorService workers = Executors.newFixedThreadPool(THREADS);
        Pyramid pyramid = new Pyramid(side, side, TILE);
        long start = System.nanoTime();
        DeepZoomOutput output = DeepZoomOutput.open(
                        directory(),
                        pyramid,
                        new JobSpec.Output("out", TileEncoding.JPEG, QUALITY, Optional.of(container)),
                        OUTPUT,
                        disk,
                        (level, column, row) -> {})
                .toCompletableFuture()
                .get();
        var codec = new TileCodec(TileEncoding.JPEG, QUALITY);
        var room = new Semaphore(STORED_AT_ONCE);
        var failure = new AtomicReference<Throwable>();
        Grid grid = pyramid.grid(pyramid.topLevel());
        for (int cell = 0; cell < grid.cellCount(); cell++) {
            room.acquire();
            int column = grid.columnOf(cell);
            int row = grid.rowOf(cell);
            workers.execute(() -> {
                PixelBlock pixels = pixels(column, row, side);
                var tile = new RenderedTile(
                        new JobId("bench"),
                        new PatchId(1, column, row, 0),
                        1,
                        codec.encode(pixels),
                        TileCodec.half(pixels));
                output.store(tile).whenComplete((done, failed) -> {
                    if (failed != null) {
                        failure.set(failed);
                    }
                    room.release();
                });
            });
        }
        room.acquire(STORED_AT_ONCE);
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        output.whenFinished().toCompletableFuture().get();
        double seconds = (System.nanoTime() - start) / 1e9;
        output.close().toCompletableFuture().get();
        disk.shutdown();
        workers.shutdown();
        return seconds;
    }

    private double export(ExportFormat format, Optional<Export.Compression> compression, int level, String name)
            throws Exception {
        Path target = out.resolve("picture." + name);
        long start = System.nanoTime();
        try (StoredPicture picture = StoredPicture.open(directory()).orElseThrow()) {
            var export = new Export(format, target, compression, level, Optional.empty());
            export.check(picture, EXPORT);
            export.run(picture, EXPORT, (done, all) -> {});
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        bytes = Files.size(target);
        return seconds;
    }

    private Path directory() {
        return out.resolve("handscroll-" + pictureCount);
    }

    private PixelBlock pixels(int column, int row, int side) {
        int tileWidth = Math.min(TILE, side - column * TILE);
        int tileHeight = Math.min(TILE, side - row * TILE);
        byte[] tile = new byte[3 * tileWidth * tileHeight];
        int left = column * TILE % width;
        int first = Math.min(tileWidth, width - left);
        for (int y = 0; y < tileHeight; y++) {
            int from = (row * TILE + y) % height * width;
            System.arraycopy(rgb, 3 * (from + left), tile, 3 * tileWidth * y, 3 * first);
            System.arraycopy(rgb, 3 * from, tile, 3 * (tileWidth * y + first), 3 * (tileWidth - first));
        }
        return new PixelBlock(tileWidth, tileHeight, tile);
    }

    private static Manifest manifest(Container container, int side) {
        return new Manifest(
                "bench",
                new JobId("bench"),
                "{\"task\":\"unconditional\"}",
                7,
                "bench",
                new Manifest.Model("none", "none", "none", 64),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new Manifest.Tiles(TileEncoding.JPEG, QUALITY, "bench", TILE, side, side, Optional.of(container)),
                Instant.EPOCH,
                Optional.empty(),
                Map.of());
    }
}
