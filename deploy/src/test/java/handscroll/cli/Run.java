package handscroll.cli;

import handscroll.worker.render.RendererFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command said and how it ended, run in this process. */
record Run(int exitCode, String out, String err) {

    private static final Farm.Opener NONE = options -> {
        throw new AssertionError("this command must not open a farm");
    };

    static Run of(String... arguments) {
        return of(NONE, arguments);
    }

    static Run of(Farm.Opener farms, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine(farms)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    /** A command that renders without a farm. */
    static Run with(RendererFactory renderers, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.commandLine(NONE, (config, models) -> renderers)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    static CommandLine commandLine() {
        return Main.commandLine(NONE);
    }
}
