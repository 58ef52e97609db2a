package handscroll.cli;

import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpec;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.model.ModelCard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Renders a job undisturbed and quickly, for comparing. */
final class InOneProcess {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** The tiles of the job that {@link FarmOfProcesses#submit} hands in for the same canvas. */
    static Map<String, Integer> render(Path directory, String name, String canvas) throws Exception {
        Path models = directory.resolve("models");
        Config config = SiteConfig.load(
                Optional.empty(),
                "local.conf",
                Map.of("handscroll.cli.models", List.of(models.toString()), SettingNames.HTTP_PORT, 0));
        String hash = ModelCard.read(models.resolve("fake")).hash();
        String spec = "name = " + name + ", task = unconditional, canvas { " + canvas + " }, model = fake, seed = 7,"
                + " direction = zeta, output { to = \"" + directory.resolve(name) + "\" }";
        FarmOptions options = new FarmOptions(config, true, 2, directory.resolve(name + "-state"), List.of());
        try (Farm farm = LocalFarm.opener((settings, shelf) -> new FakeRenderers(Map.of("fake", hash), 512).busy())
                .open(options)) {
            Jobs.JobStatus last = farm.follow(submit(farm, JobSpecReader.readText("job", spec, directory)), event -> {})
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (last.state() != Jobs.State.DONE) {
                throw new AssertionError("the undisturbed job is " + last);
            }
        }
        return PictureTree.hashes(directory.resolve(name).resolve("picture_files"));
    }

    static JobId submit(Farm farm, JobSpec spec) throws Exception {
        Jobs.Submission submission = AskPattern.<Jobs.Command, Jobs.Submission>ask(
                        farm.jobs(), replyTo -> new Jobs.Submit(spec, replyTo), PATIENCE, farm.scheduler())
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return ((Jobs.Accepted) submission).job();
    }

    private InOneProcess() {}
}
