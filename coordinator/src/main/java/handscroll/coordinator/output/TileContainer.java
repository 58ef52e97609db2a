package handscroll.coordinator.output;

import java.io.IOException;

/** Holds the tiles of a picture while it grows and afterwards. Safe for many threads. */
interface TileContainer extends StoredPicture.TileReader {

    /** Once, before anything else: begins it, or takes up what is whole of it. */
    void prepare() throws IOException;

    /** Durable when it returns, and from then on readable. */
    void write(TileId tile, byte[] encoded) throws IOException;

    /** Every tile is there: makes of it what others read. May come again after a restart. */
    void finish() throws IOException;
}
