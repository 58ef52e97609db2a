package handscroll.cli;

import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.job.PictureSizes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A job as it is named on the command line: the file, {@code KEY=VALUE}, and {@code --out}. */
final class JobFile {

    /** @throws handscroll.protocol.job.Refusal with every problem */
    static JobSpec read(Path file, List<String> overrides, Optional<Path> out, PictureSizes pictures) {
        return read(file, overrides, out, Optional.empty(), pictures);
    }

    /** @param priority as it was given, instead of the job's own: it is checked with the rest of the job */
    static JobSpec read(
            Path file, List<String> overrides, Optional<Path> out, Optional<String> priority, PictureSizes pictures) {
        List<String> all = new ArrayList<>(overrides);
        priority.ifPresent(number -> all.add("priority=" + number));
        out.ifPresent(
                directory -> all.add("output.to=" + directory.toAbsolutePath().normalize()));
        return JobSpecReader.readFile(file, all, pictures);
    }

    private JobFile() {}
}
