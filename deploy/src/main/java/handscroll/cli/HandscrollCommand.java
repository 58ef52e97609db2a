package handscroll.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "handscroll",
        description = "Renders pictures too large for one machine or one model call.",
        subcommands = {
            RenderCommand.class,
            PlanCommand.class,
            TrainCommand.class,
            ModelsCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            CoordinatorCommand.class,
            WorkerCommand.class,
            SubmitCommand.class,
            JobsCommand.class,
            WatchCommand.class,
            EventsCommand.class,
            LogsCommand.class,
            WhyCommand.class,
            JobVerbs.Pause.class,
            JobVerbs.Resume.class,
            JobVerbs.Cancel.class,
            JobVerbs.Retry.class,
            JobVerbs.Skip.class,
            WorkersCommand.class,
            TokenCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
        },
        versionProvider = HandscrollCommand.Version.class,
        footerHeading = "%nExample:%n",
        footer = {
            "  handscroll render config/jobs/starry-scroll.conf",
            "",
            "Exit codes: 0 done, 1 failed, 2 input refused, 3 done with skipped patches,",
            "4 coordinator out of reach, 130 interrupted and resumable."
        })
final class HandscrollCommand implements Runnable {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and end.")
    private boolean version;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it runs the command
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "What is to be done? Name a command, for example: handscroll render JOB");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"handscroll " + number()};
        }

        static String number() {
            return Optional.ofNullable(HandscrollCommand.class.getPackage().getImplementationVersion())
                    .orElse("(not packaged)");
        }
    }
}
