package handscroll.protocol.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.task.ContextPatch;
import handscroll.protocol.task.RememberedPatch;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import handscroll.protocol.task.TokenBlock;
import java.util.List;
import java.util.Map;

/**
 * What travels with every patch, written by hand: Kryo's own way through a record calls each component by reflection,
 * and was half of what the farm itself costs. The bytes are the same, components in the order of their names and a
 * mark before each that could be null, so that it does not matter who wrote them which way.
 */
final class BatchForms {

    /** To be registered in the place of the generic ones. */
    static final Map<Class<?>, Serializer<?>> BY_CLASS = Map.of(
            short[].class, new TokensForm(),
            PatchId.class, new PatchIdForm(),
            ContextPatch.class, new ContextPatchForm(),
            TokenBlock.class, new TokenBlockForm(),
            Task.Sample.class, new SampleForm(),
            TaskResult.Tokens.class, new ResultForm());

    private static final TokensForm TOKENS = new TokensForm();
    private static final PatchIdForm PATCH = new PatchIdForm();
    private static final TokenBlockForm BLOCK = new TokenBlockForm();
    private static final ContextPatchForm CONTEXT = new ContextPatchForm();

    /** Its class, three offsets and the number of its tokens. */
    private static final int LEAST_CONTEXT_BYTES = 5;

    /** Kryo writes the number of a class so much higher. */
    static final int TYPE_OFFSET = 2;

    private static final class TokensForm extends Serializer<short[]> {
        TokensForm() {
            setAcceptsNull(true);
        }

        @Override
        public void write(Kryo kryo, Output output, short[] tokens) {
            output.writeVarInt(tokens.length + 1, true);
            ((FrameOutput) output).writeAll(tokens);
        }

        @Override
        public short[] read(Kryo kryo, Input input, Class<? extends short[]> type) {
            return ((BoundedInput) input).readAll(input.readVarInt(true) - 1);
        }
    }

    private static final class PatchIdForm extends Serializer<PatchId> {
        @Override
        public void write(Kryo kryo, Output output, PatchId patch) {
            output.writeVarInt(patch.column(), false);
            output.writeVarInt(patch.frame(), false);
            output.writeVarInt(patch.row(), false);
            output.writeVarInt(patch.stage(), false);
        }

        @Override
        public PatchId read(Kryo kryo, Input input, Class<? extends PatchId> type) {
            int column = input.readVarInt(false);
            int frame = input.readVarInt(false);
            int row = input.readVarInt(false);
            return new PatchId(input.readVarInt(false), column, row, frame);
        }
    }

    private static final class ContextPatchForm extends Serializer<ContextPatch> {
        @Override
        public void write(Kryo kryo, Output output, ContextPatch patch) {
            output.writeVarInt(patch.columnOffset(), false);
            output.writeVarInt(patch.frameOffset(), false);
            output.writeVarInt(patch.rowOffset(), false);
            TOKENS.write(kryo, output, patch.tokens());
        }

        @Override
        public ContextPatch read(Kryo kryo, Input input, Class<? extends ContextPatch> type) {
            int column = input.readVarInt(false);
            int frame = input.readVarInt(false);
            int row = input.readVarInt(false);
            return new ContextPatch(column, row, frame, TOKENS.read(kryo, input, short[].class));
        }
    }

    private static final class TokenBlockForm extends Serializer<TokenBlock> {
        @Override
        public void write(Kryo kryo, Output output, TokenBlock block) {
            output.writeVarInt(block.columns(), false);
            output.writeVarInt(block.rows(), false);
            TOKENS.write(kryo, output, block.tokens());
        }

        @Override
        public TokenBlock read(Kryo kryo, Input input, Class<? extends TokenBlock> type) {
            int columns = input.readVarInt(false);
            int rows = input.readVarInt(false);
            return new TokenBlock(columns, rows, TOKENS.read(kryo, input, short[].class));
        }
    }

    private static final class SampleForm extends Serializer<Task.Sample> {
        @Override
        public void write(Kryo kryo, Output output, Task.Sample sample) {
            output.writeDouble(sample.bottomPosition());
            writeContext(kryo, output, sample.context());
            present(output);
            BLOCK.write(kryo, output, sample.layout());
            kryo.writeClassAndObject(output, sample.memory());
            present(output);
            PATCH.write(kryo, output, sample.patch());
            output.writeVarInt(sample.text(), false);
            output.writeDouble(sample.topPosition());
        }

        /** As a list of values of whatever classes, without a look for the class of each. */
        private static void writeContext(Kryo kryo, Output output, List<ContextPatch> context) {
            writeType(output, WireTypes.LIST);
            output.writeVarInt(context.size(), true);
            for (ContextPatch patch : context) {
                writeType(output, WireTypes.CONTEXT_PATCH);
                CONTEXT.write(kryo, output, patch);
            }
        }

        private static List<ContextPatch> readContext(Kryo kryo, Input input) {
            checkType(input, WireTypes.LIST);
            ContextPatch[] context =
                    new ContextPatch[((BoundedInput) input).checked(input.readVarInt(true), LEAST_CONTEXT_BYTES)];
            for (int i = 0; i < context.length; i++) {
                checkType(input, WireTypes.CONTEXT_PATCH);
                context[i] = CONTEXT.read(kryo, input, ContextPatch.class);
            }
            return List.of(context);
        }

        @Override
        @SuppressWarnings("unchecked") // a list of something else ends the reading where it is copied into the task
        public Task.Sample read(Kryo kryo, Input input, Class<? extends Task.Sample> type) {
            double bottom = input.readDouble();
            List<ContextPatch> context = readContext(kryo, input);
            checkPresent(input);
            TokenBlock layout = BLOCK.read(kryo, input, TokenBlock.class);
            List<RememberedPatch> memory = (List<RememberedPatch>) kryo.readClassAndObject(input);
            checkPresent(input);
            PatchId patch = PATCH.read(kryo, input, PatchId.class);
            int text = input.readVarInt(false);
            return new Task.Sample(patch, context, input.readDouble(), bottom, layout, memory, text);
        }
    }

    private static final class ResultForm extends Serializer<TaskResult.Tokens> {
        @Override
        public void write(Kryo kryo, Output output, TaskResult.Tokens result) {
            present(output);
            PATCH.write(kryo, output, result.patch());
            TOKENS.write(kryo, output, result.tokens());
        }

        @Override
        public TaskResult.Tokens read(Kryo kryo, Input input, Class<? extends TaskResult.Tokens> type) {
            checkPresent(input);
            PatchId patch = PATCH.read(kryo, input, PatchId.class);
            return new TaskResult.Tokens(patch, TOKENS.read(kryo, input, short[].class));
        }
    }

    private static void writeType(Output output, int number) {
        output.writeVarInt(number + TYPE_OFFSET, true);
    }

    private static void checkType(Input input, int number) {
        int found = input.readVarInt(true) - TYPE_OFFSET;
        if (found != number) {
            throw new KryoException(
                    "A message has a value of class " + found + " where one of " + number + " belongs.");
        }
    }

    private static void present(Output output) {
        output.writeByte(Kryo.NOT_NULL);
    }

    private static void checkPresent(Input input) {
        if (input.readByte() != Kryo.NOT_NULL) {
            throw new KryoException("A message lacks a part that it cannot be without.");
        }
    }

    private BatchForms() {}
}
