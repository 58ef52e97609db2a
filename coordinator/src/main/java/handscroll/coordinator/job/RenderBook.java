package handscroll.coordinator.job;

import handscroll.coordinator.context.ContextLedger;
import handscroll.coordinator.journal.TokenLog;
import handscroll.coordinator.lease.JobTerms;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.lease.TokenShape;
import handscroll.coordinator.plan.Picture;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Stage;
import handscroll.coordinator.plan.TaskBuilder;
import handscroll.coordinator.progress.Progress;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.TaskResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of one job is rendered, what may be rendered next, and whose tokens somebody still needs.
 * Decides only: it knows neither actors nor files nor the time, so the whole farm can be simulated
 * around it.
 */
public final class RenderBook {

    private static final int STAGE_SHIFT = 48;

    private final Plan plan;
    private final Progress progress;
    private final ContextLedger context;
    private final TaskBuilder tasks;
    private final HeldTokens tokens;
    private final List<PatchId> released = new ArrayList<>();
    private final Map<PatchId, String> quarantined = new LinkedHashMap<>();
    private final Set<PatchId> placeholders = new HashSet<>();
    private int offeredCount;
    private long takenCount;
    private long restoredCount;

    public RenderBook(Plan plan, Optional<Picture> picture) {
        this.plan = plan;
        this.progress = new Progress(plan.graph());
        this.context = new ContextLedger(plan.graph());
        this.tokens = new HeldTokens(plan.graph());
        this.tasks = new TaskBuilder(plan, tokens::get, picture);
    }

    /** Takes up a cell whose tokens were logged before a restart. Before {@link #start} only. */
    public void restoreTokens(int stage, int index, short[] restored) {
        if (stage <= plan.sampleStage() && index < plan.graph().cellCount(stage) && isValid(restored)) {
            tokens.put(stage, index, restored);
            progress.alreadyRendered(stage, index);
        }
    }

    /**
     * Takes up placeholders for patches that were skipped and have no tokens. Each token is the one that is most common in
     * what is rendered of their stage, of equal ones the lowest: mostly the colour of the background. Before
     * {@link #start} only, and after all {@link #restoreTokens}.
     *
     * @return those that are new, for the log
     */
    public List<TaskResult.Tokens> restorePlaceholders(Collection<PatchId> skipped) {
        List<TaskResult.Tokens> placeholders = new ArrayList<>();
        for (PatchId patch : skipped) {
            if (patch.stage() <= plan.sampleStage()
                    && plan.graph().contains(patch)
                    && !progress.isRendered(patch.stage(), plan.graph().index(patch))) {
                short[] rows = new short[tokensPerPatch()];
                Arrays.fill(rows, mostCommonToken(patch.stage()));
                placeholders.add(new TaskResult.Tokens(patch, rows));
            }
        }
        this.placeholders.addAll(skipped);
        placeholders.forEach(
                rows -> restoreTokens(rows.patch().stage(), plan.graph().index(rows.patch()), rows.tokens()));
        return placeholders;
    }

    /** Whether what a patch shows is a placeholder. */
    public boolean isPlaceholder(PatchId patch) {
        return placeholders.contains(patch);
    }

    private short mostCommonToken(int stage) {
        int[] counts = new int[plan.model().codes()];
        tokens.forEach(stage, rows -> {
            for (short token : rows) {
                counts[token]++;
            }
        });
        int best = 0;
        for (int token = 1; token < counts.length; token++) {
            best = counts[token] > counts[best] ? token : best;
        }
        return (short) best;
    }

    /** Takes up the tiles that were durable before a restart. Before {@link #start} only. */
    public void restoreTiles(BitSet stored) {
        stored.stream().forEach(index -> progress.alreadyRendered(plan.decodeStage(), index));
    }

    /** Everything that was restored is known: what is ready now may be taken. */
    public void start() {
        for (int stage = 0; stage < plan.graph().stages().size(); stage++) {
            for (int index = 0; index < plan.graph().cellCount(stage); index++) {
                if (progress.isRendered(stage, index)) {
                    release(stage, index);
                    restoredCount++;
                }
            }
        }
        released.clear();
        progress.start();
    }

    /** Takes tasks for the lease desk, by stage, so that at most {@code most} are with it. */
    public Map<Integer, List<OfferedTask>> takeReady(int most) {
        Map<Integer, List<OfferedTask>> taken = new TreeMap<>();
        for (OptionalInt stage = progress.readyStage();
                stage.isPresent() && offeredCount < most;
                stage = progress.readyStage()) {
            int from = stage.getAsInt();
            for (int index : progress.takeReady(from, most - offeredCount)) {
                // Ready cells come in the order in which they should be rendered; the desk keeps it.
                OfferedTask offered = new OfferedTask(tasks.task(from, index), priority(from));
                taken.computeIfAbsent(from, ignored -> new ArrayList<>()).add(offered);
                offeredCount++;
            }
        }
        return taken;
    }

    private long priority(int stage) {
        return ((long) progress.rank(stage) << STAGE_SHIFT) + takenCount++;
    }

    /** Failed wherever it was tried: it is left out, and what does not read it goes on. */
    public void quarantine(PatchId patch, String reason) {
        if (!quarantined.containsKey(patch)) {
            quarantined.put(patch, reason);
            offeredCount--;
        }
    }

    /** It is with the lease desk again. */
    public void readmit(PatchId patch) {
        if (quarantined.remove(patch) != null) {
            offeredCount++;
        }
    }

    /** Patches that were given up, and why; the first one first. */
    Map<PatchId, String> quarantined() {
        return quarantined;
    }

    /** Everything that is left waits for patches that were given up. */
    boolean isStuck() {
        return !quarantined.isEmpty()
                && offeredCount == 0
                && progress.readyStage().isEmpty();
    }

    /** Patches and tiles that wait for those that were given up, directly or not; counting ends at {@code most}. */
    int blockedCount(int most) {
        Set<Long> cone = new HashSet<>();
        Deque<Long> open = new ArrayDeque<>();
        quarantined
                .keySet()
                .forEach(patch -> open.add(key(patch.stage(), plan.graph().index(patch))));
        while (!open.isEmpty() && cone.size() < most) {
            long next = open.remove();
            plan.graph().forEachReader((int) (next >> Integer.SIZE), (int) next, (stage, index) -> {
                if (!progress.isRendered(stage, index) && cone.add(key(stage, index))) {
                    open.add(key(stage, index));
                }
            });
        }
        return Math.min(cone.size(), most);
    }

    /** The usual ones, with what its tokens look like and how much of it was there at the start. */
    public JobTerms terms() {
        return JobTerms.USUAL
                .withTokens(new TokenShape(tokensPerPatch(), plan.model().codes()))
                .withCells(cellCount(), restoredCount);
    }

    private long cellCount() {
        long count = 0;
        for (int stage = 0; stage < plan.graph().stages().size(); stage++) {
            count += plan.graph().cellCount(stage);
        }
        return count;
    }

    public List<TokenLog.Entry> entries(List<TaskResult.Tokens> rendered) {
        return rendered.stream()
                .map(rows ->
                        new TokenLog.Entry(rows.patch().stage(), plan.graph().index(rows.patch()), rows.tokens()))
                .toList();
    }

    /** The tokens of a patch are durable: it is rendered, and its readers may become ready. */
    public void tokensLogged(TaskResult.Tokens rows) {
        int index = plan.graph().index(rows.patch());
        if (!progress.isRendered(rows.patch().stage(), index)) {
            tokens.put(rows.patch().stage(), index, rows.tokens());
            rendered(rows.patch().stage(), index);
        }
    }

    /** A tile is durable. */
    public void tileStored(PatchId patch) {
        int index = plan.graph().index(patch);
        if (!progress.isRendered(patch.stage(), index)) {
            rendered(patch.stage(), index);
        }
    }

    /** How many {@link #takeReleased} would tell. */
    public int releasedCount() {
        return released.size();
    }

    /** Patches whose states no later patch will attend to, since this was last asked. */
    public List<PatchId> takeReleased() {
        List<PatchId> taken = List.copyOf(released);
        released.clear();
        return taken;
    }

    public boolean isComplete() {
        return progress.isFinished();
    }

    /** The most patches at a time that others still had to attend to: what the nearby context pool had to hold. */
    public int statesHeldPeak() {
        return context.statesHeldPeak();
    }

    /** The most patches at a time whose tokens others still had to read. */
    public int tokensHeldPeak() {
        return context.tokensHeldPeak();
    }

    /** Patches whose tokens are kept for those that will read them. */
    public int heldTokenCount() {
        return tokens.size();
    }

    List<Jobs.StageProgress> stages() {
        List<Jobs.StageProgress> stages = new ArrayList<>();
        for (int stage = 0; stage < plan.graph().stages().size(); stage++) {
            Stage described = plan.graph().stage(stage);
            Progress.Counts counts = progress.counts(stage);
            stages.add(new Jobs.StageProgress(
                    described.name(),
                    plan.graph().cellCount(stage),
                    counts.rendered(),
                    counts.leased(),
                    counts.ready()));
        }
        return stages;
    }

    /**
     * Where a patch stands.
     *
     * @param missing patches that must be rendered before it, the first of {@code missingCount}
     */
    record Standing(Progress.State state, List<PatchId> missing, int missingCount) {}

    /** @param most that are listed of those that are missing */
    Standing standing(PatchId patch, int most) {
        int index = plan.graph().index(patch);
        Progress.State state = progress.state(patch.stage(), index);
        List<PatchId> missing = new ArrayList<>();
        int[] count = {0};
        if (state == Progress.State.WAITING) {
            progress.forEachMissing(patch.stage(), index, (stage, read) -> {
                if (count[0]++ < most) {
                    missing.add(plan.graph().patch(stage, read));
                }
            });
        }
        return new Standing(state, missing, count[0]);
    }

    boolean isRendered(int stage, int index) {
        return progress.isRendered(stage, index);
    }

    Plan plan() {
        return plan;
    }

    long unrenderedPatchCount() {
        long rendered = 0;
        for (int stage = 0; stage <= plan.sampleStage(); stage++) {
            rendered += progress.counts(stage).rendered();
        }
        return plan.patchCount() - rendered;
    }

    /** How many patches must still be sampled one after the other; in proportion, the exact number would cost a walk. */
    double unrenderedPath() {
        return (double) plan.criticalPath() * unrenderedPatchCount() / plan.patchCount();
    }

    private void rendered(int stage, int index) {
        progress.rendered(stage, index);
        offeredCount--;
        release(stage, index);
    }

    private void release(int stage, int index) {
        ContextLedger.Released unneeded = context.rendered(stage, index);
        for (PatchId patch : unneeded.tokens()) {
            tokens.remove(patch.stage(), plan.graph().index(patch));
        }
        released.addAll(unneeded.states());
    }

    private static long key(int stage, int index) {
        return (long) stage << Integer.SIZE | index;
    }

    private boolean isValid(short[] rows) {
        if (rows.length != tokensPerPatch()) {
            return false;
        }
        for (short token : rows) {
            if (token < 0 || token >= plan.model().codes()) {
                return false;
            }
        }
        return true;
    }

    private int tokensPerPatch() {
        return plan.model().tokensPerSide() * plan.model().tokensPerSide();
    }
}
