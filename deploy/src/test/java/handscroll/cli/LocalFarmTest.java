package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import handscroll.coordinator.job.Jobs;
import handscroll.protocol.job.JobId;
import handscroll.protocol.job.JobSpecReader;
import handscroll.protocol.model.ModelCard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole farm in one process, with renderers that hash instead of a model. */
class LocalFarmTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @BeforeEach
    void putAModelOnTheShelf() throws Exception {
        FakeRenderers.shelve(directory.resolve("models/fake"));
    }

    @Test
    void rendersAJobToItsPyramid() throws Exception {
        Jobs.JobStatus status = render("picture", 2, job("picture"));

        assertThat(status.state()).isEqualTo(Jobs.State.DONE);
        assertThat(directory.resolve("picture/picture_files/10/2_1.jpg")).exists();
        assertThat(directory.resolve("picture/picture_files/0/0_0.jpg")).exists();
        assertThat(directory.resolve("picture/manifest.json")).content().contains("\"finished\"");
    }

    @Test
    void makesTheSameTilesWithOneSlotAndWithThree() throws Exception {
        render("one", 1, job("one"));
        render("three", 3, job("three"));

        assertThat(tiles("three")).isEqualTo(tiles("one"));
    }

    @Test
    void goesOnWhereItWasStopped() throws Exception {
        render("undisturbed", 2, job("undisturbed"));
        FakeRenderers first = renderers();
        CountDownLatch someTiles = new CountDownLatch(3);
        try (Farm farm = open("stopped", 2, first)) {
            JobId id = submit(farm, job("stopped"));
            farm.follow(id, event -> {
                if (event instanceof Jobs.TileStored) {
                    someTiles.countDown();
                }
            });
            assertThat(someTiles.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        FakeRenderers second = renderers();
        try (Farm farm = open("stopped", 2, second)) {
            JobId id = new JobId("stopped");
            assertThat(last(farm, id).state()).isEqualTo(Jobs.State.DONE);
        }

        assertThat(tiles("stopped")).isEqualTo(tiles("undisturbed"));
        assertThat(second.sampledCount.get()).isLessThan(8 * 20 - 1);
    }

    private Jobs.JobStatus render(String name, int slotCount, String spec) throws Exception {
        try (Farm farm = open(name, slotCount, renderers())) {
            return last(farm, submit(farm, spec));
        }
    }

    private Farm open(String name, int slotCount, FakeRenderers renderers) {
        Config config = SiteConfig.load(
                Optional.empty(),
                "local.conf",
                Map.of(
                        "handscroll.cli.models",
                        java.util.List.of(directory.resolve("models").toString()),
                        SettingNames.HTTP_PORT,
                        0));
        return LocalFarm.opener((settings, models) -> renderers)
                .open(new FarmOptions(
                        config,
                        true,
                        slotCount,
                        directory.resolve(name).resolve(handscroll.coordinator.output.OutputDirectory.STATE),
                        List.of()));
    }

    private FakeRenderers renderers() {
        String hash = ModelCard.read(directory.resolve("models/fake")).hash();
        return new FakeRenderers(Map.of("fake", hash), 512);
    }

    private String job(String name) {
        return "name = " + name
                + ", task = unconditional, canvas { width = 650, height = 512 }, model = fake, seed = 7,"
                + " direction = zeta, output { to = \"" + directory.resolve(name) + "\" }";
    }

    private JobId submit(Farm farm, String spec) throws Exception {
        Jobs.Submission submission = AskPattern.<Jobs.Command, Jobs.Submission>ask(
                        farm.jobs(),
                        replyTo -> new Jobs.Submit(JobSpecReader.readText("job", spec, directory), replyTo),
                        PATIENCE,
                        farm.scheduler())
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(submission).isInstanceOf(Jobs.Accepted.class);
        return ((Jobs.Accepted) submission).job();
    }

    private static Jobs.JobStatus last(Farm farm, JobId job) throws Exception {
        return farm.follow(job, event -> {}).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private Map<String, Integer> tiles(String name) throws Exception {
        return PictureTree.hashes(directory.resolve(name).resolve("picture_files"));
    }
}
