package handscroll.coordinator.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The end of a log, in entries: a line with its time and level, and what follows it without, like a stack trace. */
final class LogTail {

    /** As {@code config/logback.xml} writes it. */
    private static final Pattern BEGINNING = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T\\S+ (\\S+) .*");

    enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR;

        /** Empty for what is none. */
        static Optional<Level> of(String word) {
            return Arrays.stream(values())
                    .filter(level -> level.name().equals(word.toUpperCase(Locale.ROOT)))
                    .findFirst();
        }
    }

    /**
     * What is wanted.
     *
     * @param text that an entry contains, like the name of a job
     * @param most the newest of them
     */
    record Wish(Level least, Optional<String> text, int most) {

        private boolean suits(String entry) {
            var beginning = BEGINNING.matcher(entry.lines().findFirst().orElse(""));
            boolean isGrave = !beginning.matches()
                    || Level.of(beginning.group(1))
                            .filter(level -> level.compareTo(least) < 0)
                            .isEmpty();
            return isGrave && (text.isEmpty() || entry.contains(text.get()));
        }
    }

    /** @param next where to read on, to hear what was logged after these */
    record Piece(List<String> entries, long next) {}

    /**
     * Blocks on the disk.
     *
     * @param after a {@code next} of before; where the log began anew since then, all of it is read
     * @param bytes that are read at most, the last of the file
     */
    static Piece read(Path file, OptionalLong after, int bytes, Wish wish) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            long from = after.orElse(0) > size ? 0 : after.orElse(0);
            boolean isCut = size - from > bytes;
            long start = isCut ? size - bytes : from;
            byte[] read = new byte[(int) (size - start)];
            ByteBuffer target = ByteBuffer.wrap(read);
            while (target.hasRemaining() && channel.read(target, start + target.position()) >= 0) {
                // goes on where it stopped
            }
            int end = target.position();
            while (end > 0 && read[end - 1] != '\n') {
                end--;
            }
            List<String> entries = entries(new String(read, 0, end, StandardCharsets.UTF_8), isCut);
            List<String> suiting = entries.stream().filter(wish::suits).toList();
            return new Piece(suiting.subList(Math.max(0, suiting.size() - wish.most()), suiting.size()), start + end);
        }
    }

    /** @param isCut whether the text may begin in the middle of an entry, which is left out then */
    private static List<String> entries(String text, boolean isCut) {
        List<String> entries = new ArrayList<>();
        for (String line : text.lines().toList()) {
            int last = entries.size() - 1;
            if (BEGINNING.matcher(line).matches() || last < 0 && !isCut) {
                entries.add(line);
            } else if (last >= 0) {
                entries.set(last, entries.get(last) + "\n" + line);
            }
        }
        return entries;
    }

    private LogTail() {}
}
