package handscroll.cli;

import handscroll.coordinator.export.TokenGrid;
import handscroll.coordinator.journal.LogIdentity;
import handscroll.coordinator.journal.TokenLog;
import handscroll.coordinator.output.Manifest;
import handscroll.protocol.canvas.Canvas;
import handscroll.protocol.canvas.Grid;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The token log of a picture as one grid. The log has patches in the order in which they were rendered, so they are laid out in a
 * temporary file first: memory does not grow with the picture.
 */
final class LoggedTokens implements TokenGrid, Closeable {

    private final FileChannel file;
    private final int columns;
    private final int rows;

    /** @return empty when the log is not there, or holds no patch of this picture */
    static Optional<LoggedTokens> read(Path directory, Manifest manifest) throws IOException {
        Path log = directory.resolve("tokens");
        int patchPixels = manifest.model().patchPixels();
        if (!Files.isDirectory(log) || patchPixels < 1) {
            return Optional.empty();
        }
        var identity = new LogIdentity(manifest.job(), manifest.contentHash());
        // A layout comes before the patches that are drawn over it; what is decoded is the last stage of the log.
        var stage = new AtomicInteger(-1);
        var patchTokens = new AtomicInteger();
        TokenLog.scan(log, identity, (logged, cell, tokens) -> {
            if (logged >= stage.get()) {
                stage.set(logged);
                patchTokens.set(tokens.length);
            }
        });
        int side = (int) Math.round(Math.sqrt(patchTokens.get()));
        if (stage.get() < 0 || side < 1) {
            return Optional.empty();
        }
        var tiles = manifest.tiles();
        Grid grid = new Canvas(tiles.widthPixels(), tiles.heightPixels(), 1).cutInto(patchPixels);
        LoggedTokens laidOut = new LoggedTokens(grid.columns() * side, grid.rows() * side);
        TokenLog.scan(log, identity, (logged, cell, tokens) -> {
            if (logged == stage.get() && cell < grid.cellCount() && tokens.length == side * side) {
                laidOut.put(grid.columnOf(cell) * side, grid.rowOf(cell) * side, side, tokens);
            }
        });
        return Optional.of(laidOut);
    }

    private LoggedTokens(int columns, int rows) throws IOException {
        this.columns = columns;
        this.rows = rows;
        this.file = FileChannel.open(
                Files.createTempFile("handscroll-tokens", ".part"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public void read(int column, int row, int count, short[] target, int offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(2 * count);
        for (long at = place(column, row); bytes.hasRemaining(); ) {
            int read = file.read(bytes, at);
            if (read < 0) {
                break; // patches at the end that the log has lost
            }
            at += read;
        }
        bytes.clear().asShortBuffer().get(target, offset, count);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private void put(int column, int row, int side, short[] tokens) {
        try {
            for (int y = 0; y < side; y++) {
                ByteBuffer line = ByteBuffer.allocate(2 * side);
                line.asShortBuffer().put(tokens, y * side, side);
                file.write(line, place(column, row + y));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private long place(int column, int row) {
        return 2 * ((long) row * columns + column);
    }
}
