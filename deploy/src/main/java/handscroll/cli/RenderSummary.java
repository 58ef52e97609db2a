package handscroll.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.job.Jobs.JobStatus;
import handscroll.protocol.lease.Leasing.WorkTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a render says at its end: where the picture lies, and where the time went.
 *
 * <pre>
 * starry-scroll: 2,048 patches in 3 min 05 s, 11.1 a second
 *   picture      /home/me/out/starry-scroll
 *   sampling     81.2 %   of the time of 2 slots
 *   decoding     12.0 %
 *   encoding      2.1 %
 *   idle          4.7 %
 *   coordinator   0.21 ms a patch
 * </pre>
 */
record RenderSummary(JobStatus status, int slotCount, Duration coordinatorTime, Optional<Path> png) {

    double samplingShare() {
        return share(status.work().sampling());
    }

    double decodingShare() {
        return share(status.work().decoding());
    }

    double encodingShare() {
        return share(status.work().encoding());
    }

    double idleShare() {
        return Math.max(0, 1 - samplingShare() - decodingShare() - encodingShare());
    }

    double coordinatorMillisPerPatch() {
        int patches = Math.max(1, patchCount());
        return coordinatorTime.toNanos() / 1e6 / patches;
    }

    int patchCount() {
        return Progress.of(status).patches().cellCount();
    }

    private double share(Duration work) {
        double slotSeconds = seconds(status.slotTime());
        return slotSeconds == 0 ? 0 : seconds(work) / slotSeconds;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    String text() {
        WorkTime work = status.work();
        StringBuilder text = new StringBuilder();
        if (patchCount() == 0) {
            text.append(status.name()).append(" was whole already; nothing was rendered\n");
            text.append(line("picture", status.directory().toString()));
            png.ifPresent(file ->
                    text.append(line("png", file.toAbsolutePath().normalize().toString())));
            return text.toString().stripTrailing();
        }
        text.append(String.format(
                Locale.ROOT,
                "%s: %s in %s, %.1f a second%n",
                status.name(),
                Figures.count(patchCount(), "patch", "patches"),
                Figures.time(status.elapsed()),
                patchCount() / Math.max(0.001, seconds(status.elapsed()))));
        text.append(line("picture", status.directory().toString()));
        png.ifPresent(file ->
                text.append(line("png", file.toAbsolutePath().normalize().toString())));
        if (!work.equals(WorkTime.NONE)) {
            text.append(line(
                    "sampling",
                    percent(samplingShare()) + "   of the time of " + Figures.count(slotCount, "slot", "slots")));
            text.append(line("decoding", percent(decodingShare())));
            text.append(line("encoding", percent(encodingShare())));
            text.append(line("idle", percent(idleShare())));
            long asked = work.statesFound() + work.statesMade();
            if (asked > 0) {
                text.append(line(
                        "states",
                        percent((double) work.statesFound() / asked) + "   found in the pool, "
                                + Figures.count(work.statesMade(), "patch", "patches") + " made"));
            }
        }
        text.append(line("coordinator", String.format(Locale.ROOT, "%6.2f ms a patch", coordinatorMillisPerPatch())));
        return text.toString().stripTrailing();
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("job", status.job().value());
        json.put("name", status.name());
        json.put("state", status.state().name().toLowerCase(Locale.ROOT));
        json.put("directory", status.directory().toString());
        png.ifPresent(file -> json.put("png", file.toAbsolutePath().normalize().toString()));
        json.put("patches", patchCount());
        json.put("criticalPath", status.criticalPath());
        json.put("elapsedSeconds", seconds(status.elapsed()));
        json.put("slotCount", slotCount);
        json.putObject("shares")
                .put("sampling", samplingShare())
                .put("decoding", decodingShare())
                .put("encoding", encodingShare())
                .put("idle", idleShare());
        json.putObject("states")
                .put("found", status.work().statesFound())
                .put("made", status.work().statesMade());
        json.put("coordinatorMillisPerPatch", coordinatorMillisPerPatch());
        return json;
    }

    private static String line(String name, String value) {
        return String.format(Locale.ROOT, "  %-12s %s%n", name, value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%6.1f %%", share * 100);
    }
}
