package handscroll.coordinator.http;

import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.coordinator.job.Jobs.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The list of jobs, page by page: open ones first, then the newest. */
final class JobList {

    /**
     * @param states that are wanted; all if there are none
     * @param text that the name contains, in any case
     */
    record Filter(Set<State> states, Optional<String> text) {
        Filter {
            states = Set.copyOf(states);
        }

        boolean lets(JobStatus job) {
            return (states.isEmpty() || states.contains(job.state()))
                    && text.map(wanted -> job.job().value().contains(wanted.toLowerCase(Locale.ROOT))
                                    || job.name().toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT)))
                            .orElse(true);
        }
    }

    /**
     * @param next the cursor of the page behind this one; empty on the last
     * @param matchingCount of all pages
     * @param counts of all jobs, whatever was asked for
     */
    record Page(List<JobStatus> jobs, Optional<String> next, int matchingCount, Map<State, Integer> counts) {}

    /** Where a job stands in the list. It names no position: jobs that come or end in between shift none of the others. */
    private record Place(boolean isOver, Instant accepted, String job) implements Comparable<Place> {

        private static final Comparator<Place> ORDER = Comparator.comparing(Place::isOver)
                .thenComparing(Place::accepted, Comparator.reverseOrder())
                .thenComparing(Place::job);

        static Place of(JobStatus status) {
            return new Place(
                    status.state().isOver(), status.accepted(), status.job().value());
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }

        String cursor() {
            String text = isOver + " " + accepted + " " + job;
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        static Optional<Place> read(String cursor) {
            try {
                String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ");
                return parts.length == 3
                        ? Optional.of(new Place(Boolean.parseBoolean(parts[0]), Instant.parse(parts[1]), parts[2]))
                        : Optional.empty();
            } catch (IllegalArgumentException | DateTimeParseException notOurs) {
                return Optional.empty();
            }
        }
    }

    /** Empty when the cursor is none that was given out here. */
    static Optional<Page> page(List<JobStatus> all, Filter filter, Optional<String> cursor, int limit) {
        Optional<Place> after = cursor.flatMap(Place::read);
        if (cursor.isPresent() && after.isEmpty()) {
            return Optional.empty();
        }
        Map<State, Integer> counts = new EnumMap<>(State.class);
        all.forEach(job -> counts.merge(job.state(), 1, Integer::sum));
        List<JobStatus> matching = all.stream()
                .filter(filter::lets)
                .sorted(Comparator.comparing(Place::of))
                .toList();
        Stream<JobStatus> behind = matching.stream()
                .filter(job ->
                        after.map(place -> Place.of(job).compareTo(place) > 0).orElse(true));
        List<JobStatus> found = behind.limit(limit + 1L).toList();
        boolean isLast = found.size() <= limit;
        List<JobStatus> page = isLast ? found : found.subList(0, limit);
        Optional<String> next = isLast
                ? Optional.empty()
                : Optional.of(Place.of(page.get(limit - 1)).cursor());
        return Optional.of(new Page(List.copyOf(page), next, matching.size(), counts));
    }

    private JobList() {}
}
