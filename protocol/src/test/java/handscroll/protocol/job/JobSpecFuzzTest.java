package handscroll.protocol.job;

import static org.assertj.core.api.Assertions.assertThat;

import handscroll.protocol.Mutations;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What users and strangers could write instead of a job. */
@Tag("fuzz")
class JobSpecFuzzTest {

    private static final List<String> VALID = List.of("""
        task = extension
        canvas { width = 16384, height = 512 }
        model = starry-night
        input { image = "source.png", at = [0, -24] }
        direction = auto
        seed = 20221
        sampling { temperature = 0.9, top-k = 100 }
        output { to = "out/starry-scroll", tiles = jpeg, quality = 90 }
        """, """
        {"task": "unconditional", "canvas": {"width": 300, "height": 256}, "model": "m", "direction": "zeta",
         "seed": 7, "output": {"to": "out"}}
        """);
    private static final long MOST_BYTES = 64 << 20;

    @Test
    void spoiltJobsAreReadOrRefusedWithTheirProblems() {
        int refusedCount = 0;
        for (int run = 0; run < Mutations.RUNS; run++) {
            String spoilt = new Mutations(run).of(VALID.get(run % VALID.size()));
            long before = Mutations.allocatedBytes();
            try {
                JobSpecReader.readText("fuzz", spoilt, Path.of("jobs"));
            } catch (Refusal refused) {
                refusedCount++;
                assertThat(refused.problems()).as("run %d", run).isNotEmpty();
                assertThat(refused.getMessage())
                        .as("run %d: %s", run, spoilt)
                        .doesNotContain("Exception")
                        .doesNotContain("\tat ")
                        .doesNotContain("root:x:");
            } catch (Throwable other) {
                throw new AssertionError("run " + run + ":\n" + spoilt, other);
            }
            assertThat(Mutations.allocatedBytes() - before)
                    .as("bytes asked for by run %d:%n%s", run, spoilt)
                    .isLessThan(MOST_BYTES);
        }
        assertThat(refusedCount).isGreaterThan(Mutations.RUNS / 10);
    }
}
