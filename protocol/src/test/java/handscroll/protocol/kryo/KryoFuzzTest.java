package handscroll.protocol.kryo;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ExtendedActorSystem;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.javadsl.Adapter;
import handscroll.protocol.Mutations;
import handscroll.protocol.lease.Leasing;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a stranger could send instead of a message. */
@Tag("fuzz")
class KryoFuzzTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final KryoSerializer SERIALIZER =
            new KryoSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));
    private static final long MOST_BYTES = 16 << 20;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void spoiltMessagesAreReadOrRefusedAndTakeLittleMemory() {
        List<byte[]> valid = KryoSerializerTest.messages(
                        KIT.<Leasing.ToWorker>createTestProbe().getRef())
                .map(SERIALIZER::toBinary)
                .toList();
        int refusedCount = 0;
        for (int run = 0; run < Mutations.RUNS; run++) {
            Mutations mutations = new Mutations(run);
            byte[] spoilt = mutations.of(valid.get(mutations.below(valid.size())));
            long before = Mutations.allocatedBytes();
            try {
                SERIALIZER.fromBinaryJava(spoilt, Object.class);
            } catch (RuntimeException refused) {
                refusedCount++;
            } catch (Throwable fatal) {
                throw new AssertionError("run " + run + ": " + HexFormat.of().formatHex(spoilt), fatal);
            }
            assertThat(Mutations.allocatedBytes() - before)
                    .as("bytes asked for by run %d, %s", run, HexFormat.of().formatHex(spoilt))
                    .isLessThan(MOST_BYTES);
        }
        assertThat(refusedCount).isGreaterThan(Mutations.RUNS / 10);
    }
}
