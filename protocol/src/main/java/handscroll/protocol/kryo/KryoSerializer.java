package handscroll.protocol.kryo;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.ByteBufferSerializer;
import akka.serialization.JSerializer;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.KryoBufferOverflowException;
import com.esotericsoftware.kryo.util.Pool;
import handscroll.protocol.lease.Leasing;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * Turns the messages of {@link Leasing} into bytes and back, for Artery. A class
 * without a number in {@link WireTypes} is refused at the sender.
 */
public final class KryoSerializer extends JSerializer implements ByteBufferSerializer {

    private static final int IDENTIFIER = 7001;
    private static final int FIRST_BUFFER_BYTES = 4096;
    private static final String FRAME_KEY = "akka.remote.artery.advanced.maximum-frame-size";

    private final Pool<Lane> lanes;

    /** @param system the one that this serializer is for; Akka hands it in */
    public KryoSerializer(ExtendedActorSystem system) {
        int frameBytes = Math.toIntExact(system.settings().config().getBytes(FRAME_KEY));
        this.lanes = new Pool<>(true, false) {
            @Override
            protected Lane create() {
                // Asked for here, because actors cannot be looked up yet while the system starts.
                return new Lane(WireKryo.create(ActorRefResolver.get(Adapter.toTyped(system))), frameBytes);
            }
        };
    }

    /** One thread's Kryo and its buffer, while it has them. */
    private static final class Lane {
        final Kryo kryo;
        final FrameOutput output;

        Lane(Kryo kryo, int frameBytes) {
            this.kryo = kryo;
            this.output = new FrameOutput(FIRST_BUFFER_BYTES, frameBytes);
        }
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public boolean includeManifest() {
        return false;
    }

    @Override
    public byte[] toBinary(Object message) {
        return write(message, FrameOutput::toBytes);
    }

    @Override
    public void toBinary(Object message, ByteBuffer sent) {
        write(message, output -> {
            output.writeTo(sent);
            return sent;
        });
    }

    private <T> T write(Object message, Function<FrameOutput, T> taken) {
        Lane lane = lanes.obtain();
        try {
            lane.kryo.writeClassAndObject(lane.output, message);
            return taken.apply(lane.output);
        } catch (KryoBufferOverflowException e) {
            throw new KryoException(
                    "A message of class " + message.getClass().getName() + " is longer than " + FRAME_KEY
                            + " allows and cannot be sent; lower handscroll.coordinator.lease.grant-bytes, or raise"
                            + " that key on both sides.",
                    e);
        } finally {
            lane.output.reset();
            lane.kryo.reset();
            lanes.free(lane);
        }
    }

    @Override
    public Object fromBinary(ByteBuffer received, String manifest) {
        byte[] bytes = new byte[received.remaining()];
        received.get(bytes);
        return read(bytes);
    }

    @Override
    public Object fromBinaryJava(byte[] bytes, Class<?> manifest) {
        return read(bytes);
    }

    private Object read(byte[] bytes) {
        Lane lane = lanes.obtain();
        try {
            var input = new BoundedInput(bytes);
            Object message = lane.kryo.readClassAndObject(input);
            if (!input.end()) {
                throw new KryoException("A message goes on for " + (input.limit() - input.position())
                        + " bytes after its end; install the same Handscroll on both sides.");
            }
            if (!(message instanceof Leasing.Message)) {
                throw new KryoException("What came is no message of the lease conversation.");
            }
            return message;
        } finally {
            lane.kryo.reset();
            lanes.free(lane);
        }
    }
}
