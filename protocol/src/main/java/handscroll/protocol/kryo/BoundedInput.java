package handscroll.protocol.kryo;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a message that is there as a whole, and believes no length in it: Kryo allocates what a length
 * says before it looks whether so much follows, so that six bytes could ask for gigabytes.
 */
final class BoundedInput extends Input {

    BoundedInput(byte[] message) {
        super(message);
    }

    /**
     * @param count declared in the message
     * @param bytesEach that one of them takes at least
     */
    int checked(int count, int bytesEach) {
        int left = limit - position;
        if (count < 0 || (long) count * bytesEach > left) {
            throw new KryoException("A message announces " + count + " values where " + left + " bytes are left.");
        }
        return count;
    }

    @Override
    public byte[] readBytes(int length) {
        return super.readBytes(checked(length, Byte.BYTES));
    }

    @Override
    public short[] readShorts(int length) {
        return super.readShorts(checked(length, Short.BYTES));
    }

    /** The same as {@link #readShorts}, as a whole where Kryo reads them byte by byte. */
    short[] readAll(int length) {
        short[] values = new short[checked(length, Short.BYTES)];
        int bytes = Short.BYTES * length;
        ByteBuffer.wrap(buffer, position, bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer()
                .get(values);
        position += bytes;
        return values;
    }

    @Override
    public int[] readInts(int length) {
        return super.readInts(checked(length, Integer.BYTES));
    }

    @Override
    public int[] readInts(int length, boolean optimizePositive) {
        return super.readInts(checked(length, 1), optimizePositive);
    }

    @Override
    public long[] readLongs(int length) {
        return super.readLongs(checked(length, Long.BYTES));
    }

    @Override
    public long[] readLongs(int length, boolean optimizePositive) {
        return super.readLongs(checked(length, 1), optimizePositive);
    }

    @Override
    public float[] readFloats(int length) {
        return super.readFloats(checked(length, Float.BYTES));
    }

    @Override
    public double[] readDoubles(int length) {
        return super.readDoubles(checked(length, Double.BYTES));
    }

    @Override
    public char[] readChars(int length) {
        return super.readChars(checked(length, Character.BYTES));
    }

    @Override
    public boolean[] readBooleans(int length) {
        return super.readBooleans(checked(length, 1));
    }

    @Override
    public String readString() {
        checkText();
        return super.readString();
    }

    @Override
    public StringBuilder readStringBuilder() {
        checkText();
        return super.readStringBuilder();
    }

    /** Looks ahead: a text that is not plain ASCII begins with one more than its number of characters. */
    private void checkText() {
        int start = position;
        if (readVarIntFlag()) {
            int count = readVarIntFlag(true);
            checked(Math.max(0, count - 1), 1);
        }
        position = start;
    }
}
