package handscroll.protocol.kryo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.ExtendedActorSystem;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializationExtension;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.DefaultArraySerializers;
import com.esotericsoftware.kryo.serializers.RecordSerializer;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.KnownPixels;
import handscroll.protocol.task.PixelBlock;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.task.TokenBlock;
import handscroll.protocol.trace.JobTrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KryoSerializerTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final KryoSerializer SERIALIZER =
            new KryoSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));

    private static final WorkerId WORKER = new WorkerId("worker-1");
    private static final JobId SKY = new JobId("sky");
    private static final PatchId PATCH = new PatchId(1, -2, 300_000, 4);
    private static final short[] TOKENS = {0, 1, -1, Short.MAX_VALUE, Short.MIN_VALUE};
    private static final RenderSettings SETTINGS = new RenderSettings(
            SKY,
            "starry-night",
            "c0ffee",
            Long.MIN_VALUE,
            new RenderSettings.Sampling(0.9, 100, 0.05, 8, 4, 2.5),
            12,
            34,
            8,
            16,
            JobSpec.TileEncoding.values()[0],
            90,
            List.of("snow", "a red desert"));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    static Stream<Leasing.Message> messages() {
        return messages(ref());
    }

    /** One of each kind and more. */
    static Stream<Leasing.Message> messages(akka.actor.typed.ActorRef<Leasing.ToWorker> worker) {
        return Stream.of(
                new Leasing.Join(WORKER, 2, "cpu-bf16", Map.of("starry-night", "c0ffee", "wave", "beef"), worker),
                new Leasing.Join(WORKER, 2, "cpu-bf16", Map.of(), worker),
                new Leasing.Welcome("127.0.0.1", 40_000, "key", Duration.ofMillis(1500)),
                new Leasing.Refused("job sky needs the model “wave” 浪"),
                new Leasing.Pull(WORKER, 3, 16),
                new Leasing.Granted(
                        Long.MAX_VALUE,
                        3,
                        SETTINGS,
                        List.of(
                                new Task.Encode(PATCH, new PixelBlock(2, 1, new byte[] {1, 2, 3, -1, -2, -3})),
                                new Task.Sample(
                                        PATCH,
                                        List.of(new ContextPatch(-1, 0, 0, TOKENS)),
                                        0.25,
                                        0.5,
                                        new TokenBlock(1, 5, TOKENS)),
                                new Task.Sample(PATCH, List.of(), 0, 1, TokenBlock.EMPTY),
                                new Task.Sample(
                                        PATCH,
                                        List.of(),
                                        0,
                                        1,
                                        TokenBlock.EMPTY,
                                        List.of(new RememberedPatch(-1, 2, 0, TOKENS, 0.25, 0.5, new short[] {3, 1})),
                                        1),
                                new Task.Fill(
                                        new Task.Sample(PATCH, List.of(), 0, 1, TokenBlock.EMPTY),
                                        new PixelBlock(1, 1, new byte[] {7, 8, 9}),
                                        0,
                                        1,
                                        7,
                                        8),
                                new Task.Decode(PATCH, new TokenBlock(5, 1, TOKENS), 255, 256),
                                new Task.Decode(
                                        PATCH,
                                        TokenBlock.EMPTY,
                                        List.of(new TokenBlock(1, 5, TOKENS), TokenBlock.EMPTY),
                                        1,
                                        1,
                                        new KnownPixels(3, 4, new PixelBlock(1, 1, new byte[] {-1, 0, 1}))),
                                new Task.Idle(PATCH, 7))),
                new Leasing.Granted(
                        8,
                        0,
                        List.of(new JobTasks(
                                SETTINGS,
                                List.of(new Task.Idle(PATCH, 7)),
                                Optional.of(new JobTrace(Long.MIN_VALUE, -1, 1, 0.01))))),
                new Leasing.Renew(WORKER, List.of(1L, -1L, Long.MIN_VALUE)),
                new Leasing.Renew(WORKER, List.of()),
                new Leasing.Completed(
                        WORKER,
                        7,
                        List.of(
                                new TaskResult.Tokens(PATCH, TOKENS),
                                new TaskResult.TileStored(PATCH),
                                new TaskResult.TileStored(PATCH, new byte[] {0, 1, -1}),
                                new TaskResult.Nothing(PATCH, new byte[3])),
                        new WorkTime(Duration.ofNanos(1), Duration.ofSeconds(2), Duration.ZERO),
                        3,
                        16),
                new Leasing.Failed(WORKER, 7, ""),
                new Leasing.OutOfMemory(WORKER, 7, "out of memory"),
                new Leasing.DeviceFailed(WORKER, 7, "the device is gone"),
                new Leasing.Revoked(7, "the job was withdrawn"),
                new Leasing.Released(SKY, List.of(PATCH, new PatchId(0, 0, 0, 0))),
                Leasing.Drained.within(WORKER, Optional.of(Duration.ofMinutes(10))),
                Leasing.Drained.noMore(WORKER),
                new Leasing.Leave(WORKER));
    }

    private static akka.actor.typed.ActorRef<Leasing.ToWorker> ref() {
        return KIT.<Leasing.ToWorker>createTestProbe().getRef();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageComesBackAsItWas(Leasing.Message message) {
        Object back = SERIALIZER.fromBinaryJava(SERIALIZER.toBinary(message), Object.class);
        assertThat(back).usingRecursiveComparison().isEqualTo(message);
    }

    /** What is written by hand for speed stays what it was: another build may have written it Kryo's own way. */
    @ParameterizedTest
    @MethodSource("messages")
    void theFormsWrittenByHandAreThoseOfKryo(Leasing.Message message) {
        var generic = WireKryo.create(ActorRefResolver.get(KIT.system()));
        BatchForms.BY_CLASS
                .keySet()
                .forEach(type -> generic.register(
                        type,
                        type.isArray()
                                ? new DefaultArraySerializers.ShortArraySerializer()
                                : new RecordSerializer<>(type.asSubclass(Record.class)),
                        generic.getRegistration(type).getId()));
        var output = new FrameOutput(1 << 16, 1 << 16);
        generic.writeClassAndObject(output, message);

        assertThat(SERIALIZER.toBinary(message)).isEqualTo(output.toBytes());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageTravelsInAkkasOwnBuffers(Leasing.Message message) {
        var frame = java.nio.ByteBuffer.allocateDirect(1 << 16);
        SERIALIZER.toBinary(message, frame);
        frame.flip();

        assertThat(SERIALIZER.fromBinary(frame, "")).usingRecursiveComparison().isEqualTo(message);
        assertThat(frame.hasRemaining()).isFalse();
    }

    @Test
    void everyMessageOfTheConversationIsTried() {
        List<Class<?>> tried =
                messages().map(Object::getClass).distinct().collect(ArrayList::new, List::add, List::addAll);
        List<Class<?>> declared = Stream.of(Leasing.class.getDeclaredClasses())
                .filter(type -> type.isRecord() && Leasing.Message.class.isAssignableFrom(type))
                .collect(ArrayList::new, List::add, List::addAll);
        assertThat(tried).containsExactlyInAnyOrderElementsOf(declared);
    }

    @Test
    void akkaTakesThisSerializerForTheConversation() throws java.io.NotSerializableException {
        var found = SerializationExtension.get(Adapter.toClassic(KIT.system())).serializerFor(Leasing.Pull.class);
        assertThat(found).isInstanceOf(KryoSerializer.class);
        assertThat(found.identifier()).isEqualTo(7001);
    }

    @Test
    void anActorIsFoundAgain() {
        var probe = KIT.<Leasing.ToWorker>createTestProbe();
        var join = new Leasing.Join(WORKER, 1, "cpu", Map.of(), probe.getRef());
        var back = (Leasing.Join) SERIALIZER.fromBinaryJava(SERIALIZER.toBinary(join), Object.class);
        back.replyTo().tell(new Leasing.Refused("found"));
        assertThat(probe.receiveMessage()).isEqualTo(new Leasing.Refused("found"));
    }

    @Test
    void anyKindOfListTravels() {
        var epochs = new LinkedList<>(List.of(1L, 2L));
        var back = SERIALIZER.fromBinaryJava(SERIALIZER.toBinary(new Leasing.Renew(WORKER, epochs)), Object.class);
        assertThat(back).isEqualTo(new Leasing.Renew(WORKER, List.of(1L, 2L)));
    }

    @Test
    void aMessageWithoutANumberIsRefusedAtTheSender() {
        record Stranger(int value) implements Leasing.Message {}
        assertThatThrownBy(() -> SERIALIZER.toBinary(new Stranger(1))).hasMessageContaining("not registered");
    }

    @Test
    void aMessageLongerThanAFrameIsRefusedAtTheSenderWithWhatToDo() {
        var huge = new TaskResult.Nothing(PATCH, new byte[2 << 20]);
        var completed = new Leasing.Completed(WORKER, 1, List.of(huge), WorkTime.NONE, 0, 1);
        assertThatThrownBy(() -> SERIALIZER.toBinary(completed))
                .hasMessageContaining("maximum-frame-size")
                .hasMessageContaining("grant-bytes");
        everyMessageComesBackAsItWas(new Leasing.Leave(WORKER));
    }

    /** Each announces some 2^31 values of its kind and ends. */
    @ParameterizedTest
    @ValueSource(ints = {WireTypes.LIST, WireTypes.MAP, 23, 24})
    void aFewBytesCannotAskForGigabytes(int number) {
        var output = new Output(16);
        output.writeVarInt(number + 2, true);
        output.writeVarInt(Integer.MAX_VALUE, true);
        assertThat(output.position()).isEqualTo(6);
        assertThatThrownBy(() -> SERIALIZER.fromBinaryJava(output.toBytes(), Object.class))
                .isInstanceOf(KryoException.class)
                .hasStackTraceContaining("bytes are left");
    }

    @Test
    void aShortTextCannotAskForGigabytes() {
        var output = new Output(16);
        output.writeVarInt(33 + 2, true);
        output.writeByte(1); // the reason is there
        output.writeVarIntFlag(true, Integer.MAX_VALUE, true);
        assertThatThrownBy(() -> SERIALIZER.fromBinaryJava(output.toBytes(), Object.class))
                .isInstanceOf(KryoException.class);
        var bare = new Output(16);
        bare.writeVarIntFlag(true, Integer.MAX_VALUE, true);
        assertThatThrownBy(() -> new BoundedInput(bare.toBytes()).readString())
                .isInstanceOf(KryoException.class)
                .hasMessageContaining("bytes are left");
    }

    /** It once took the whole process along. */
    @Test
    void anActorWithoutAnAddressIsRefused() {
        var output = new Output(16);
        output.writeVarInt(WireTypes.ACTOR_REF + 2, true);
        output.writeString(null);
        assertThatThrownBy(() -> SERIALIZER.fromBinaryJava(output.toBytes(), Object.class))
                .isInstanceOf(KryoException.class)
                .hasMessageContaining("without an address");
    }

    @Test
    void listsInListsEndBeforeTheStack() {
        var output = new Output(1 << 20);
        for (int depth = 0; depth < 100_000; depth++) {
            output.writeVarInt(WireTypes.LIST + 2, true);
            output.writeVarInt(1, true);
        }
        assertThatThrownBy(() -> SERIALIZER.fromBinaryJava(output.toBytes(), Object.class))
                .isInstanceOf(KryoException.class);
    }

    @Test
    void aTruncatedMessageIsRefusedWhereverItEnds() {
        byte[] whole = SERIALIZER.toBinary(
                messages().filter(Leasing.Granted.class::isInstance).findFirst().orElseThrow());
        for (int length = 0; length < whole.length; length++) {
            byte[] part = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> SERIALIZER.fromBinaryJava(part, Object.class))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void bytesBehindAMessageAreRefused() {
        byte[] whole = SERIALIZER.toBinary(new Leasing.Leave(WORKER));
        byte[] longer = java.util.Arrays.copyOf(whole, whole.length + 1);
        assertThatThrownBy(() -> SERIALIZER.fromBinaryJava(longer, Object.class))
                .hasMessageContaining("after its end");
    }

    @Test
    void whatIsNoMessageIsRefused() {
        var output = new Output(16);
        output.writeVarInt(WireTypes.LIST + 2, true);
        output.writeVarInt(0, true);
        assertThatThrownBy(() -> SERIALIZER.fromBinaryJava(output.toBytes(), Object.class))
                .hasMessageContaining("no message");
    }

    @Test
    void manyThreadsMaySerializeAtOnce() {
        var message = new Leasing.Released(SKY, List.of(PATCH));
        assertThat(IntStream.range(0, 2000)
                        .parallel()
                        .mapToObj(i -> SERIALIZER.fromBinaryJava(SERIALIZER.toBinary(message), Object.class)))
                .allMatch(message::equals);
    }
}
