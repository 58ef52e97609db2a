package handscroll.cli;

import handscroll.worker.djl.TorchRenderers;
import picocli.CommandLine;

/** The command {@code handscroll}: wiring only. */
public final class Main {

    public static void main(String[] arguments) {
        System.exit(commandLine(LocalFarm.opener(TorchRenderers::from)).execute(arguments));
    }

    /** The whole command; output goes to the streams that are set on the result. */
    static CommandLine commandLine(Farm.Opener farms) {
        Failures failures = new Failures();
        return new CommandLine(new HandscrollCommand(), new Commands(farms))
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setUsageHelpWidth(100);
    }

    private Main() {}
}
