package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import handscroll.protocol.model.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a coordinator over HTTP, against a real one. */
class RemoteCommandsTest {

    @TempDir
    private static Path directory;

    private static Farm farm;
    private static String address;

    @BeforeAll
    static void openFarm() throws IOException {
        FakeRenderers.shelve(directory.resolve("models/fake"));
        String hash = ModelCard.read(directory.resolve("models/fake")).hash();
        Config config = SiteConfig.load(
                Optional.empty(),
                "local.conf",
                Map.of(
                        "handscroll.cli.models",
                        List.of(directory.resolve("models").toString()),
                        SettingNames.HTTP_PORT,
                        0));
        farm = LocalFarm.opener((settings, models) -> new FakeRenderers(Map.of("fake", hash), 512))
                .open(new FarmOptions(config, true, 1, directory.resolve("state"), Optional.empty()));
        address = farm.http().toString();
    }

    @AfterAll
    static void closeFarm() {
        farm.close();
    }

    @Test
    void aJobIsSubmittedWatchedToItsEndAndListed() throws IOException {
        Run submitted = Run.of("submit", job("sky").toString(), "--to", address, "--out", out("sky"));
        assertThat(submitted.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(submitted.out()).contains("Accepted as sky; watch it at " + farm.http() + "jobs/sky");

        Run watched = Run.of("watch", "sky", "--to", address);
        assertThat(watched.out()).contains("sky  done");
        assertThat(watched.exitCode()).isEqualTo(ExitCode.DONE);

        Run listed = Run.of("jobs", "--to", address);
        assertThat(listed.out()).contains("sky  done");
        assertThat(directory.resolve("sky/picture.dzi")).exists();
    }

    @Test
    void whatTheCoordinatorRefusesIsToldAsIfItWereHere() throws IOException {
        Run run = Run.of("submit", job("moon").toString(), "model=moon", "--to", address, "--out", out("moon"));
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("\"moon\" is in none of", "one of [fake]", "1 problem");
    }

    @Test
    void aJobThatIsNotThereCannotBeWatched() {
        Run run = Run.of("watch", "nobody", "--to", address);
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("There is no job nobody");
    }

    private String out(String name) {
        return directory.resolve(name).toString();
    }

    private Path job(String name) throws IOException {
        return Files.writeString(
                directory.resolve(name + ".conf"),
                "task = unconditional, model = fake, canvas { width = 300, height = 256 }");
    }
}
