package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;

/** Holds the tiles of a picture while it grows and afterwards. Safe for many threads. */
interface TileContainer extends StoredPicture.TileReader {

    /** Once, before anything else: begins it, or takes up what is whole of it. */
    void prepare() throws IOException;

    /**
     * Readable when it returns; durable after {@link Disk#settle} of {@link #files}.
     *
     * @param isVouchedFor whether somebody else remembers what it has to hold; else its name has to
     */
    void write(TileId tile, byte[] encoded, boolean isVouchedFor) throws IOException;

    /** What it writes to besides files that {@link Disk#put} makes. */
    List<FileChannel> files();

    /** Whether it has the tile, with content of this CRC-32. */
    boolean holds(TileId tile, int checksum) throws IOException;

    /** Every tile is there: makes of it what others read. May come again after a restart. */
    void finish() throws IOException;
}
