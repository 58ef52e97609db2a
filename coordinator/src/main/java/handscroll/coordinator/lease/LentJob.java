package handscroll.coordinator.lease;

import handscroll.coordinator.lease.ReadyTasks.Attempt;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.trace.JobTrace;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the book remembers of one job: what waits of it, and who may render it. */
final class LentJob {

    final RenderSettings settings;
    /** Jobs of one shape can share a batch. */
    final RenderSettings shape;

    final int priority;
    final SlotTime slotTime = new SlotTime();
    final StateHolders holders;
    /** By stage. */
    final TreeMap<Integer, ReadyTasks> ready = new TreeMap<>();

    /** Given up for now, by where they are; another verdict on a worker, or somebody, may bring them back. */
    final Map<PatchId, Quarantined> quarantined = new LinkedHashMap<>();

    /** A patch that failed wherever it was tried. */
    record Quarantined(int stage, Attempt attempt) {}

    /** Empty where anything is taken. */
    final Optional<TokenShape> tokens;

    /** Empty where nothing is traced. */
    final Optional<JobTrace> trace;

    /** By stage and kind of task. */
    private final Map<BatchKind, BatchTimes> times = new HashMap<>();

    private final JobTerms terms;
    private long renderedCount;

    private record BatchKind(int stage, Class<? extends Task> task) {}

    private Optional<String> deviceClass;
    /** Set by the first result, or by whoever resumes the job; until then it falls with the last lease. */
    private boolean deviceClassIsFixed;

    private int leaseCount;

    /** Nothing more of it is handed out; what is leased may end as it would. */
    private boolean isWindingDown;

    /** With ready tasks and without a grant; empty while it is not known to wait. */
    private Optional<Instant> waitingSince = Optional.empty();

    LentJob(RenderSettings settings, JobTerms terms, int rememberedPatches) {
        this.terms = terms;
        this.tokens = terms.tokens();
        this.trace = terms.trace();
        this.settings = settings;
        this.shape = settings.shape();
        this.priority = terms.priority();
        this.holders = new StateHolders(rememberedPatches);
        this.deviceClass = terms.deviceClass();
        this.deviceClassIsFixed = deviceClass.isPresent();
    }

    BatchTimes times(int stage, Class<? extends Task> task) {
        return times.computeIfAbsent(new BatchKind(stage, task), kind -> new BatchTimes());
    }

    void rendered(int cellCount) {
        renderedCount += cellCount;
    }

    /** Of all its cells, 0 where nobody said how many there are. */
    double shareDone() {
        return terms.cellCount() == 0 ? 0 : (double) (terms.renderedBefore() + renderedCount) / terms.cellCount();
    }

    ReadyTasks stage(int stage) {
        return ready.computeIfAbsent(stage, s -> new ReadyTasks());
    }

    /** Given up before, and ready again. */
    void readmit(PatchId patch) {
        Quarantined back = quarantined.remove(patch);
        if (back != null) {
            stage(back.stage()).add(back.attempt());
        }
    }

    int readyCount() {
        int count = 0;
        for (ReadyTasks tasks : ready.values()) {
            count += tasks.count();
        }
        return count;
    }

    boolean isActive() {
        return leaseCount > 0 || readyCount() > 0;
    }

    /** It has ready tasks that nobody takes. */
    void waits(Instant now) {
        if (waitingSince.isEmpty()) {
            waitingSince = Optional.of(now);
        }
    }

    /** It got a batch, or needs none. */
    void waitsNoMore() {
        waitingSince = Optional.empty();
    }

    boolean hasWaitedSince(Instant then) {
        return waitingSince.isPresent() && waitingSince.get().isBefore(then);
    }

    void windDown() {
        isWindingDown = true;
    }

    boolean isWindingDown() {
        return isWindingDown;
    }

    int leaseCount() {
        return leaseCount;
    }

    /** The device class whose bits this job is made of, as far as that is settled. */
    Optional<String> deviceClass() {
        return deviceClass;
    }

    void fixDeviceClass(String rendered) {
        deviceClass = Optional.of(rendered);
        deviceClassIsFixed = true;
    }

    /** Of several classes only the first may start: its bits and another's must never meet in one picture. */
    void leaseBegins(String claimed) {
        leaseCount++;
        if (deviceClass.isEmpty()) {
            deviceClass = Optional.of(claimed);
        }
    }

    void leaseEnds() {
        leaseCount--;
        if (leaseCount == 0 && !deviceClassIsFixed) {
            deviceClass = Optional.empty();
        }
    }

    boolean canBeServedBy(FarmWorker worker) {
        return settings.modelHash().equals(worker.modelHashes().get(settings.model()))
                && (deviceClass.isEmpty() || deviceClass.get().equals(worker.deviceClass()));
    }

    /** Why this worker gets nothing of this job, in a clause; empty when it can be served. */
    Optional<String> objectionTo(FarmWorker worker) {
        if (worker.isStuck()) {
            return Optional.of(
                    "none of its slots goes on with anything, though it lives; end its process and start it anew");
        }
        String hash = worker.modelHashes().get(settings.model());
        if (hash == null) {
            return Optional.of("job " + settings.job() + " needs the model " + settings.model()
                    + ", which this worker does not have; copy its directory there");
        }
        if (!hash.equals(settings.modelHash())) {
            return Optional.of("job " + settings.job() + " is rendered with the model " + settings.model() + " of hash "
                    + brief(settings.modelHash()) + ", this worker has it with hash " + brief(hash)
                    + "; copy the coordinator's model directory there");
        }
        if (deviceClass.isPresent() && !deviceClass.get().equals(worker.deviceClass())) {
            return Optional.of("job " + settings.job() + " is rendered on devices of class " + deviceClass.get()
                    + ", this worker's is " + worker.deviceClass()
                    + " and would make other bits; start it on such a device");
        }
        return Optional.empty();
    }

    private static String brief(String hash) {
        return hash.length() <= 12 ? hash : hash.substring(0, 12);
    }
}
