package handscroll.coordinator.job;

import handscroll.coordinator.job.Explanation.PatchStanding;
import handscroll.coordinator.job.Explanation.PatchState;
import handscroll.coordinator.job.Explanation.StageStanding;
import handscroll.coordinator.lease.JobAccount;
import handscroll.coordinator.lease.JobAccount.HeldLease;
import handscroll.coordinator.lease.JobAccount.PatchAccount;
import handscroll.coordinator.lease.JobAccount.StageAccount;
import handscroll.coordinator.plan.Plan;
import handscroll.coordinator.plan.Stage;
import handscroll.coordinator.progress.Progress;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts into words why a job does not go on. The {@link RenderBook} knows what is missing, the lease
 * desk who holds it; silence is never an answer.
 */
final class Why {

    /** A patch may wait for hundreds; those at the head are enough to ask on. */
    static final int LISTED_PATCHES = 10;

    /** Counting those that wait ends here: the cone of a patch at the head is the canvas. */
    static final int COUNTED_CONE = 100_000;

    /** What the lease desk has to be asked about: the patch itself first, then those it waits for. */
    static List<PatchId> patchesAskedOf(Optional<RenderBook> book, Optional<String> name) throws PatchName.Unknown {
        if (book.isEmpty() || name.isEmpty()) {
            return List.of();
        }
        PatchId patch = PatchName.find(name.get(), book.get().plan());
        List<PatchId> asked = new ArrayList<>(List.of(patch));
        asked.addAll(book.get().standing(patch, LISTED_PATCHES).missing());
        return asked;
    }

    /** @param book empty while the job is not being rendered */
    static Explanation explain(
            JobId job,
            Jobs.State state,
            Optional<String> cause,
            int placeholderCount,
            Optional<RenderBook> book,
            JobAccount account,
            Optional<PatchId> patch) {
        List<StageStanding> stages = book.map(open -> stages(open, account)).orElse(List.of());
        return new Explanation(
                job,
                state,
                summary(job, state, cause, stages, account)
                        + book.map(Why::givenUp).orElse("")
                        + placeholders(placeholderCount),
                stages,
                account,
                patch.flatMap(asked -> book.map(open -> standing(open, asked, state, account, LISTED_PATCHES))));
    }

    private static List<StageStanding> stages(RenderBook book, JobAccount account) {
        Map<Integer, StageAccount> desk = new HashMap<>();
        account.stages().forEach(stage -> desk.put(stage.stage(), stage));
        List<StageStanding> standings = new ArrayList<>();
        List<Jobs.StageProgress> counts = book.stages();
        for (int stage = 0; stage < counts.size(); stage++) {
            Stage described = book.plan().graph().stage(stage);
            Jobs.StageProgress count = counts.get(stage);
            StageAccount here = desk.getOrDefault(stage, new StageAccount(stage, 0, 0));
            // What the book calls leased is with the desk: leased there, still ready, or done and not logged yet.
            int givenUp = givenUpCount(book, stage);
            int storing = Math.max(0, count.leasedCount() - here.leasedCount() - here.readyCount() - givenUp);
            standings.add(new StageStanding(
                    count.name(),
                    described.grid().columns(),
                    described.grid().rows(),
                    count.cellCount(),
                    count.renderedCount(),
                    storing,
                    here.leasedCount(),
                    count.readyCount() + here.readyCount(),
                    count.cellCount() - count.renderedCount() - count.leasedCount() - count.readyCount()));
        }
        return standings;
    }

    private static String placeholders(int count) {
        return switch (count) {
            case 0 -> "";
            case 1 -> "; 1 patch was skipped and shows a placeholder";
            default -> "; " + count + " patches were skipped and show placeholders";
        };
    }

    private static String givenUp(RenderBook book) {
        int count = book.quarantined().size();
        if (count == 0) {
            return "";
        }
        int waiting = book.blockedCount(COUNTED_CONE);
        return "; " + count + (count == 1 ? " patch was given up, " : " patches were given up, ")
                + (waiting == COUNTED_CONE ? "more than " : "") + waiting
                + " wait for what is missing: handscroll retry";
    }

    private static int givenUpCount(RenderBook book, int stage) {
        return (int) book.quarantined().keySet().stream()
                .filter(patch -> patch.stage() == stage)
                .count();
    }

    private static String summary(
            JobId job, Jobs.State state, Optional<String> cause, List<StageStanding> stages, JobAccount account) {
        String resume = "; what it rendered is kept, and POST /api/jobs/" + job + "/resume goes on from there";
        return switch (state) {
            case PLANNING -> "its plan is being made, and what was rendered before is being read";
            case RENDERING ->
                cause.map(why -> why.equals(JobCourse.WINDING_DOWN)
                                ? "it " + why
                                : "it is being stopped: " + why + "; the journal has not taken that yet")
                        .orElseGet(() -> rendering(stages, account));
            case FINISHING -> "all its patches are rendered; the smallest levels of its pyramid are being made";
            case PAUSED -> cause.orElse("somebody asked for it") + resume;
            case DONE -> "every patch of it is rendered, and its pyramid is whole";
            case FAILED -> cause.orElse("the coordinator's log says why") + resume;
            case CANCELLED ->
                "somebody cancelled it" + cause.map(tiles -> "; " + tiles).orElse(resume);
        };
    }

    private static String rendering(List<StageStanding> stages, JobAccount account) {
        int storing = stages.stream().mapToInt(StageStanding::storingCount).sum();
        boolean isNothingThere =
                account.stages().stream().allMatch(stage -> stage.leasedCount() + stage.readyCount() == 0);
        if (isNothingThere && storing > 0) {
            return "what was ready is rendered, and " + storing + (storing == 1 ? " result is" : " results are")
                    + " on the way into the token log";
        }
        return account.waiting();
    }

    private static PatchStanding standing(
            RenderBook book, PatchId patch, Jobs.State jobState, JobAccount account, int listed) {
        Plan plan = book.plan();
        RenderBook.Standing there = book.standing(patch, listed);
        Optional<PatchAccount> here = Optional.ofNullable(account.patches().get(patch));
        PatchState state = book.quarantined().containsKey(patch) ? PatchState.GIVEN_UP : state(there.state(), here);
        String sentence = summary(state, jobState, there.missingCount(), here, account);
        if (state == PatchState.GIVEN_UP) {
            sentence = "was given up: " + book.quarantined().get(patch) + "; handscroll retry tries it again";
        } else if (book.isPlaceholder(patch)) {
            sentence = "was skipped: it shows a placeholder, the most common token of its stage";
        }
        return new PatchStanding(
                patch,
                PatchName.of(patch, plan),
                state,
                sentence,
                here,
                there.missingCount(),
                there.missing().stream()
                        .map(missing -> standing(book, missing, jobState, account, 0))
                        .toList());
    }

    private static PatchState state(Progress.State inBook, Optional<PatchAccount> atDesk) {
        return switch (inBook) {
            case WAITING -> PatchState.WAITING;
            case READY -> PatchState.READY;
            case RENDERED -> PatchState.RENDERED;
            case LEASED ->
                atDesk.map(patch -> patch.lease().isPresent() ? PatchState.LEASED : PatchState.READY)
                        .orElse(PatchState.STORING);
        };
    }

    private static String summary(
            PatchState state, Jobs.State jobState, int missingCount, Optional<PatchAccount> patch, JobAccount account) {
        return switch (state) {
            case RENDERED -> "is rendered";
            case GIVEN_UP -> "was given up";
            case STORING -> "is on the way between the lease desk and the token log, and counts once it is logged";
            case WAITING ->
                "waits for " + missingCount + (missingCount == 1 ? " patch" : " patches") + " that it reads";
            case LEASED ->
                patch.flatMap(there -> there.lease().map(lease -> leased(there, lease, account)))
                        .orElse("is leased");
            case READY -> ready(jobState, patch, account);
        };
    }

    private static String leased(PatchAccount patch, HeldLease lease, JobAccount account) {
        String host = lease.host().isEmpty() ? "" : " on " + lease.host();
        return "is leased by worker " + lease.worker() + host + " for "
                + age(Duration.between(lease.granted(), account.workers().at())) + attempt(patch);
    }

    private static String ready(Jobs.State jobState, Optional<PatchAccount> patch, JobAccount account) {
        String place = patch.map(
                        there -> ", about number " + there.position() + " of " + there.readyCount() + attempt(there))
                .orElse(", behind all those that are with the lease desk");
        if (jobState != Jobs.State.RENDERING) {
            return "is ready" + place;
        }
        return account.ableWorkerCount() > 0
                ? "is ready and waits for a free slot" + place
                : "is ready" + place + ", but nobody can render it: " + account.waiting();
    }

    private static String attempt(PatchAccount patch) {
        return patch.attempt() == 1 && patch.ended().isEmpty()
                ? ""
                : ", attempt " + patch.attempt() + " of " + patch.attemptCount();
    }

    private static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min";
    }

    private Why() {}
}
