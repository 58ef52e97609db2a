package handscroll.coordinator.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupForceTest {

    @Test
    void whoComesWhileTheDiskWritesSharesTheNextWait() throws Exception {
        var forces = new AtomicInteger();
        var begun = new CountDownLatch(1);
        var written = new CountDownLatch(1);
        var group = new GroupForce(() -> {
            if (forces.incrementAndGet() == 1) {
                begun.countDown();
                await(written);
            }
        });
        List<Thread> threads = new ArrayList<>(List.of(forcing(group)));
        begun.await();
        for (int i = 0; i < 10; i++) {
            threads.add(forcing(group));
        }
        for (Thread waiting : threads) {
            while (waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        written.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(forces).hasValue(2);
    }

    @Test
    void whatWasWrittenAfterOneWaitNeedsAnother() throws Exception {
        var forces = new AtomicInteger();
        var group = new GroupForce(forces::incrementAndGet);
        group.force();
        group.force();
        assertThat(forces).hasValue(2);
    }

    @Test
    void nothingIsDurableAnyMoreAfterAFailure() {
        var forces = new AtomicInteger();
        var group = new GroupForce(() -> {
            forces.incrementAndGet();
            throw new IOException("bad sector");
        });
        assertThatThrownBy(group::force).hasMessage("bad sector");
        assertThatThrownBy(group::force).hasMessageContaining("failed before");
        assertThat(forces).hasValue(1);
    }

    private static Thread forcing(GroupForce group) {
        Thread thread = new Thread(() -> {
            try {
                group.force();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
