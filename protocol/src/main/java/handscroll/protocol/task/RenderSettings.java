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
 * @param rounds that a patch is drawn in by a model that draws in rounds
 * @param texts that patches follow, by their numbers in {@link Task.Sample#text}
 * @param guidance how far a patch is drawn towards its text: 1 as the model knows it, more the stronger
 */
public record RenderSettings(
        JobId job,
        String model,
        String modelHash,
        long seed,
        double temperature,
        int topK,
        int gridColumns,
        int gridRows,
        int nearSlots,
        int farSlots,
        JobSpec.TileEncoding tiles,
        int quality,
        int rounds,
        List<String> texts,
        double guidance) {

    private static final JobId ANY = new JobId("any");

    public RenderSettings {
        texts = List.copyOf(texts);
    }

    /** Those of a job without texts. */
    public RenderSettings(
            JobId job,
            String model,
            String modelHash,
            long seed,
            double temperature,
            int topK,
            int gridColumns,
            int gridRows,
            int nearSlots,
            int farSlots,
            JobSpec.TileEncoding tiles,
            int quality,
            int rounds) {
        this(
                job,
                model,
                modelHash,
                seed,
                temperature,
                topK,
                gridColumns,
                gridRows,
                nearSlots,
                farSlots,
                tiles,
                quality,
                rounds,
                List.of(),
                1);
    }

    /** Those of a model that draws token by token. */
    public RenderSettings(
            JobId job,
            String model,
            String modelHash,
            long seed,
            double temperature,
            int topK,
            int gridColumns,
            int gridRows,
            int nearSlots,
            int farSlots,
            JobSpec.TileEncoding tiles,
            int quality) {
        this(
                job,
                model,
                modelHash,
                seed,
                temperature,
                topK,
                gridColumns,
                gridRows,
                nearSlots,
                farSlots,
                tiles,
                quality,
                0);
    }

    /**
     * What one call of the model can have only one value of. Patches of two jobs may be sampled in one batch
     * when this is equal; what is blank here, each patch brings itself.
     */
    public RenderSettings shape() {
        return new RenderSettings(
                ANY,
                model,
                modelHash,
                0,
                temperature,
                topK,
                0,
                0,
                nearSlots,
                farSlots,
                JobSpec.TileEncoding.JPEG,
                0,
                rounds,
                List.of(),
                guidance);
    }
}
