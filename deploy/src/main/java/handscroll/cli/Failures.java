package handscroll.cli;

import handscroll.protocol.job.Refusal;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever ends a command into a sentence on stderr and an exit code; a stack trace only ever goes to the log. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
        return tell(thrown, command.getErr());
    }

    static int tell(Throwable thrown, PrintWriter err) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof Refusal refusal) {
            err.println(refusal.getMessage());
            return ExitCode.REFUSED;
        }
        if (cause instanceof CommandFailure failure) {
            err.println(failure.getMessage());
            return failure.exitCode();
        }
        LoggerFactory.getLogger(Failures.class).error("The command ended", cause);
        err.println("handscroll ended because of something it does not expect: " + sentence(cause) + "; the log "
                + Logs.file() + " has the details");
        return ExitCode.FAILED;
    }

    @Override
    public int handleParseException(ParameterException thrown, String[] arguments) {
        CommandLine command = thrown.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(thrown.getMessage());
        UnmatchedArgumentException.printSuggestions(thrown, err);
        err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.REFUSED;
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException
                        || cause instanceof ExecutionException
                        || cause instanceof UncheckedIOException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String sentence(Throwable cause) {
        String message = cause.getMessage();
        String name = cause.getClass().getSimpleName();
        return message == null
                ? name
                : name + ", " + message.lines().findFirst().orElse("");
    }
}
