package handscroll.protocol.kryo;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WireTypesTest {

    /** The wire format. A line may be added at the end of its block; if one changes, old processes stop understanding. */
    private static final String GOLDEN = """
            23 [B
            24 [S
            25 java.time.Duration
            26 java.util.Optional
            30 handscroll.protocol.lease.Leasing$WorkerId
            31 handscroll.protocol.lease.Leasing$Join
            32 handscroll.protocol.lease.Leasing$Welcome
            33 handscroll.protocol.lease.Leasing$Refused
            34 handscroll.protocol.lease.Leasing$Pull
            36 handscroll.protocol.lease.Leasing$Renew
            39 handscroll.protocol.lease.Leasing$Failed
            40 handscroll.protocol.lease.Leasing$Revoked
            41 handscroll.protocol.lease.Leasing$Released
            42 handscroll.protocol.lease.Leasing$Leave
            43 handscroll.protocol.lease.Leasing$WorkTime
            44 handscroll.protocol.lease.Leasing$Granted
            45 handscroll.protocol.lease.Leasing$Completed
            46 handscroll.protocol.lease.Leasing$OutOfMemory
            47 handscroll.protocol.lease.Leasing$DeviceFailed
            48 handscroll.protocol.lease.Leasing$Drained
            60 handscroll.protocol.job.JobId
            61 handscroll.protocol.canvas.PatchId
            63 handscroll.protocol.job.JobSpec$TileEncoding
            64 handscroll.protocol.task.Task$Encode
            67 handscroll.protocol.task.Task$Idle
            68 handscroll.protocol.task.ContextPatch
            69 handscroll.protocol.task.TokenBlock
            70 handscroll.protocol.task.PixelBlock
            71 handscroll.protocol.task.TaskResult$Tokens
            73 handscroll.protocol.task.TaskResult$Nothing
            75 handscroll.protocol.task.Task$Decode
            76 handscroll.protocol.task.Task$Fill
            77 handscroll.protocol.task.KnownPixels
            80 handscroll.protocol.task.RememberedPatch
            82 handscroll.protocol.task.Task$Sample
            84 handscroll.protocol.task.RenderSettings$Sampling
            85 handscroll.protocol.task.RenderSettings
            86 handscroll.protocol.trace.JobTrace
            87 handscroll.protocol.task.JobTasks
            88 handscroll.protocol.task.TaskResult$TileStored
            """;

    @Test
    void everyClassKeepsItsNumber() {
        String found = WireTypes.BY_NUMBER.entrySet().stream()
                .map(type -> type.getKey() + " " + type.getValue().getName() + "\n")
                .collect(joining());
        assertThat(found).isEqualTo(GOLDEN);
    }

    @Test
    void noClassHasTwoNumbers() {
        assertThat(WireTypes.BY_NUMBER.values()).doesNotHaveDuplicates();
    }
}
