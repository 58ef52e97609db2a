package handscroll.cli;

import handscroll.cli.evaluate.VideoReport;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The clip that a video is compared with. */
final class ClipOptions {

    @Option(names = "--clip", paramLabel = "FILE", description = "Compare with this video of the same scene.")
    private Optional<Path> file = Optional.empty();

    @Option(names = "--frames", paramLabel = "A-B", description = "Its frames to compare with, by default all.")
    private Optional<String> frames = Optional.empty();

    @Option(names = "--every", paramLabel = "N", description = "One frame of so many, by default ${DEFAULT-VALUE}.")
    private int every = 1;

    Optional<VideoReport.Clip> chosen(CommandLine line) {
        if (every < 1) {
            throw new CommandLine.ParameterException(line, "--every is " + every + "; give at least 1");
        }
        String asked = frames.orElse("0-999999");
        FrameSpan span = FrameSpan.parse(asked)
                .orElseThrow(() -> new CommandLine.ParameterException(
                        line, "--frames is \"" + asked + "\"; give two numbers, as in 30-284"));
        return file.map(path -> new VideoReport.Clip(path, span.first(), span.last(), every));
    }
}
