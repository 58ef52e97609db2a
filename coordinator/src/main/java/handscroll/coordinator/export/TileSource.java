package handscroll.coordinator.export;

import handscroll.coordinator.output.Manifest;
import handscroll.coordinator.output.Pyramid;
import handscroll.coordinator.output.StoredPicture;
import handscroll.coordinator.output.TileId;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.tile.TileCodec;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** The tiles of a whole picture on their way into another format; counts them for the listener. Safe for many threads. */
final class TileSource {

    private final StoredPicture picture;
    private final Pyramid pyramid;
    private final Export.Listener listener;
    private final AtomicLong readCount = new AtomicLong();
    private volatile long allCount;

    TileSource(StoredPicture picture, Export.Listener listener) {
        this.picture = picture;
        this.pyramid = picture.pyramid();
        this.listener = listener;
        this.allCount = pyramid.tileCount();
    }

    /** How many tiles will be read, where that is not every tile of the pyramid. */
    void expect(long count) {
        allCount = count;
    }

    Pyramid pyramid() {
        return pyramid;
    }

    Manifest.Tiles tiles() {
        return picture.manifest().tiles();
    }

    Manifest manifest() {
        return picture.manifest();
    }

    byte[] encoded(TileId tile) throws IOException {
        byte[] bytes = picture.tile(tile)
                .orElseThrow(() -> new IOException("tile " + tile + " is gone; resume the job to render it again"));
        readCount.incrementAndGet();
        return bytes;
    }

    PixelBlock pixels(TileId tile) throws IOException {
        PixelBlock pixels;
        try {
            pixels = TileCodec.decode(encoded(tile));
        } catch (IOException e) {
            throw new IOException("tile " + tile + " cannot be read: " + e.getMessage(), e);
        }
        if (pixels.widthPixels() != pyramid.tileWidth(tile) || pixels.heightPixels() != pyramid.tileHeight(tile)) {
            throw new IOException("tile " + tile + " has " + pixels.widthPixels() + " x " + pixels.heightPixels()
                    + " pixels; remove it and resume the job");
        }
        return pixels;
    }

    /** For the exporting thread, now and then. */
    void tell() {
        listener.onProgress(readCount.get(), allCount);
    }
}
