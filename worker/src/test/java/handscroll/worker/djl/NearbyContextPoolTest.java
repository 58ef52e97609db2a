package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.worker.djl.NearbyContextPool.States;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NearbyContextPoolTest {

    private static final JobId JOB = new JobId("sky");
    private static final short[] TOKENS = {1, 2, 3};

    private final NDManager manager = LibTorch.newManager(Device.cpu());
    private final NearbyContextPool pool = new NearbyContextPool(300);

    @AfterEach
    void close() {
        pool.close();
        manager.close();
    }

    @Test
    void selectsWhatWasAdded() {
        States added = add(0);
        assertThat(pool.select(JOB, patch(0), TOKENS)).containsSame(added);
        assertThat(pool.select(JOB, patch(1), TOKENS)).isEmpty();
        assertThat(pool.select(new JobId("sea"), patch(0), TOKENS)).isEmpty();
    }

    @Test
    void doesNotSelectStatesOfOtherTokens() {
        add(0);
        assertThat(pool.select(JOB, patch(0), new short[] {1, 2, 4})).isEmpty();
    }

    @Test
    void dropsWhatWasNotUsedForLongest() {
        for (int i = 0; i < 3; i++) {
            pool.giveBack(List.of(add(i)));
        }
        pool.giveBack(List.of(pool.select(JOB, patch(0), TOKENS).orElseThrow()));
        add(3);
        assertThat(pool.select(JOB, patch(1), TOKENS)).isEmpty();
        assertThat(pool.select(JOB, patch(0), TOKENS)).isPresent();
        assertThat(pool.bytes()).isEqualTo(300);
    }

    @Test
    void keepsTheMemoryOfDroppedStatesUntilTheirLastReaderIsDone() {
        States added = add(0);
        pool.remove(JOB, List.of(patch(0)));
        assertThat(pool.patchCount()).isZero();
        assertThat(added.near().toFloatArray()).containsExactly(0f);
        pool.giveBack(List.of(added));
        assertThat(added.near().isReleased()).isTrue();
    }

    @Test
    void replacesStatesOfTheSamePatch() {
        pool.giveBack(List.of(add(0)));
        States second = add(0);
        assertThat(pool.select(JOB, patch(0), TOKENS)).containsSame(second);
        assertThat(pool.bytes()).isEqualTo(100);
    }

    private States add(int column) {
        return pool.add(
                JOB,
                patch(column),
                new States(TOKENS, manager.create(new float[] {column}), manager.create(new float[] {column}), 100));
    }

    private static PatchId patch(int column) {
        return new PatchId(0, column, 0, 0);
    }
}
