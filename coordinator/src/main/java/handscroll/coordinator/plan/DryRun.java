package handscroll.coordinator.plan;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import handscroll.protocol.model.ModelCard;
import handscroll.protocol.model.ModelShelf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans a job with the files it names, and starts nothing: for a user who wants to know, or to be refused early. */
public final class DryRun {

    /**
     * Blocks on the disk; seconds for a canvas of ten million patches.
     *
     * @throws Refusal with every problem of the spec, the model and the picture
     */
    public static Plan of(JobSpec spec, ModelShelf models) {
        List<Problem> problems = new ArrayList<>();
        Optional<ModelCard> model = Optional.empty();
        try {
            model = Optional.of(models.find(spec.model()));
        } catch (Refusal refusal) {
            problems.addAll(refusal.problems());
        }
        Optional<PictureSize> picture = Optional.empty();
        try {
            picture = spec.input().map(input -> PictureSize.of(Path.of(input.image())));
        } catch (Refusal refusal) {
            problems.addAll(refusal.problems());
        }
        if (model.isEmpty() || !problems.isEmpty()) {
            throw new Refusal("The job \"" + spec.name() + "\" cannot be rendered:", problems);
        }
        return Planner.plan(spec, model.get(), picture, Runtime.getRuntime().maxMemory());
    }

    private DryRun() {}
}
