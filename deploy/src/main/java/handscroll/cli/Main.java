package handscroll.cli;

import picocli.CommandLine;

/** The command {@code handscroll}: wiring only. */
public final class Main {

    public static void main(String[] arguments) {
        System.exit(commandLine(LocalFarm.opener(models -> {
                    throw new CommandFailure(ExitCode.FAILED, "This build has no renderer yet");
                }))
                .execute(arguments));
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
