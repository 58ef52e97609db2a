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
        List<String> all = new ArrayList<>(overrides);
        out.ifPresent(
                directory -> all.add("output.to=" + directory.toAbsolutePath().normalize()));
        return JobSpecReader.readFile(file, all, pictures);
    }

    private JobFile() {}
}
