package handscroll.coordinator.job;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.lease.Outcome;
import handscroll.coordinator.plan.Planner;
import handscroll.coordinator.plan.Specs;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.TaskResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobCourseTest {

    private static final JobId SKY = new JobId("sky");
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final JobSettings SETTINGS =
            new JobSettings(100, 3, Duration.ZERO, Duration.ofMillis(500), 10, 10, Duration.ofSeconds(30));

    private final Farm farm = new Farm();
    private final JobCourse course = new JobCourse(accepted(), SETTINGS, farm);

    @BeforeEach
    void begin() {
        course.begin();
    }

    @Test
    void offersWhatIsReadyOnceItIsPrepared() {
        assertThat(farm.said).containsExactly("prepare");
        course.prepared(book(), NOW);
        assertThat(course.state()).isEqualTo(Jobs.State.RENDERING);
        assertThat(farm.taken()).containsExactly("prepare", "take tiles", "offer [0/0,0]");
    }

    @Test
    void aJobThatIsBeingPausedOffersNothingMoreWhenItsLastResultsAreLogged() {
        render();
        course.rendered(result(), NOW);
        course.pause(true, NOW);
        farm.taken();
        course.logged(tokens(), NOW);
        assertThat(farm.taken()).isEmpty();
    }

    @Test
    void theDeskHearsThatResultsAreLoggedAfterItWasOfferedWhatTheyMakeReady() {
        render();
        course.rendered(result(), NOW);
        farm.taken();
        course.logged(tokens(), NOW);
        assertThat(farm.loggedAfter).containsExactly(farm.taken());
        assertThat(farm.loggedAfter.get(0)).anyMatch(said -> said.startsWith("offer "));
    }

    @Test
    void isPausedWhenTheJournalKnowsAndTheDeskHasLetGo() {
        render();
        assertThat(course.pause(true, NOW)).isTrue();
        course.recorded(farm.lastEvent(), NOW);
        assertThat(course.state()).isEqualTo(Jobs.State.RENDERING);
        course.withdrawn();
        assertThat(course.state()).isEqualTo(Jobs.State.PAUSED);
        assertThat(farm.taken()).containsExactly("withdraw", "record JobPaused", "close", "stopped");
    }

    @Test
    void workersFinishWhatTheyHoldOfAJobThatIsPaused() {
        render();
        assertThat(course.pause(false, NOW)).isTrue();
        course.recorded(farm.lastEvent(), NOW);
        assertThat(farm.taken()).containsExactly("wind down", "record JobPaused", "winding down");
        course.logged(tokens(), NOW);
        assertThat(course.cause()).hasValueSatisfying(said -> assertThat(said).startsWith("is being paused: workers"));
        course.rendered(result(), NOW);
        course.withdrawn();
        assertThat(course.state()).isEqualTo(Jobs.State.RENDERING);
        course.logged(tokens(), NOW);
        assertThat(course.state()).isEqualTo(Jobs.State.PAUSED);
        assertThat(course.cause()).contains("somebody asked for it");
        assertThat(farm.taken()).containsExactly("log 1", "close", "stopped");
    }

    @Test
    void theFirstResultOfAJobCountsAlsoWhenItIsPausedMeanwhile() {
        course.prepared(book(), NOW);
        course.rendered(result(), NOW);
        JobEvent deviceClass = farm.lastEvent();
        course.pause(false, NOW);
        course.recorded(farm.lastEvent(), NOW);
        course.withdrawn();
        assertThat(course.state()).isEqualTo(Jobs.State.RENDERING);
        course.recorded(deviceClass, NOW);
        course.logged(tokens(), NOW);
        assertThat(course.state()).isEqualTo(Jobs.State.PAUSED);
    }

    @Test
    void whatWorkersStillHoldCanBeTakenBackAtOnceAfterAll() {
        render();
        course.pause(false, NOW);
        course.recorded(farm.lastEvent(), NOW);
        assertThat(course.pause(false, NOW)).isFalse();
        assertThat(course.cancel(false, NOW)).isFalse();
        farm.taken();
        assertThat(course.pause(true, NOW)).isTrue();
        assertThat(farm.taken()).containsExactly("withdraw");
        course.withdrawn();
        assertThat(course.state()).isEqualTo(Jobs.State.RENDERING);
        course.withdrawn();
        assertThat(course.state()).isEqualTo(Jobs.State.PAUSED);
    }

    @Test
    void aDiskThatFillsWhileWorkersFinishEndsTheWaiting() {
        render();
        course.pause(false, NOW);
        course.rendered(result(), NOW);
        course.recorded(farm.lastEvent(), NOW);
        farm.taken();
        course.trouble(new IOException("No space left on device"), NOW);
        assertThat(farm.taken()).containsExactly("withdraw");
        course.withdrawn();
        course.withdrawn();
        assertThat(course.state()).isEqualTo(Jobs.State.PAUSED);
    }

    @Test
    void saysWhyItWillStopWhileTheJournalHasNotTakenIt() {
        render();
        course.trouble(new IOException("No space left on device"), NOW);
        assertThat(farm.told).containsExactly("No space left on device");
        assertThat(course.state()).isEqualTo(Jobs.State.RENDERING);
        assertThat(course.cause()).contains("No space left on device");
    }

    @Test
    void oneChangeAtATime() {
        render();
        course.pause(true, NOW);
        assertThat(course.pause(true, NOW)).isFalse();
        assertThat(course.cancel(false, NOW)).isFalse();
        assertThat(course.resume(NOW)).isFalse();
        course.trouble(new IOException("No space left on device"), NOW);
        assertThat(farm.taken()).containsExactly("withdraw", "record JobPaused");
    }

    @Test
    void aPausedJobCanBeCancelled() {
        render();
        course.pause(true, NOW);
        stopIsThrough();
        course.closed();
        farm.taken();
        assertThat(course.cancel(false, NOW)).isTrue();
        stopIsThrough();
        assertThat(course.state()).isEqualTo(Jobs.State.CANCELLED);
        assertThat(farm.taken()).containsExactly("withdraw", "record JobCancelled", "stopped");
    }

    @Test
    void tilesAreDeletedWhenTheJobIsCancelledAndClosed() {
        render();
        assertThat(course.cancel(true, NOW)).isTrue();
        stopIsThrough();
        assertThat(farm.taken()).containsExactly("withdraw", "record JobCancelled", "close", "stopped");
        course.closed();
        assertThat(farm.taken()).containsExactly("delete tiles");
        assertThat(course.resume(NOW)).isFalse();
        course.tilesDeleted(2_000_000, NOW);
        course.recorded(farm.lastEvent(), NOW);
        assertThat(course.cause()).contains("its tiles were deleted, 2 MB; resume makes them again from its tokens");
        assertThat(course.resume(NOW)).isTrue();
    }

    @Test
    void tilesOfACancelledJobCanBeDeletedAndThoseOfADoneOneAreNot() {
        render();
        course.cancel(false, NOW);
        stopIsThrough();
        course.closed();
        farm.taken();
        assertThat(course.cancel(false, NOW)).isFalse();
        assertThat(course.cancel(true, NOW)).isTrue();
        assertThat(farm.taken()).containsExactly("delete tiles");
        course.tilesKept();
        assertThat(course.cancel(true, NOW)).isTrue();
    }

    @Test
    void aResumedJobWaitsUntilItsLastLifeIsClosed() {
        render();
        course.pause(true, NOW);
        stopIsThrough();
        farm.taken();
        assertThat(course.resume(NOW)).isTrue();
        course.recorded(farm.lastEvent(), NOW);
        assertThat(farm.taken()).containsExactly("record JobResumed");
        course.closed();
        assertThat(farm.taken()).containsExactly("resumed", "prepare");
    }

    @Test
    void patchesThatWereGivenUpCanBeSkippedWhenTheJobHasFailedForThem() {
        render();
        var patch = new PatchId(0, 0, 0, 0);
        course.givenUp(new Outcome.GivenUp(SKY, patch, "it broke"), NOW);
        assertThat(course.givenUp()).isEmpty();
        stopIsThrough();
        assertThat(course.state()).isEqualTo(Jobs.State.FAILED);
        assertThat(course.givenUp().orElseThrow().patches()).containsExactly(patch);
        course.closed();
        farm.taken();
        assertThat(course.skip(List.of(patch), NOW)).isTrue();
        assertThat(course.skipped()).isEmpty();
        course.recorded(farm.lastEvent(), NOW);
        assertThat(farm.taken()).containsExactly("record PatchesSkipped", "resumed", "prepare");
        assertThat(course.skipped()).containsExactly(patch);
    }

    @Test
    void nothingIsSkippedOfAJobThatIsRendered() {
        render();
        assertThat(course.skip(List.of(), NOW)).isFalse();
    }

    @Test
    void aJobThatIsCancelledWhileItIsPreparedClosesWhatWasOpenedForIt() {
        course.cancel(false, NOW);
        stopIsThrough();
        farm.taken();
        course.prepared(book(), NOW);
        assertThat(farm.taken()).containsExactly("close");
        assertThat(course.state()).isEqualTo(Jobs.State.CANCELLED);
    }

    @Test
    void theFirstResultCountsWhenItsDeviceClassIsRecorded() {
        course.prepared(book(), NOW);
        farm.taken();
        course.rendered(result(), NOW);
        assertThat(farm.taken()).containsExactly("record DeviceClassFixed");
        course.recorded(farm.lastEvent(), NOW);
        assertThat(farm.taken()).containsExactly("log 1");
    }

    @Test
    void aDeviceClassThatIsRecordedWhileTheJobIsPausedIsKnownWhenItGoesOn() {
        course.prepared(book(), NOW);
        course.rendered(result(), NOW);
        JobEvent deviceClass = farm.lastEvent();
        course.pause(true, NOW);
        stopIsThrough();
        course.closed();
        course.recorded(deviceClass, NOW);
        course.resume(NOW);
        course.recorded(farm.lastEvent(), NOW);
        course.prepared(book(), NOW);
        farm.taken();
        course.rendered(result(), NOW);
        assertThat(farm.taken()).containsExactly("log 1");
    }

    @Test
    void tooManyResultsThatWaitForTheJournalPauseTheJob() {
        course.prepared(book(), NOW);
        for (int count = 0; count <= SETTINGS.heldBackOutcomes(); count++) {
            course.rendered(result(), NOW);
        }
        stopIsThrough();
        assertThat(course.state()).isEqualTo(Jobs.State.PAUSED);
        assertThat(course.cause().orElseThrow()).contains("the journal does not answer");
    }

    @Test
    void aFullDiskPausesAndAPatchThatWasGivenUpFails() {
        render();
        course.trouble(new IOException("No space left on device"), NOW);
        stopIsThrough();
        assertThat(course.state()).isEqualTo(Jobs.State.PAUSED);
        course.closed();
        course.resume(NOW);
        course.recorded(farm.lastEvent(), NOW);
        course.prepared(book(), NOW);
        course.givenUp(new Outcome.GivenUp(SKY, new PatchId(0, 0, 0, 0), "the device has an error"), NOW);
        stopIsThrough();
        assertThat(course.state()).isEqualTo(Jobs.State.FAILED);
        assertThat(course.cause().orElseThrow())
                .startsWith("0/0,0 was given up: the device has an error; 16 patches and tiles wait");
    }

    @Test
    void aFinishedJobIsForgottenByTheDesk() {
        RenderBook all = new RenderBook(
                Planner.plan(Specs.unconditional(128, 64, "zeta"), Specs.MODEL, Optional.empty()), Optional.empty());
        all.restoreTokens(0, 0, new short[64]);
        all.restoreTokens(0, 1, new short[64]);
        all.start();
        course.prepared(all, NOW);
        course.rendered(new Outcome.Rendered(SKY, 1, new WorkerId("w"), "cpu", List.of(stored()), WorkTime.NONE), NOW);
        course.recorded(farm.lastEvent(), NOW);
        farm.taken();
        course.pictureFinished();
        course.manifestWritten(NOW);
        stopIsThrough();
        assertThat(farm.taken())
                .containsExactly("complete manifest", "withdraw", "record JobFinished", "close", "stopped");
        assertThat(course.state()).isEqualTo(Jobs.State.DONE);
    }

    @Test
    void statesAreReleasedTogetherAndTheLastOnesWhenAllIsRendered() {
        RenderBook two = new RenderBook(
                Planner.plan(Specs.unconditional(128, 64, "zeta"), Specs.MODEL, Optional.empty()), Optional.empty());
        two.start();
        course.prepared(two, NOW);
        course.rendered(result(), NOW);
        course.recorded(farm.lastEvent(), NOW);
        course.logged(tokens(), NOW);
        farm.taken();
        course.logged(List.of(new TaskResult.Tokens(new PatchId(0, 1, 0, 0), new short[64])), NOW);
        assertThat(farm.taken()).containsExactly("offer [1/0,0]");
        course.rendered(new Outcome.Rendered(SKY, 3, new WorkerId("w"), "cpu", List.of(stored()), WorkTime.NONE), NOW);
        assertThat(farm.taken()).containsExactly("release [0/1,0, 0/0,0]", "finish picture");
    }

    private void render() {
        course.prepared(book(), NOW);
        course.rendered(result(), NOW);
        course.recorded(farm.lastEvent(), NOW);
        farm.taken();
    }

    private void stopIsThrough() {
        course.withdrawn();
        course.recorded(farm.lastEvent(), NOW);
    }

    private static TaskResult stored() {
        return new TaskResult.TileStored(new PatchId(1, 0, 0, 0));
    }

    private static Outcome.Rendered result() {
        return new Outcome.Rendered(SKY, 1, new WorkerId("w"), "cpu", List.copyOf(tokens()), WorkTime.NONE);
    }

    private static List<TaskResult.Tokens> tokens() {
        return List.of(new TaskResult.Tokens(new PatchId(0, 0, 0, 0), new short[64]));
    }

    private static RenderBook book() {
        var book = new RenderBook(
                Planner.plan(Specs.unconditional(256, 256, "zeta"), Specs.MODEL, Optional.empty()), Optional.empty());
        book.start();
        return book;
    }

    private static RegisteredJob accepted() {
        return new RegisteredJob(
                SKY,
                "",
                "hash",
                NOW,
                RegisteredJob.Standing.OPEN,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Remembers what it was told. */
    private static final class Farm implements CourseEffects {
        final List<String> told = new ArrayList<>();
        final List<String> said = new ArrayList<>();
        final List<JobEvent> events = new ArrayList<>();
        /** What had been said each time. */
        final List<List<String>> loggedAfter = new ArrayList<>();

        List<String> taken() {
            List<String> taken = List.copyOf(said);
            said.clear();
            return taken;
        }

        JobEvent lastEvent() {
            return events.get(events.size() - 1);
        }

        @Override
        public void prepare() {
            said.add("prepare");
        }

        @Override
        public void takeTiles() {
            said.add("take tiles");
        }

        @Override
        public void offer(int stage, List<OfferedTask> tasks) {
            said.add("offer "
                    + tasks.stream().map(offered -> offered.task().patch()).toList());
        }

        @Override
        public void logged(int stage, int patchCount) {
            loggedAfter.add(List.copyOf(said));
        }

        @Override
        public void release(List<PatchId> patches) {
            said.add("release " + patches);
        }

        @Override
        public void log(List<TaskResult.Tokens> tokens) {
            said.add("log " + tokens.size());
        }

        @Override
        public void accepted(WorkTime work, int tokenCount) {}

        @Override
        public void deleteTiles() {
            said.add("delete tiles");
        }

        @Override
        public void saidThatTilesAreDeleted(String sentence) {
            said.add(sentence);
        }

        @Override
        public void windDown() {
            said.add("wind down");
        }

        @Override
        public void windingDown() {
            said.add("winding down");
        }

        @Override
        public void record(JobEvent event) {
            events.add(event);
            said.add("record " + event.getClass().getSimpleName());
        }

        @Override
        public void withdraw() {
            said.add("withdraw");
        }

        @Override
        public void finishPicture() {
            said.add("finish picture");
        }

        @Override
        public void completeManifest() {
            said.add("complete manifest");
        }

        @Override
        public void close() {
            said.add("close");
        }

        @Override
        public void stopping(String cause) {
            told.add(cause);
        }

        @Override
        public void stopped() {
            said.add("stopped");
        }

        @Override
        public void resumed() {
            said.add("resumed");
        }
    }
}
