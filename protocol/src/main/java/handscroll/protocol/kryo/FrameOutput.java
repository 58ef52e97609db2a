package handscroll.protocol.kryo;

import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a message of at most one frame, and tokens as a whole where Kryo writes them byte by byte. */
final class FrameOutput extends Output {

    FrameOutput(int firstBytes, int frameBytes) {
        super(Math.min(firstBytes, frameBytes), frameBytes);
    }

    /** The same bytes as {@link #writeShorts}. */
    void writeAll(short[] values) {
        int bytes = Short.BYTES * values.length;
        require(bytes);
        ByteBuffer.wrap(buffer, position, bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer()
                .put(values);
        position += bytes;
    }

    /** Into the buffer that Akka sends from. */
    void writeTo(ByteBuffer sent) {
        sent.put(buffer, 0, position);
    }
}
