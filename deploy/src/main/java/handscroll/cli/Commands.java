package handscroll.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the commands, and hands those that need one the opener of farms. */
record Commands(Farm.Opener farms) implements IFactory {

    @Override
    public <T> T create(Class<T> type) throws Exception {
        if (type == RenderCommand.class) {
            return type.cast(new RenderCommand(farms));
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
        return CommandLine.defaultFactory().create(type);
    }
}
