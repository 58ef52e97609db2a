package handscroll.bench;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a process holds on to.
 *
 * @param heapBytes after a collection
 * @param residentBytes heap and native memory; where the heap has all its pages from the start, native memory is what grows
 */
record Vitals(long heapBytes, long residentBytes, int fileCount, int threadCount, int actorCount) {

    private static final Path STATUS = Path.of("/proc/self/status");

    static Vitals of(ActorSystem<?> system) {
        // Twice: the first collection may only enqueue what owns native memory.
        System.gc();
        System.gc();
        var operatingSystem = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Vitals(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                resident(),
                (int) operatingSystem.getOpenFileDescriptorCount(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                actors(system));
    }

    private static long resident() {
        try {
            String line = Files.readAllLines(STATUS).stream()
                    .filter(field -> field.startsWith("VmRSS:"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line of Akka's own tree for each. */
    private static int actors(ActorSystem<?> system) {
        return (int) ((ExtendedActorSystem) Adapter.toClassic(system))
                .printTree()
                .lines()
                .count();
    }

    String words() {
        return heapBytes + " " + residentBytes + " " + fileCount + " " + threadCount + " " + actorCount;
    }

    static Vitals parse(List<String> words) {
        long[] numbers = words.stream().mapToLong(Long::parseLong).toArray();
        return new Vitals(numbers[0], numbers[1], (int) numbers[2], (int) numbers[3], (int) numbers[4]);
    }

    /**
     * What grew between the second quarter of these samples and the last one, in sentences; the first quarter warms up. Medians,
     * because a collection may find something that is just being used; a leak is there in each sample and larger in the next.
     */
    static List<String> growth(List<Vitals> samples) {
        int quarter = samples.size() / 4;
        List<Vitals> before = samples.subList(quarter, 2 * quarter);
        List<Vitals> after = samples.subList(samples.size() - quarter, samples.size());
        return Stream.of(
                        grown("heap, in bytes", before, after, Vitals::heapBytes, 2 << 20),
                        grown("resident memory, in bytes", before, after, Vitals::residentBytes, 16 << 20),
                        grown("open files", before, after, Vitals::fileCount, 4),
                        grown("threads", before, after, Vitals::threadCount, 4),
                        grown("actors", before, after, Vitals::actorCount, 0))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> grown(
            String what, List<Vitals> before, List<Vitals> after, ToLongFunction<Vitals> number, long room) {
        long was = median(before, number);
        long is = median(after, number);
        return is <= was + room
                ? Optional.empty()
                : Optional.of(String.format(Locale.ROOT, "%s: %,d, before that %,d", what, is, was));
    }

    private static long median(List<Vitals> samples, ToLongFunction<Vitals> number) {
        return samples.stream()
                .mapToLong(number)
                .sorted()
                .skip(samples.size() / 2)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("too few samples"));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "heap %.1f MiB, resident %.1f MiB, %d files, %d threads, %d actors",
                heapBytes / 1048576.0,
                residentBytes / 1048576.0,
                fileCount,
                threadCount,
                actorCount);
    }
}
