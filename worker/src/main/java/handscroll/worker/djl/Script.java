package handscroll.worker.djl;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * A TorchScript module without weights whose methods Java calls: the mathematics of one network.
 *
 * <p>Calls may run on many threads at once; each runs on its caller's thread. What a call makes on its
 * way is freed inside libtorch, only results reach a manager.
 */
public final class Script implements AutoCloseable {

    private final Model model;
    private final PtSymbolBlock block;

    private Script(Model model) {
        this.model = model;
        this.block = (PtSymbolBlock) model.getBlock();
    }

    /**
     * Compiles the resource {@code NAME.py} beside this class, which defines the class {@code className}.
     *
     * @param generated more methods of that class, appended to the source; may be empty
     * @param constants what stands for each capital word of the source
     */
    public static Script compile(
            String resource, String className, String generated, Map<String, ? extends Number> constants) {
        LibTorch.start();
        String source = read(resource);
        for (Map.Entry<String, ? extends Number> constant : constants.entrySet()) {
            source = source.replaceAll(
                    "\\b" + constant.getKey() + "\\b", constant.getValue().toString());
        }
        return of(className, source + generated);
    }

    /** Compiles a module class from its source. */
    public static Script of(String className, String source) {
        LibTorch.start();
        byte[] archive = TorchScriptArchive.of(className, source);
        Model model = Model.newInstance(className, "PyTorch");
        try {
            model.load(new ByteArrayInputStream(archive));
        } catch (IOException | MalformedModelException e) {
            model.close();
            throw new IllegalStateException("libtorch refused " + className + ": " + e.getMessage(), e);
        }
        return new Script(model);
    }

    /**
     * Runs a method; the results belong to {@code owner}.
     *
     * @param arguments an {@link NDArray}, {@link Long}, {@link Double} or {@link NDList} each, in the
     *     order of the method's parameters
     */
    public NDList call(NDManager owner, String method, Object... arguments) {
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = toValue(arguments[i]);
            }
            try (IValue result = IValueUtils.runMethod(block, method, values)) {
                return result.toNDList((PtNDManager) owner);
            }
        } finally {
            for (IValue value : values) {
                if (value != null) {
                    value.close();
                }
            }
        }
    }

    /**
     * Runs a method while gradients are recorded, which {@link #call} never does; the thread must allow
     * them. The results belong to {@code owner}. DJL takes nothing but tensors on this way.
     */
    public NDList learn(NDManager owner, String method, NDArray... arguments) {
        try (NDManager call = owner.newSubManager()) {
            NDArray choice = call.create(0f);
            choice.setName("module_method:" + method);
            NDList inputs = new NDList(choice);
            inputs.addAll(Arrays.asList(arguments));
            NDList results = IValueUtils.forward(block, inputs, true);
            results.attach(owner);
            return results;
        }
    }

    @Override
    public void close() {
        model.close();
    }

    private static IValue toValue(Object argument) {
        if (argument instanceof PtNDArray tensor) {
            return IValue.from(tensor);
        } else if (argument instanceof Long number) {
            return IValue.from(number);
        } else if (argument instanceof Double number) {
            return IValue.from(number);
        } else if (argument instanceof NDList tensors) {
            return IValue.listFrom(tensors.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
        }
        throw new IllegalArgumentException("no TorchScript value for " + argument.getClass());
    }

    private static String read(String resource) {
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
