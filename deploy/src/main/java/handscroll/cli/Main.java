package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.protocol.model.ModelShelf;
import handscroll.worker.djl.TorchRenderers;
import handscroll.worker.render.RendererFactory;
import java.util.function.BiFunction;
import picocli.CommandLine;

/** The command {@code handscroll}: wiring only. */
public final class Main {

    public static void main(String[] arguments) {
        System.exit(commandLine(LocalFarm.opener(TorchRenderers::from)).execute(arguments));
    }

    /** The whole command; output goes to the streams that are set on the result. */
    static CommandLine commandLine(Farm.Opener farms) {
        return commandLine(farms, TorchRenderers::from);
    }

    /** @param renderers for commands that render without a farm */
    static CommandLine commandLine(Farm.Opener farms, BiFunction<Config, ModelShelf, RendererFactory> renderers) {
        Failures failures = new Failures();
        return new CommandLine(new HandscrollCommand(), new Commands(farms, renderers))
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setUsageHelpWidth(100);
    }

    private Main() {}
}
