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
import java.util.function.Function;

/** A job with the model and the picture that it names, and the plan they make together. */
public record PlannedJob(Plan plan, Optional<InputPicture> picture) {

    /**
     * Plans a job and reads no more than the head of its picture: for a user who wants to know, or to be
     * refused early. Blocks on the disk; seconds for a canvas of ten million patches.
     *
     * @throws Refusal with every problem of the spec, the model and the picture
     */
    public static Plan dryRun(JobSpec spec, ModelShelf models, PictureReader pictures) {
        return plan(spec, models, pictures::size, size -> size).plan();
    }

    /**
     * Plans a job with its picture.
     *
     * @throws Refusal with every problem of the spec, the model and the picture
     */
    public static PlannedJob open(JobSpec spec, ModelShelf models, PictureReader pictures) {
        Planned<InputPicture> planned = plan(spec, models, pictures::read, InputPicture::size);
        return new PlannedJob(planned.plan(), planned.picture());
    }

    private record Planned<P>(Plan plan, Optional<P> picture) {}

    private static <P> Planned<P> plan(
            JobSpec spec, ModelShelf models, Function<Path, P> pictures, Function<P, PictureSize> size) {
        List<Problem> problems = new ArrayList<>();
        Optional<ModelCard> model = unlessRefused(problems, () -> Optional.of(models.find(spec.model())));
        Optional<P> picture =
                unlessRefused(problems, () -> spec.input().map(input -> pictures.apply(Path.of(input.image()))));
        if (model.isEmpty() || !problems.isEmpty()) {
            throw new Refusal("The job \"" + spec.name() + "\" cannot be rendered:", problems);
        }
        return new Planned<>(
                Planner.plan(
                        spec,
                        model.get(),
                        picture.map(size),
                        Runtime.getRuntime().maxMemory()),
                picture);
    }

    private static <T> Optional<T> unlessRefused(
            List<Problem> problems, java.util.function.Supplier<Optional<T>> find) {
        try {
            return find.get();
        } catch (Refusal refusal) {
            problems.addAll(refusal.problems());
            return Optional.empty();
        }
    }
}
