package handscroll.protocol.job;

import handscroll.protocol.canvas.Canvas;
import java.util.Optional;

/** A {@link JobSpec} in the making: what is not said is as most jobs have it. */
public final class JobSpecBuilder {

    private final RenderingTask task;
    private final String model;
    private String name;
    private Canvas canvas;
    private Optional<JobSpec.Input> input = Optional.empty();
    private String direction = "auto";
    private long seed;
    private JobSpec.Sampling sampling = JobSpec.Sampling.AS_THE_MODEL_SAYS;
    private JobSpec.Context context = JobSpec.Context.FULL;
    private JobSpec.Output output;
    private int priority = JobSpec.DEFAULT_PRIORITY;
    private Texts texts = Texts.NONE;

    JobSpecBuilder(String name, RenderingTask task, Canvas canvas, String model, JobSpec.Output output) {
        this.name = name;
        this.task = task;
        this.canvas = canvas;
        this.model = model;
        this.output = output;
    }

    JobSpecBuilder(JobSpec spec) {
        this(spec.name(), spec.task(), spec.canvas(), spec.model(), spec.output());
        input = spec.input();
        direction = spec.direction();
        seed = spec.seed();
        sampling = spec.sampling();
        context = spec.context();
        priority = spec.priority();
        texts = spec.texts();
    }

    public JobSpecBuilder name(String value) {
        name = value;
        return this;
    }

    public JobSpecBuilder canvas(Canvas value) {
        canvas = value;
        return this;
    }

    public JobSpecBuilder input(Optional<JobSpec.Input> value) {
        input = value;
        return this;
    }

    public JobSpecBuilder direction(String value) {
        direction = value;
        return this;
    }

    public JobSpecBuilder seed(long value) {
        seed = value;
        return this;
    }

    public JobSpecBuilder sampling(JobSpec.Sampling value) {
        sampling = value;
        return this;
    }

    public JobSpecBuilder context(JobSpec.Context value) {
        context = value;
        return this;
    }

    public JobSpecBuilder output(JobSpec.Output value) {
        output = value;
        return this;
    }

    public JobSpecBuilder priority(int value) {
        priority = value;
        return this;
    }

    public JobSpecBuilder texts(Texts value) {
        texts = value;
        return this;
    }

    public JobSpec build() {
        return new JobSpec(
                name, task, canvas, model, input, direction, seed, sampling, context, output, priority, texts);
    }
}
