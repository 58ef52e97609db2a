package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhyTextTest {

    @Test
    void aJobIsASentenceAndThenItsStagesWorkersAndOldestLease() throws Exception {
        assertThat(lines("""
                {"job": "sky", "state": "rendering", "summary": "all that is ready is being rendered",
                 "ableWorkerCount": 1,
                 "stages": [
                   {"name": "sample", "cellCount": 2048, "renderedCount": 812, "storingCount": 2, "leasedCount": 16,
                    "readyCount": 0, "waitingCount": 1218},
                   {"name": "decode", "cellCount": 128, "renderedCount": 0, "waitingCount": 128}],
                 "oldestLease": {"worker": "4711-a", "host": "gpu07", "patchCount": 16, "heldSeconds": 72.4},
                 "patch": null, "workers": [{}, {}], "refused": [{}]}"""))
                .containsExactly(
                        "sky  rendering: all that is ready is being rendered",
                        "  sample        812 of 2,048 rendered, 2 on the way to the log, 16 leased, 1,218 waiting",
                        "  decode        0 of 128 rendered, 128 waiting",
                        "  workers       2 joined, 1 of them can be given patches of this job, 1 refused",
                        "  oldest lease  16 patches with worker 4711-a on gpu07 for 1 min 12 s");
    }

    @Test
    void aPatchIsASentenceWithThePatchesItWaitsForAndTheAttemptsThatEnded() throws Exception {
        assertThat(lines("""
                {"job": "sky", "state": "rendering", "summary": "all that is ready is being rendered",
                 "ableWorkerCount": 1,
                 "patch": {"patch": "sample/2,0", "summary": "waits for 12 patches that it reads", "missingCount": 12,
                   "missing": [{"patch": "sample/0,0", "summary": "is leased by worker a for 3 s"},
                               {"patch": "layout/10,0", "summary": "waits for 1 patch that it reads"}],
                   "endedAttempts": [
                     {"worker": "a", "secondsAgo": 61, "reason": "not a number", "countsAgainstPatch": true},
                     {"worker": "b", "secondsAgo": 2.2, "reason": "the worker was lost", "countsAgainstPatch": false}]}}"""))
                .containsExactly(
                        "sky  sample/2,0 waits for 12 patches that it reads",
                        "  sample/0,0   is leased by worker a for 3 s",
                        "  layout/10,0  waits for 1 patch that it reads",
                        "  and 10 more",
                        "  failed      1 min 01 s ago on a: not a number",
                        "  taken back  2 s ago on b: the worker was lost");
    }

    @Test
    void aPatchOfAJobThatIsNotBeingRenderedSaysThatToo() throws Exception {
        assertThat(lines("""
                {"job": "sky", "state": "paused", "summary": "the disk is full",
                 "patch": {"patch": "sample/2,0", "summary": "is ready", "missingCount": 0}}""")).containsExactly("sky  sample/2,0 is ready", "  the job is paused: the disk is full");
    }

    @Test
    void aPatchThatWaitsForOthersSaysThatNobodyRendersThem() throws Exception {
        assertThat(lines("""
                {"job": "sky", "state": "rendering", "summary": "1 patch is ready, but no worker has joined",
                 "ableWorkerCount": 0,
                 "patch": {"patch": "sample/2,0", "state": "waiting", "summary": "waits for 2 patches that it reads",
                   "missingCount": 0}}"""))
                .containsExactly(
                        "sky  sample/2,0 waits for 2 patches that it reads",
                        "  the job is rendering: 1 patch is ready, but no worker has joined");
    }

    private static List<String> lines(String answer) throws JsonProcessingException {
        return WhyText.lines(CoordinatorClient.parsed(answer));
    }
}
