package handscroll.protocol.task;

import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import java.util.List;

/**
 * What all tasks of a job have in common; travels once a grant.
 *
 * @param modelHash of the model directory: a worker with another one must not render this job
 * @param gridColumns of the sampled grid, with {@code gridRows} what turns a cell into its number
 * @param nearSlots patches at distance 1 that a patch's context has room for, the same for all
 *     patches of the job, so that its shape and therefore its bits never depend on the batch
 * @param farSlots those at distance 2
 * @param texts that patches follow, by their numbers in {@link Task.Sample#text}
 */
public record RenderSettings(
        JobId job,
        String model,
        String modelHash,
        long seed,
        Sampling sampling,
        int gridColumns,
        int gridRows,
        int nearSlots,
        int farSlots,
        JobSpec.TileEncoding tiles,
        int quality,
        List<String> texts) {

    private static final JobId ANY = new JobId("any");

    /**
     * How a token is drawn.
     *
     * @param temperature that logits are divided by
     * @param topK codes that may be drawn, the likeliest ones
     * @param minP how likely a code must be to be drawn, as a share of the likeliest one's probability; 0 for no limit
     * @param rounds that a patch is drawn in by a model that draws in rounds; 0 token by token
     * @param lag tokens after the row above that each row of a patch begins, where it is drawn token by token; 0 when that
     *     row is whole
     * @param guidance how far a patch is drawn towards its text: 1 as the model knows it, more the stronger
     */
    public record Sampling(double temperature, int topK, double minP, int rounds, int lag, double guidance) {

        /** Token by token, without guidance. */
        public static Sampling of(double temperature, int topK) {
            return new Sampling(temperature, topK, 0, 0, 0, 1);
        }

        /** Whether each patch is drawn as far again from what it would be without its text. */
        public boolean isGuided() {
            return guidance != 1;
        }

        public Sampling inRounds(int count) {
            return new Sampling(temperature, topK, minP, count, lag, guidance);
        }

        /** Several tokens at once, one of each row. */
        public Sampling lagging(int tokens) {
            return new Sampling(temperature, topK, minP, rounds, tokens, guidance);
        }

        public Sampling guidedBy(double strength) {
            return new Sampling(temperature, topK, minP, rounds, lag, strength);
        }
    }

    public RenderSettings {
        texts = List.copyOf(texts);
    }

    /**
     * What one call of the model can have only one value of. Patches of two jobs may be sampled in one batch
     * when this is equal; what is blank here, each patch brings itself.
     */
    public RenderSettings shape() {
        return new RenderSettings(
                ANY, model, modelHash, 0, sampling, 0, 0, nearSlots, farSlots, JobSpec.TileEncoding.JPEG, 0, List.of());
    }
}
