package handscroll.coordinator.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A piece of a fragmented MP4 (ISO/IEC 14496-12) that was encoded by itself, put in its place in a longer one.
 *
 * <pre>
 *   ftyp moov | moof mdat moof mdat ...      what ffmpeg writes for one segment
 *   ^ start   | ^ fragments                  each moof holds its number (mfhd) and its time (tfdt)
 * </pre>
 *
 * @param start the same for all segments of a video
 * @param fragments numbered and timed as they are in the whole video
 */
record Segment(byte[] start, byte[] fragments) {

    private static final int HEADER_BYTES = 8;

    /**
     * @param encoded whole file of one segment, which begins at time 0
     * @param number of the first fragment
     * @param time where it begins in the whole video, in units of its time scale
     */
    static Segment of(byte[] encoded, int number, long time) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(encoded.clone());
        int firstFragment = -1;
        int fragment = number;
        for (int at = 0; at < encoded.length; at = end(bytes, at)) {
            if (type(bytes, at).equals("moof")) {
                firstFragment = firstFragment < 0 ? at : firstFragment;
                place(bytes, at, fragment++, time);
            }
        }
        if (firstFragment <= 0) {
            throw new IOException("the encoder wrote " + encoded.length + " bytes without a fragment");
        }
        return new Segment(
                Arrays.copyOf(encoded, firstFragment),
                Arrays.copyOfRange(bytes.array(), firstFragment, encoded.length));
    }

    private static void place(ByteBuffer bytes, int box, int number, long time) throws IOException {
        int end = end(bytes, box);
        for (int at = box + HEADER_BYTES; at < end; at = end(bytes, at)) {
            switch (type(bytes, at)) {
                case "mfhd" -> bytes.putInt(at + HEADER_BYTES + 4, number);
                case "traf" -> place(bytes, at, number, time);
                case "tfdt" -> moveTime(bytes, at + HEADER_BYTES, time);
                default -> {}
            }
        }
    }

    private static void moveTime(ByteBuffer bytes, int at, long time) throws IOException {
        if (bytes.get(at) == 0) {
            throw new IOException("the encoder wrote times of 32 bits");
        }
        bytes.putLong(at + 4, bytes.getLong(at + 4) + time);
    }

    private static String type(ByteBuffer bytes, int at) {
        return new String(bytes.array(), at + 4, 4, StandardCharsets.US_ASCII);
    }

    private static int end(ByteBuffer bytes, int at) throws IOException {
        int size = bytes.getInt(at);
        if (size < HEADER_BYTES || size > bytes.limit() - at) {
            throw new IOException("the encoder wrote a box of " + size + " bytes at " + at);
        }
        return at + size;
    }
}
