package handscroll.cli;

import com.typesafe.config.Config;
import handscroll.protocol.model.ModelShelf;
import handscroll.worker.render.RendererFactory;
import java.util.function.BiFunction;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the commands, and hands those that need it the opener of farms or what renders in a slot. */
record Commands(Farm.Opener farms, BiFunction<Config, ModelShelf, RendererFactory> renderers) implements IFactory {

    @Override
    public <T> T create(Class<T> type) throws Exception {
        if (type == RenderCommand.class) {
            return type.cast(new RenderCommand(farms));
        }
        if (type == PlanCommand.class) {
            return type.cast(new PlanCommand(renderers));
        }
        if (type == EvaluateCommand.class) {
            return type.cast(new EvaluateCommand(farms));
        }
        if (type == CoordinatorCommand.class) {
            return type.cast(new CoordinatorCommand(farms));
        }
        if (type == WorkerCommand.class) {
            return type.cast(new WorkerCommand(farms));
        }
        if (type == VerifyCommand.class) {
            return type.cast(new VerifyCommand(renderers));
        }
        return CommandLine.defaultFactory().create(type);
    }
}
