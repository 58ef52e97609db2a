package handscroll.protocol;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils what is valid, each time otherwise and the same for the same seed; {@code -Dhandscroll.fuzz.runs} says how often. */
public final class Mutations {

    /** The profile {@code chaos} asks for 100,000. */
    public static final int RUNS = Integer.getInteger("handscroll.fuzz.runs", 1_000);

    private static final List<String> NASTY = List.of(
            "{",
            "}",
            "[",
            "\"",
            "\"\"\"",
            "${",
            "${?user.home}",
            "include \"/etc/passwd\"",
            "include url(\"http://127.0.0.1:1/\")",
            "../",
            "/etc/passwd",
            "\u0000",
            "-1",
            "0",
            "NaN",
            "1e308",
            "9999999999999999999",
            "2147483647",
            "null",
            "true",
            "=",
            "+=",
            ":",
            ",",
            "\n",
            "#",
            "width",
            "canvas",
            "seed",
            "model",
            "output",
            "input",
            "é",
            "\uD800");

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Random random;

    public Mutations(long seed) {
        this.random = new Random(seed);
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** Some bits turned, cut, doubled or made up. */
    public byte[] of(byte[] valid) {
        byte[] bytes = valid.clone();
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes = bytes.length == 0 ? bytes : turned(bytes, at);
                case 1 -> bytes = Arrays.copyOf(bytes, at);
                case 2 -> bytes = spliced(bytes, at, at, randomBytes());
                case 3 -> bytes = spliced(bytes, at, bytes.length, new byte[] {-1, -1, -1, -1, 7});
                case 4 -> bytes = spliced(bytes, at, at, Arrays.copyOfRange(bytes, at / 2, at));
                default -> bytes = spliced(bytes, at, Math.min(bytes.length, at + random.nextInt(8)), new byte[0]);
            }
        }
        return bytes;
    }

    /** Words cut, doubled, or replaced by such as make parsers stumble. */
    public String of(String valid) {
        StringBuilder text = new StringBuilder(valid);
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            int at = text.isEmpty() ? 0 : random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, NASTY.get(random.nextInt(NASTY.size())));
                case 2 -> text.replace(at, end, NASTY.get(random.nextInt(NASTY.size())));
                case 3 -> text.insert(at, text.substring(at, end));
                default -> text.insert(at, new String(randomBytes(), StandardCharsets.ISO_8859_1));
            }
        }
        return text.toString();
    }

    /** What the calling thread has asked for so far, in bytes. */
    public static long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    private static byte[] turned(byte[] bytes, int at) {
        bytes[at] ^= (byte) (1 << at % 8);
        return bytes;
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[1 + random.nextInt(12)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        byte[] spliced = new byte[from + between.length + bytes.length - to];
        System.arraycopy(bytes, 0, spliced, 0, from);
        System.arraycopy(between, 0, spliced, from, between.length);
        System.arraycopy(bytes, to, spliced, from + between.length, bytes.length - to);
        return spliced;
    }
}
