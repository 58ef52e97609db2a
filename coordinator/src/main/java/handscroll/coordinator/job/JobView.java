package handscroll.coordinator.job;

import akka.actor.typed.ActorRef;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.lease.LeaseBook;
import handscroll.coordinator.lease.Outcome;
import handscroll.coordinator.lease.WorkerReport;
import handscroll.coordinator.plan.Plan;
import handscroll.protocol.canvas.Grid;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What people see of one job: its numbers, its map, what happened, and who is told of it as it happens. */
final class JobView {

    private final RegisteredJob registered;
    private final JobId job;
    private final JobSpec spec;
    private final ViewSettings settings;
    private final Set<ActorRef<Jobs.Event>> followers = new HashSet<>();
    private final JobFigures figures;
    private final EventHistory history;
    private final WidthCurve widths;

    /** Known from the first plan on, and kept when the books are closed. */
    private Optional<CellHistory> cells = Optional.empty();

    private List<Jobs.PlannedWidth> planned = List.of();
    /** What kept it from being rendered at all when the desk was last asked. */
    private Optional<String> obstacle = Optional.empty();

    /** What is told of a job whose books are closed. */
    private Jobs.JobStatus last;

    JobView(RegisteredJob registered, JobSpec spec, ViewSettings settings, long incarnation, Instant now) {
        this.registered = registered;
        this.job = registered.job();
        this.spec = spec;
        this.settings = settings;
        this.figures = new JobFigures(now);
        this.history = new EventHistory(incarnation, settings.rememberedEvents());
        this.widths = new WidthCurve(settings.widthSamples());
        this.last = statusBefore(registered, spec);
    }

    // Followers.

    void follow(ActorRef<Jobs.Event> follower, Jobs.Follow follow) {
        followers.add(follower);
        EventHistory.Replay replay = history.after(follow.heard());
        if (replay.missedCount() > 0) {
            follower.tell(new Jobs.Missed(job, replay.missedCount()));
        }
        replay.events().forEach(follower::tell);
    }

    void forgetFollower(ActorRef<?> gone) {
        followers.removeIf(follower -> follower.equals(gone));
    }

    void tell(Jobs.Event event) {
        followers.forEach(follower -> follower.tell(event));
    }

    void tellTile(int level, int column, int row) {
        remember(new Jobs.TileStored(job, history.nextNumber(), level, column, row));
    }

    void tellNews(String kind, String sentence, Instant now) {
        remember(new Jobs.Happened(job, history.nextNumber(), now, kind, sentence));
    }

    private void remember(Jobs.Numbered event) {
        history.add(event);
        tell(event);
    }

    /** Taken also when nobody follows, so that what changed does not pile up. */
    void tellCells() {
        cells.ifPresent(map -> {
            Jobs.CellsChanged changes = map.takeChanges(job, settings.cellChanges());
            if (changes.isTooMuch() || !changes.cells().isEmpty()) {
                tell(changes);
            }
        });
    }

    // The job's course.

    void prepared(Preparation.Ready ready, Instant now) {
        planned = ready.plannedWidths();
        CellHistory map = cells.orElseGet(() -> new CellHistory(ready.plan()));
        map.restart(ready.book());
        cells = Optional.of(map);
        Plan plan = ready.plan();
        tellNews(
                "planned",
                String.format(
                        Locale.ROOT,
                        "%,d patches in direction %s, at least %,d one after the other",
                        plan.patchCount(),
                        plan.direction().configName(),
                        plan.criticalPath()),
                now);
    }

    void begin(Instant now) {
        figures.begin(now);
    }

    void ready(List<PatchId> patches) {
        cells.ifPresent(map -> map.ready(patches));
    }

    void started(Outcome.Started begun, Instant now) {
        cells.ifPresent(map -> map.started(begun.patches(), begun.worker(), now));
    }

    void returned(Outcome.Returned returned, Instant now) {
        cells.ifPresent(map -> figures.returned(returned.patches().size(), map.returned(returned.patches(), now)));
        tellNews("returned", goOut(returned.patches().size()) + " out again: " + returned.reason(), now);
    }

    void copied(Outcome.Copied copied, Instant now) {
        tellNews(
                "copied",
                goOut(copied.patches().size()) + " to worker " + copied.worker() + ", too: " + copied.reason(),
                now);
    }

    void compared(LeaseBook.Comparison compared, Instant now) {
        figures.compared(compared.took(), compared.differing().size());
        if (!compared.differing().isEmpty()) {
            tellNews(
                    "incident",
                    "workers " + compared.accepted() + " and " + compared.discarded() + " made different tokens of "
                            + compared.differing() + ": one of them is broken; the tokens of " + compared.accepted()
                            + " were taken, handscroll verify --sample says which patches are wrong",
                    now);
        }
    }

    void givenUp(Outcome.GivenUp givenUp, Instant now) {
        cells.ifPresent(map -> map.givenUp(List.of(givenUp.patch())));
        tellNews("given up", givenUp.patch() + ": " + givenUp.reason(), now);
    }

    void readmitted(Outcome.Readmitted readmitted, Instant now) {
        ready(readmitted.patches());
        tellNews("readmitted", goOut(readmitted.patches().size()) + " out again: " + readmitted.reason(), now);
    }

    static String goOut(int count) {
        return count == 1 ? "1 patch goes" : count + " patches go";
    }

    void rendered(Outcome.Rendered rendered) {
        WorkTime work = rendered.work();
        cells.ifPresent(map -> {
            map.finished(
                    rendered.results().stream().map(TaskResult::patch).toList(),
                    work.sampling().plus(work.decoding()).plus(work.encoding()));
            for (TaskResult result : rendered.results()) {
                if (result instanceof TaskResult.TileStored tile) {
                    map.stored(tile);
                    map.rendered(List.of(tile.patch()));
                }
            }
        });
    }

    void logged(List<TaskResult.Tokens> tokens) {
        cells.ifPresent(map ->
                map.rendered(tokens.stream().map(TaskResult.Tokens::patch).toList()));
    }

    void accepted(WorkTime work, int tokenCount, Instant now) {
        figures.leaseEnded(work, tokenCount, now);
    }

    /** Paused or over. */
    void stopped(Jobs.State state, Optional<String> cause, Instant now) {
        figures.pause(now);
        cells.ifPresent(CellHistory::stopped);
        tellCells();
        tellNews(word(state), cause.orElse(""), now);
    }

    static String word(Jobs.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** Its books are closed; what was last to be said of it is said from now on. */
    void closed(Jobs.JobStatus status) {
        last = status;
    }

    /** Nothing of its map is left to be drawn over. */
    void tilesDeleted(String sentence, Instant now) {
        last = last.withoutTiles();
        tellNews("deleted", sentence, now);
    }

    /** Many jobs ended since this one: only its picture and its numbers are kept. */
    void forgetMap() {
        cells = Optional.empty();
        planned = List.of();
        history.forget();
    }

    Optional<Jobs.JobMap> map() {
        return cells.map(known ->
                new Jobs.JobMap(job, known.all(), known.workers(), widths.samples(), planned, history.happened()));
    }

    // Numbers.

    /** @param open the books of a job that is being rendered */
    void count(List<WorkerReport> workers, Optional<RenderBook> open, Instant now) {
        List<Jobs.StageProgress> stages = open.map(RenderBook::stages).orElse(List.of());
        boolean isStarved = open.isPresent()
                && stages.stream().mapToInt(Jobs.StageProgress::readyCount).sum() == 0;
        figures.count(workers, isStarved, now);
        if (open.isPresent()) {
            widths.add(widthNow(stages, workers.size(), now));
        }
    }

    private Jobs.WidthSample widthNow(List<Jobs.StageProgress> stages, int workerCount, Instant now) {
        long rendered = 0;
        int open = 0;
        for (Jobs.StageProgress stage : stages) {
            rendered += stage.renderedCount();
            open += stage.readyCount() + stage.leasedCount();
        }
        int leased = cells.map(CellHistory::inWorkCount).orElse(0);
        return new Jobs.WidthSample(figures.elapsed(now), rendered, leased, Math.max(0, open - leased), workerCount);
    }

    void hindered(Optional<String> sentence) {
        obstacle = sentence;
    }

    Map<String, Double> summary(Plan plan, int placeholderCount, Instant now) {
        return figures.summary(plan.patchCount(), placeholderCount, plan.criticalPath(), now);
    }

    /** Of a job that no actor leads yet. */
    static Jobs.JobStatus statusBefore(RegisteredJob registered, JobSpec spec) {
        Grid tiles = spec.canvas().cutInto(Plan.TILE_PIXELS);
        return new Jobs.JobStatus(
                registered.job(),
                spec.name(),
                spec,
                JobCourse.stateOf(registered),
                List.of(),
                tiles.columns(),
                tiles.rows(),
                Plan.TILE_PIXELS,
                0,
                Preparation.directory(spec),
                registered.acceptedAt(),
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                registered.skipped().map(List::size).orElse(0),
                WorkTime.NONE,
                Duration.ZERO,
                Jobs.Tally.NONE,
                registered.cause());
    }

    Jobs.JobStatus status(JobCourse course, Optional<RenderBook> opened, Instant now) {
        if (opened.isEmpty()) {
            return last.as(course.state(), course.skipped().size(), course.cause());
        }
        RenderBook book = opened.get();
        Plan plan = book.plan();
        return new Jobs.JobStatus(
                job,
                spec.name(),
                spec,
                course.state(),
                book.stages(),
                plan.tileGrid().columns(),
                plan.tileGrid().rows(),
                Plan.TILE_PIXELS,
                plan.criticalPath(),
                Preparation.directory(spec),
                registered.acceptedAt(),
                figures.elapsed(now),
                figures.remaining(book.unrenderedPatchCount(), now),
                figures.bound(book.unrenderedPath()),
                figures.patchesPerSecond(now),
                figures.workerCount(),
                course.skipped().size(),
                figures.work(),
                figures.slotTime(),
                figures.tally(),
                course.cause().or(() -> course.state() == Jobs.State.RENDERING ? obstacle : Optional.empty()));
    }
}
