package handscroll.coordinator.tile;

import akka.Done;
import handscroll.protocol.tile.RenderedTile;
import java.util.concurrent.CompletionStage;

/** Takes the finished tiles of one job. */
public interface TileStore {

    /**
     * Completes when the tile is durable, and fails with a sentence for the job's report. A tile may come twice, from
     * two leases; its bytes are the same.
     */
    CompletionStage<Done> store(RenderedTile tile);
}
