package handscroll.coordinator.journal;

import akka.Done;
import handscroll.protocol.job.Problem;
import handscroll.protocol.job.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Remembers every token that was rendered: the source of the picture, which outlives processes,
 * decoders and the journal.
 *
 * <p>A log is a directory of segments. Each incarnation of the coordinator writes its own and
 * never touches an older one, so that a coordinator that was given up for dead, and is not, cannot
 * write between the records of its successor.
 *
 * <pre>
 *   append ─▶ waiting ─▶ the log's own thread: all that waits ─▶ one write, one force ─▶ all done
 *   (any thread)         (group commit: the slower the disk, the larger the groups)
 * </pre>
 *
 * A group that fails leaves no trace: the next one is written over it, so appending may be tried
 * again when there is room on the disk.
 */
public final class TokenLog {

    /** The tokens of one rendered cell, which the caller no longer changes; {@code cell} is its number in the grid of its stage. */
    public record Entry(int stage, int cell, short[] tokens) {
        public Entry {
            if (stage < 0 || stage > 0xFFFF || tokens.length > SegmentFormat.MAX_TOKENS) {
                throw new IllegalArgumentException(
                        "stage " + stage + " with " + tokens.length + " tokens does not fit a record of the token log");
            }
        }

        int bytes() {
            return SegmentFormat.RECORD_OVERHEAD + 2 * tokens.length;
        }
    }

    /** Hears each record of a scan, oldest segment first; a cell may come twice, with the same tokens. */
    public interface Visitor {
        void rendered(int stage, int cell, short[] tokens);
    }

    /**
     * What a scan found.
     *
     * @param skippedBytes neither sound records nor preallocation: a torn tail, or damage
     */
    public record Scan(int segmentCount, long recordCount, long skippedBytes) {
        Scan plus(Scan other) {
            return new Scan(
                    segmentCount + other.segmentCount,
                    recordCount + other.recordCount,
                    skippedBytes + other.skippedBytes);
        }
    }

    private static final Pattern SEGMENT_NAME = Pattern.compile("segment-(\\d{5,18})(?:-(\\d{1,9}))?\\.log");

    /** {@code segment-00007.log}; the second one that incarnation 7 began is {@code segment-00007-2.log}. */
    private record Segment(Path directory, long incarnation, int part) {
        Path path() {
            String suffix = part == 1 ? "" : "-" + part;
            return directory.resolve(String.format(Locale.ROOT, "segment-%05d%s.log", incarnation, suffix));
        }
    }

    private record Batch(List<Entry> entries, long bytes, CompletableFuture<Done> durable) {}

    private final Path directory;
    private final TokenLogSettings settings;
    private final SegmentWriter segment;
    private final ExecutorService writer;
    private final Queue<Batch> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong pendingBytes = new AtomicLong();

    TokenLog(Path directory, TokenLogSettings settings, SegmentWriter segment) {
        this(directory, settings, segment, Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "handscroll-token-log");
            thread.setDaemon(true);
            return thread;
        }));
    }

    /** @param writer runs one task after the other; ended by {@link #close} */
    TokenLog(Path directory, TokenLogSettings settings, SegmentWriter segment, ExecutorService writer) {
        this.directory = directory;
        this.settings = settings;
        this.segment = segment;
        this.writer = writer;
    }

    /**
     * Begins a segment for this incarnation, and another one each time that it opens the log again.
     * Blocks on the disk.
     *
     * @param directory of the log, made if it is not there
     * @param incarnation not smaller than that of any coordinator before
     * @throws Refusal when the directory holds the log of another job, spec or model, or that of a
     *     later coordinator
     */
    public static TokenLog open(Path directory, LogIdentity identity, long incarnation, TokenLogSettings settings) {
        try {
            Files.createDirectories(directory);
            int part = 1;
            for (Segment older : segments(directory)) {
                if (older.incarnation() > incarnation) {
                    throw new Refusal(
                            "The token log in " + directory + " cannot be written:",
                            List.of(new Problem(
                                    String.valueOf(older.path().getFileName()),
                                    "is later than incarnation " + incarnation + " of the coordinator",
                                    "stop this coordinator, another one has taken over")));
                }
                try (SegmentReader reader = new SegmentReader(older.path(), identity)) {
                    reader.checkHeader();
                }
                part = older.incarnation() == incarnation ? older.part() + 1 : 1;
            }
            SegmentFile file = new SegmentFile(new Segment(directory, incarnation, part).path());
            return new TokenLog(directory, settings, SegmentWriter.begin(file, incarnation, identity, settings));
        } catch (IOException e) {
            throw new UncheckedIOException(failure(directory, "cannot be opened", e));
        }
    }

    /**
     * Reads all there is, in a stream. Blocks on the disk.
     *
     * @param directory may be missing: then nothing was rendered
     * @throws Refusal when it holds the log of another job, spec or model
     */
    public static Scan scan(Path directory, LogIdentity identity, Visitor visitor) {
        Scan found = new Scan(0, 0, 0);
        try {
            for (Segment segment : segments(directory)) {
                try (SegmentReader reader = new SegmentReader(segment.path(), identity)) {
                    reader.checkHeader();
                    found = found.plus(reader.readRecords(visitor));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(failure(directory, "cannot be read", e));
        }
        return found;
    }

    /**
     * Never blocks. Completes, on the log's thread, when all entries are on the disk; fails when they
     * could not be written, or when more than {@code max-pending} bytes wait already.
     */
    public CompletionStage<Done> append(List<Entry> entries) {
        long bytes = entries.stream().mapToLong(Entry::bytes).sum();
        if (pendingBytes.addAndGet(bytes) > settings.maxPendingBytes()) {
            pendingBytes.addAndGet(-bytes);
            return CompletableFuture.failedFuture(new IOException("the token log in " + directory
                    + " takes no more than "
                    + settings.maxPendingBytes() + " bytes that wait for the disk; lease less at a time, or raise"
                    + " handscroll.coordinator.journal.token-log.max-pending"));
        }
        Batch batch = new Batch(List.copyOf(entries), bytes, new CompletableFuture<>());
        waiting.add(batch);
        try {
            writer.execute(this::commit);
        } catch (RejectedExecutionException e) {
            batch.durable().completeExceptionally(new IOException("the token log in " + directory + " is closed"));
        }
        return batch.durable();
    }

    /** Completes when what was appended before is on the disk and the file is closed. */
    public CompletionStage<Done> close() {
        CompletableFuture<Done> closed = new CompletableFuture<>();
        try {
            writer.execute(() -> {
                try {
                    segment.close();
                    closed.complete(Done.getInstance());
                } catch (IOException e) {
                    closed.completeExceptionally(failure(directory, "cannot be closed", e));
                }
            });
        } catch (RejectedExecutionException e) {
            closed.complete(Done.getInstance());
        }
        writer.shutdown();
        return closed;
    }

    private void commit() {
        List<Batch> group = nextGroup();
        if (group.isEmpty()) {
            return;
        }
        try {
            segment.append(() ->
                    group.stream().flatMap(batch -> batch.entries().stream()).iterator());
            release(group);
            group.forEach(batch -> batch.durable().complete(Done.getInstance()));
        } catch (IOException | RuntimeException e) {
            IOException failure = failure(directory, "cannot be written", e);
            release(group);
            group.forEach(batch -> batch.durable().completeExceptionally(failure));
        }
    }

    private List<Batch> nextGroup() {
        List<Batch> group = new ArrayList<>();
        long bytes = 0;
        for (Batch next = waiting.peek(); next != null; next = waiting.peek()) {
            if (!group.isEmpty() && bytes + next.bytes() > settings.maxCommitBytes()) {
                break;
            }
            waiting.remove();
            group.add(next);
            bytes += next.bytes();
        }
        return group;
    }

    private void release(List<Batch> group) {
        group.forEach(batch -> pendingBytes.addAndGet(-batch.bytes()));
    }

    /** In the order in which they were begun. */
    private static List<Segment> segments(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.map(child -> SEGMENT_NAME.matcher(String.valueOf(child.getFileName())))
                    .filter(Matcher::matches)
                    .map(name -> new Segment(
                            directory,
                            Long.parseLong(name.group(1)),
                            name.group(2) == null ? 1 : Integer.parseInt(name.group(2))))
                    .sorted(Comparator.comparingLong(Segment::incarnation).thenComparingInt(Segment::part))
                    .toList();
        }
    }

    private static IOException failure(Path directory, String what, Exception cause) {
        String room;
        try {
            room = Files.getFileStore(directory).getUsableSpace() + " bytes are free there";
        } catch (IOException e) {
            room = "its free space cannot be told";
        }
        return new IOException(
                "the token log in " + directory + " " + what + ": " + cause.getMessage() + "; " + room, cause);
    }
}
