package handscroll.coordinator.job;

import akka.Done;
import handscroll.coordinator.output.TileOutput;
import handscroll.coordinator.tile.TileStore;
import handscroll.protocol.job.JobId;
import handscroll.protocol.tile.RenderedTile;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Leads the tiles that arrive from workers to the picture they belong to, past all mailboxes. A job
 * opens its picture while it renders; tiles for any other are refused, and their worker tells so.
 */
final class OpenPictures {

    private record Open(TileOutput output, Consumer<Throwable> onFailure) implements TileStore {
        @Override
        public CompletionStage<Done> store(RenderedTile tile) {
            return output.store(tile).whenComplete((done, failure) -> {
                if (failure != null) {
                    onFailure.accept(failure);
                }
            });
        }
    }

    private final Map<JobId, Open> pictures = new ConcurrentHashMap<>();

    /** @param onFailure hears, on the output's threads, why a tile could not be made durable */
    void open(JobId job, TileOutput output, Consumer<Throwable> onFailure) {
        pictures.put(job, new Open(output, onFailure));
    }

    void close(JobId job) {
        pictures.remove(job);
    }

    /** The store of a job that takes tiles now. */
    Optional<TileStore> find(JobId job) {
        return Optional.ofNullable(pictures.get(job));
    }
}
