package handscroll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the options of a coordinator come to. */
class CoordinatorCommandTest {

    @TempDir
    private Path state;

    @Test
    void everythingListensOnLoopbackUnlessAHostIsNamed() {
        Config config = opened("coordinator").config();

        assertThat(config.getString(SettingNames.REMOTE_HOST)).isEqualTo("127.0.0.1");
        assertThat(config.getString(SettingNames.HTTP_HOST)).isEqualTo("127.0.0.1");
        assertThat(config.getString(SettingNames.TILE_HOST)).isEqualTo("127.0.0.1");
    }

    @Test
    void aHostIsWhereMessagesTilesAndPagesAreReached() {
        Config config = opened("coordinator", "--host", "10.0.0.5").config();

        assertThat(config.getString(SettingNames.REMOTE_HOST)).isEqualTo("10.0.0.5");
        assertThat(config.getString(SettingNames.HTTP_HOST)).isEqualTo("10.0.0.5");
        assertThat(config.getString(SettingNames.TILE_HOST)).isEqualTo("10.0.0.5");
        assertThat(config.getString(SettingNames.TILE_BIND_HOST)).isEqualTo("10.0.0.5");
    }

    @Test
    void coordinatorsThatShareAFarmShareADatabase() {
        Run run = Run.of("coordinator", "--join", "10.0.0.5:25520,10.0.0.6:25520");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("--join needs --database");

        FarmOptions options = opened(
                "coordinator",
                "--database",
                "jdbc:postgresql://10.0.0.9/handscroll",
                "--join",
                "10.0.0.5:25520,10.0.0.6:25520");
        assertThat(options.join()).containsExactly(new HostPort("10.0.0.5", 25520), new HostPort("10.0.0.6", 25520));
        assertThat(options.config().getString(SettingNames.DATABASE))
                .isEqualTo("jdbc:postgresql://10.0.0.9/handscroll");
    }

    @Test
    void aWorkerMayNameSeveralCoordinators() {
        assertThat(opened("worker", "--join", "10.0.0.5:25520,10.0.0.6:25520").join())
                .hasSize(2);
    }

    /** What would have been opened. */
    private FarmOptions opened(String... arguments) {
        List<FarmOptions> opened = new ArrayList<>();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--state", state.toString()));
        Run.of(
                options -> {
                    opened.add(options);
                    throw new CommandFailure(ExitCode.FAILED, "not opened here");
                },
                all.toArray(new String[0]));
        assertThat(opened).hasSize(1);
        return opened.get(0);
    }
}
