package handscroll.coordinator.output;

import akka.Done;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import handscroll.protocol.tile.TileCodec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Grows a Deep Zoom pyramid on the disk, as files or as an archive, from tiles that come in any order, some of them twice, with
 * processes dying in between: the files that come out are always the same.
 *
 * <pre>
 *   store ─▶ half-size pixels ─▶ tile ─▶ acknowledged ─▶ last of its siblings? ─▶ parent: the same, one level down
 *            (durable)          (durable)                                          then its children's halves go
 * </pre>
 *
 * A tile counts only when its half-size pixels, or its parent, are durable too. So whatever is
 * acknowledged can be built upon after a restart without decoding it. And half-size pixels vouch for their tile with its checksum:
 * so both may become durable in any order, with one wait of the disk for all that came meanwhile.
 *
 * <p>Safe for many threads; never blocks its callers. Works on the executor it is given.
 */
public final class DeepZoomOutput implements TileOutput {

    static final String WORK = "work";
    private static final String HALVES = "halves";

    private final Pyramid pyramid;
    private final TileCodec codec;
    private final Path directory;
    private final Disk disk;
    private final PictureOwner owner;
    private final TileContainer container;
    private final HalfStore halves;
    private final List<FileChannel> written;
    private final PendingTiles<TileId> pending;
    private final TileListener listener;
    private final CompletableFuture<Done> finished = new CompletableFuture<>();

    /** Guards the progress; held for bookkeeping only, never for the disk. */
    private final Object lock = new Object();

    private final PyramidProgress progress;

    DeepZoomOutput(
            Path directory,
            Disk disk,
            Pyramid pyramid,
            JobSpec.Output format,
            OutputSettings settings,
            Executor executor,
            TileListener listener)
            throws IOException {
        this.pyramid = pyramid;
        this.codec = new TileCodec(format.tiles(), format.quality());
        this.directory = directory;
        this.disk = disk;
        Files.createDirectories(directory.resolve(WORK));
        this.owner = PictureOwner.claim(directory.resolve(WORK));
        String extension = format.tiles().extension();
        this.container = settings.container(directory, format, pyramid) == JobSpec.Container.ZIP
                ? new TileArchive(disk, directory, pyramid, extension)
                : new TileFiles(disk, directory, pyramid, extension);
        container.prepare();
        this.halves = new HalfStore(
                new HalfFile(disk, directory.resolve(WORK).resolve(HALVES), pyramid), settings.halvesInMemoryBytes());
        this.written = Stream.concat(container.files().stream(), Stream.of(halves.channel()))
                .toList();
        this.pending =
                new PendingTiles<>(directory, settings.maxPendingTiles(), executor, this::isDurable, this::letGo);
        this.listener = listener;
        this.progress = new PyramidProgress(pyramid);
        takeUp();
    }

    /**
     * Begins a pyramid, or goes on with one that was left unfinished: parents that are due are made at
     * once.
     *
     * @param directory made if it is not there; {@code format.directory()} is not looked at
     * @param executor for encoding and the disk: {@link OutputSettings#DISPATCHER}
     * @return fails with a sentence when the directory cannot be used
     */
    public static CompletionStage<DeepZoomOutput> open(
            Path directory,
            Pyramid pyramid,
            JobSpec.Output format,
            OutputSettings settings,
            Executor executor,
            TileListener listener) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        Files.createDirectories(directory);
                        DeepZoomOutput output = opened(directory, pyramid, format, settings, executor, listener);
                        output.resume();
                        return output;
                    } catch (IOException e) {
                        throw new CompletionException(PendingTiles.failure(directory, "the picture", e));
                    }
                },
                executor);
    }

    private static DeepZoomOutput opened(
            Path directory,
            Pyramid pyramid,
            JobSpec.Output format,
            OutputSettings settings,
            Executor executor,
            TileListener listener)
            throws IOException {
        Disk disk = Disk.of(directory, settings);
        try {
            return new DeepZoomOutput(directory, disk, pyramid, format, settings, executor, listener);
        } catch (IOException | RuntimeException failure) {
            disk.close();
            throw failure;
        }
    }

    /**
     * Completes when the tile will be there after any crash; at once, and without writing, if it is
     * there already. Fails when it could not be written, does not fit the pyramid, or when
     * {@code max-pending-tiles} wait already; it may be offered again.
     */
    @Override
    public CompletionStage<Done> store(RenderedTile tile) {
        TileId id = new TileId(
                pyramid.topLevel(), tile.patch().column(), tile.patch().row());
        Optional<String> misfit = misfit(id, tile.half());
        if (misfit.isPresent()) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(misfit.get()));
        }
        return pending.store(id, "tile " + id, () -> write(id, tile.encoded(), tile.half()));
    }

    private boolean isDurable(TileId tile) {
        synchronized (lock) {
            return progress.isDurable(tile);
        }
    }

    /** The tiles of full resolution that need not come again, numbered as the grid of the top level numbers them. */
    @Override
    public BitSet storedTiles() {
        synchronized (lock) {
            return progress.topTiles();
        }
    }

    /**
     * Completes when every tile of every level is durable; fails when a lower level
     * could not be made, and then the output has to be closed and opened again.
     */
    @Override
    public CompletionStage<Done> whenFinished() {
        return finished.minimalCompletionStage();
    }

    /** Takes no more tiles; completes when no thread works for it any longer. */
    @Override
    public CompletionStage<Done> close() {
        return pending.close();
    }

    /** What is on the disk becomes what is known, by the rule that a tile alone does not count. */
    private void takeUp() throws IOException {
        Map<TileId, Integer> halvesThere = halves.stored();
        // From the smallest level up: a tile without its halves counts only if its parent counts.
        for (int level = 0; level < pyramid.levelCount(); level++) {
            Grid grid = pyramid.grid(level);
            BitSet stored = container.stored(level);
            for (int cell = stored.nextSetBit(0); cell >= 0; cell = stored.nextSetBit(cell + 1)) {
                TileId tile = new TileId(level, grid.columnOf(cell), grid.rowOf(cell));
                if (isSafe(tile, halvesThere)) {
                    progress.becameDurable(tile);
                }
            }
        }
        for (TileId half : halvesThere.keySet()) {
            if (progress.isDurable(half.parent())) {
                halves.remove(half);
            }
        }
    }

    /** A parent was begun only when its children were durable. */
    private boolean isSafe(TileId tile, Map<TileId, Integer> halvesThere) throws IOException {
        if (!pyramid.hasParent(tile) || progress.isDurable(tile.parent())) {
            return true;
        }
        Integer checksum = halvesThere.get(tile);
        return checksum != null && container.holds(tile, checksum);
    }

    /** Once, before anything is stored: makes what was due when the process ended. */
    void resume() {
        List<TileId> due;
        boolean complete;
        synchronized (lock) {
            due = progress.due();
            complete = progress.isFinished();
        }
        due.forEach(this::makeLater);
        if (complete) {
            finish();
        }
    }

    private void finish() {
        pending.run("the picture", this::finishNow, finished);
    }

    private void finishNow() throws IOException {
        owner.check();
        container.finish();
        halves.close();
        disk.delete(owner.file());
        disk.delete(directory.resolve(WORK).resolve(HALVES));
        disk.delete(directory.resolve(WORK));
    }

    private void write(TileId tile, byte[] encoded, PixelBlock half) throws IOException {
        owner.check();
        boolean needed;
        synchronized (lock) {
            needed = pyramid.hasParent(tile) && !progress.isDurable(tile.parent());
        }
        if (needed) {
            halves.add(tile, ZipRecords.checksum(encoded), half);
        }
        container.write(tile, encoded, needed);
        disk.settle(written);
        Optional<TileId> due;
        boolean complete;
        synchronized (lock) {
            due = progress.becameDurable(tile);
            complete = progress.isFinished();
        }
        listener.onTile(tile.level(), tile.column(), tile.row());
        due.ifPresent(this::makeLater);
        if (complete) {
            finish();
        }
    }

    private void makeLater(TileId parent) {
        CompletableFuture<Done> made = new CompletableFuture<>();
        made.whenComplete((done, failure) -> {
            if (failure != null) {
                finished.completeExceptionally(failure);
            }
        });
        pending.run("tile " + parent, () -> make(parent), made);
    }

    private void make(TileId parent) throws IOException {
        int width = pyramid.tileWidth(parent);
        int height = pyramid.tileHeight(parent);
        byte[] rgb = new byte[3 * width * height];
        List<TileId> children = pyramid.children(parent);
        for (TileId child : children) {
            PixelBlock half = halves.get(child)
                    .orElseThrow(() ->
                            new IOException("the half-size pixels of tile " + child + " are gone; resume the job"));
            int x = (child.column() - 2 * parent.column()) * pyramid.tilePixels() / 2;
            int y = (child.row() - 2 * parent.row()) * pyramid.tilePixels() / 2;
            place(half, rgb, width, x, y);
        }
        PixelBlock pixels = new PixelBlock(width, height, rgb);
        write(parent, codec.encode(pixels), TileCodec.half(pixels));
        for (TileId child : children) {
            halves.remove(child);
        }
    }

    private static void place(PixelBlock part, byte[] whole, int wholeWidth, int x, int y) {
        int rowBytes = 3 * part.widthPixels();
        for (int row = 0; row < part.heightPixels(); row++) {
            System.arraycopy(part.rgb(), row * rowBytes, whole, 3 * ((y + row) * wholeWidth + x), rowBytes);
        }
    }

    private Optional<String> misfit(TileId id, PixelBlock half) {
        if (!pyramid.contains(id)) {
            return Optional.of("tile " + id + " lies outside the canvas of " + pyramid.widthPixels() + " x "
                    + pyramid.heightPixels() + " pixels");
        }
        int width = pyramid.halfWidth(id);
        int height = pyramid.halfHeight(id);
        return half.widthPixels() == width && half.heightPixels() == height
                ? Optional.empty()
                : Optional.of("tile " + id + " came with " + half.widthPixels() + " x " + half.heightPixels()
                        + " pixels at half size, expected " + width + " x " + height);
    }

    private void letGo() throws IOException {
        try (disk;
                container) {
            halves.close();
        }
    }
}
