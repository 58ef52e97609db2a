package handscroll.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Prints the script that completes commands and options in bash and zsh.",
        footerHeading = "%nExample:%n",
        footer = "  handscroll completion > ~/.local/share/bash-completion/completions/handscroll")
final class CompletionCommand implements Callable<Integer> {

    @Mixin
    private SharedOptions shared = new SharedOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine whole = spec.root().commandLine();
        spec.commandLine().getOut().println(AutoComplete.bash(whole.getCommandName(), whole));
        return ExitCode.DONE;
    }
}
