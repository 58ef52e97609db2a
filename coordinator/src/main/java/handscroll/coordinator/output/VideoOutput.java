package handscroll.coordinator.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import akka.Done;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.RenderedTile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Grows a video on the disk from tiles that come in any order, with processes dying in between. Each tile is a file;
 * once all frames of the next segment are there, it is encoded and enters the playlist. Frames are looked at in their
 * order, one segment at a time.
 *
 * <pre>
 *   store ─▶ tile ─▶ acknowledged ─▶ all of the next segment? ─▶ segment ─▶ playlist ─▶ last one? ─▶ video.mp4
 *           (durable)                                           (durable)  (durable)
 * </pre>
 *
 * A coordinator that has a successor and does not know it yet writes the same bytes under the same names, which does
 * no harm.
 */
public final class VideoOutput implements TileOutput {

    private final Canvas canvas;
    private final Grid grid;
    private final int tilePixels;
    private final VideoFiles files;
    private final VideoEncoder encoder;
    private final Disk disk;
    private final Path work;
    private final PendingTiles<Integer> pending;
    private final AtomicLong number = new AtomicLong();
    private final CompletableFuture<Done> finished = new CompletableFuture<>();

    /** Guards what follows; held for bookkeeping only, never for the disk. */
    private final Object lock = new Object();

    private final BitSet durable = new BitSet();
    private int nextSegment;
    private boolean encoding;

    private VideoOutput(
            Path directory,
            Canvas canvas,
            int tilePixels,
            JobSpec.Output format,
            OutputSettings settings,
            Executor executor) {
        this.canvas = canvas;
        this.grid = canvas.cutInto(tilePixels);
        this.tilePixels = tilePixels;
        this.files = new VideoFiles(directory, format.tiles().extension());
        this.encoder = new VideoEncoder(canvas, tilePixels, files);
        this.disk = new Disk();
        this.work = directory.resolve(DeepZoomOutput.WORK);
        this.pending = new PendingTiles<>(directory, settings.maxPendingTiles(), executor, this::isDurable, () -> {});
    }

    /**
     * Begins a video, or goes on with one that was left unfinished: segments that are due are made at once.
     *
     * @param executor for encoding and the disk: {@link OutputSettings#DISPATCHER}
     * @return fails with a sentence when the directory cannot be used
     */
    public static CompletionStage<VideoOutput> open(
            Path directory,
            Canvas canvas,
            int tilePixels,
            JobSpec.Output format,
            OutputSettings settings,
            Executor executor) {
        return CompletableFuture.supplyAsync(
                () -> {
                    var output = new VideoOutput(directory, canvas, tilePixels, format, settings, executor);
                    try {
                        output.takeUp();
                    } catch (IOException e) {
                        throw new CompletionException(PendingTiles.failure(directory, "the video", e));
                    }
                    output.goOn();
                    return output;
                },
                executor);
    }

    /** What is on the disk becomes what is known. */
    private void takeUp() throws IOException {
        Files.createDirectories(work);
        Files.createDirectories(files.directory().resolve(VideoFiles.FRAMES));
        Files.createDirectories(files.directory().resolve(VideoFiles.SEGMENTS));
        for (int frame = 0; frame < grid.frames(); frame++) {
            if (!Files.isDirectory(files.frame(frame))) {
                continue;
            }
            for (int row = 0; row < grid.rows(); row++) {
                for (int column = 0; column < grid.columns(); column++) {
                    if (Files.isRegularFile(files.tile(frame, column, row))) {
                        durable.set(grid.index(column, row, frame));
                    }
                }
            }
        }
        // A segment one of whose frames is missing was made of a tile that somebody took away: it is made anew.
        while (nextSegment < encoder.segmentCount()
                && isThere(nextSegment)
                && Files.isRegularFile(files.segment(nextSegment))) {
            nextSegment++;
        }
    }

    @Override
    public CompletionStage<Done> store(RenderedTile tile) {
        int column = tile.patch().column();
        int row = tile.patch().row();
        int frame = tile.patch().frame();
        if (!grid.contains(column, row, frame) || !fits(column, row, tile.half())) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("tile " + tile.patch()
                    + " does not fit a video of " + canvas.widthPixels() + " x " + canvas.heightPixels()
                    + " pixels and "
                    + canvas.frameCount() + " frames"));
        }
        int index = grid.index(column, row, frame);
        return pending.store(
                index, "tile " + tile.patch(), () -> write(index, files.tile(frame, column, row), tile.encoded()));
    }

    private boolean isDurable(int index) {
        synchronized (lock) {
            return durable.get(index);
        }
    }

    private boolean fits(int column, int row, PixelBlock half) {
        int width = Math.min(tilePixels, canvas.widthPixels() - column * tilePixels);
        int height = Math.min(tilePixels, canvas.heightPixels() - row * tilePixels);
        return half.widthPixels() == (width + 1) / 2 && half.heightPixels() == (height + 1) / 2;
    }

    private void write(int index, Path target, byte[] encoded) throws IOException {
        Path frame = target.resolveSibling("");
        if (!Files.isDirectory(frame)) {
            Files.createDirectories(frame);
            DurableFile.forceNames(files.directory().resolve(VideoFiles.FRAMES));
        }
        writeAtOnce(target, encoded);
        synchronized (lock) {
            durable.set(index);
        }
        goOn();
    }

    /** Makes the next segment if all of its frames are there and nobody makes it yet; after the last one, the file of all. */
    private void goOn() {
        if (pending.isClosed()) {
            return;
        }
        int segment;
        synchronized (lock) {
            boolean isLast = nextSegment == encoder.segmentCount();
            if (encoding || !isLast && !isThere(nextSegment)) {
                return;
            }
            encoding = true;
            segment = nextSegment;
        }
        CompletableFuture<Done> made = new CompletableFuture<>();
        if (segment == encoder.segmentCount()) {
            pending.run("the video", this::finish, finished);
            return;
        }
        made.whenComplete((done, failure) -> {
            if (failure != null) {
                finished.completeExceptionally(failure);
                return;
            }
            synchronized (lock) {
                nextSegment = segment + 1;
                encoding = false;
            }
            goOn();
        });
        pending.run("segment " + segment + " of the video", () -> encode(segment), made);
    }

    private boolean isThere(int segment) {
        int first = grid.index(0, 0, encoder.firstFrame(segment));
        int end = encoder.endFrame(segment) * grid.columns() * grid.rows();
        return durable.nextClearBit(first) >= end;
    }

    private void encode(int segment) throws IOException {
        Path encoded = work.resolve("segment.mp4");
        Segment made = encoder.encode(segment, encoded);
        if (!Files.isRegularFile(files.start())) {
            writeAtOnce(files.start(), made.start());
        }
        writeAtOnce(files.segment(segment), made.fragments());
        writeAtOnce(files.playlist(), encoder.playlist(segment + 1).getBytes(UTF_8));
        disk.delete(encoded);
    }

    private void finish() throws IOException {
        Path joined = work.resolve(VideoFiles.WHOLE);
        encoder.join(joined);
        writeAtOnce(files.playlist(), encoder.playlist(encoder.segmentCount()).getBytes(UTF_8));
        disk.rename(joined, files.whole());
        try (var left = Files.list(work)) {
            for (Path file : left.toList()) {
                disk.delete(file);
            }
        }
        disk.delete(work);
    }

    private void writeAtOnce(Path target, byte[] content) throws IOException {
        Path temporary = work.resolve(number.getAndIncrement() + ".part");
        disk.write(temporary, content);
        disk.rename(temporary, target);
    }

    @Override
    public BitSet storedTiles() {
        synchronized (lock) {
            return (BitSet) durable.clone();
        }
    }

    @Override
    public CompletionStage<Done> whenFinished() {
        return finished.minimalCompletionStage();
    }

    @Override
    public CompletionStage<Done> close() {
        return pending.close();
    }
}
