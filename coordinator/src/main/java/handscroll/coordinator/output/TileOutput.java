package handscroll.coordinator.output;

import akka.Done;
import handscroll.protocol.tile.RenderedTile;
import java.util.BitSet;
import java.util.concurrent.CompletionStage;

/** What the tiles of a job grow into on the disk: a picture, or a video. Safe for many threads; never blocks its callers. */
public interface TileOutput {

    /** Completes when the tile will be there after any crash; fails when it could not be written, and may be offered again. */
    CompletionStage<Done> store(RenderedTile tile);

    /** The tiles that need not come again, numbered as the plan's grid of tiles numbers them. */
    BitSet storedTiles();

    /** Completes when everything that is made of the tiles is durable, too. */
    CompletionStage<Done> whenFinished();

    /** Takes no more tiles; completes when no thread works for it any longer. */
    CompletionStage<Done> close();
}
