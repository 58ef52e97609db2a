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
                        0,
                        SettingNames.HTTP_LOG_FILE,
                        directory.resolve("handscroll.log").toString()));
        farm = LocalFarm.opener((settings, models) -> new FakeRenderers(Map.of("fake", hash), 512))
                .open(new FarmOptions(config, true, 1, directory.resolve("state"), List.of()));
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
        assertThat(listed.out())
                .containsPattern("job +state +patches +priority")
                .containsPattern("sky +done +[0-9/]+ +in ");
        assertThat(directory.resolve("sky/picture.dzi")).exists();
    }

    @Test
    void aPriorityIsCheckedWithTheRestOfTheJobAndShown() throws IOException {
        Run refused = Run.of(
                "submit", job("urgent").toString(), "--priority", "101", "--to", address, "--out", out("urgent"));
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("priority", "101 is too large", "give a whole number from 0 to 100");

        Run submitted =
                Run.of("submit", job("urgent").toString(), "--priority", "80", "--to", address, "--out", out("urgent"));
        assertThat(submitted.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(Run.of("jobs", "--json", "--to", address).out()).contains("\"priority\" : 80");
        assertThat(Run.of("watch", "urgent", "--to", address).exitCode()).isEqualTo(ExitCode.DONE);
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

    @Test
    void aJobHandedInTwiceUnderItsKeyIsOneJobAndCanBeWaitedFor() throws IOException {
        String file = job("dawn").toString();
        Run waited = Run.of("submit", file, "--to", address, "--out", out("dawn"), "--key", "n1", "--wait");
        assertThat(waited.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(waited.out()).contains("dawn  done");
        Run again = Run.of("submit", file, "--to", address, "--out", out("dawn"), "--key", "n1");
        assertThat(again.out()).contains("Accepted as dawn;");
        Run other = Run.of("submit", file, "seed=8", "--to", address, "--out", out("dawn-8"), "--key", "n1");
        assertThat(other.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(other.err()).contains("choose a new key");

        Run events = Run.of("events", "dawn", "--to", address);
        assertThat(events.out()).contains("  planned  20 patches in direction", "  done");
        Run refused = Run.of("pause", "dawn", "--to", address);
        assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("Job dawn is done and cannot be paused.");
        assertThat(Run.of("jobs", "--state", "done", "--find", "daw", "--to", address)
                        .out())
                .containsPattern("dawn +done +[0-9/]+ +in ");
    }

    @Test
    void logsOfACoordinatorAreReadFromAnotherMachine() throws IOException {
        String joined = "2026-11-23T01:24:29.608Z INFO  h.c.lease.LeaseDesk [main] Worker [ann] joined";
        String lost = "2026-11-23T01:24:30.100Z WARN  h.c.job.Job [main] Job [sky] has trouble";
        Files.writeString(directory.resolve("handscroll.log"), joined + "\n" + lost + "\n");
        assertThat(Run.of("logs", "--to", address).out()).isEqualToNormalizingNewlines(joined + "\n" + lost + "\n");
        assertThat(Run.of("logs", "sky", "--level", "warn", "--json", "--to", address)
                        .out())
                .isEqualToNormalizingNewlines("\"" + lost + "\"\n");
    }

    @Test
    void aDryRunHandsNothingIn() throws IOException {
        Path config = Files.writeString(
                directory.resolve("site.conf"), "handscroll.cli.models = [ \"" + directory.resolve("models") + "\" ]");
        Run run = Run.of(
                "submit",
                job("dusk").toString(),
                "--dry-run",
                "--config",
                config.toString(),
                "--to",
                "http://127.0.0.1:1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("300 x 256 px, 20 patches in direction ", "Nothing was handed in");
    }

    @Test
    void aTokenIsPrintedWithTheLineThatLetsItIn() {
        Run run = Run.of("token", "nightly", "--role", "operator");
        assertThat(run.out()).containsPattern("nightly operator [0-9a-f]{64}").contains("HANDSCROLL_TOKEN");
        assertThat(Run.of("token", "two words").exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void theShellIsToldOfEveryCommand() {
        assertThat(Run.of("completion").out()).contains("complete -F _complete_handscroll", "resume", "--follow");
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
