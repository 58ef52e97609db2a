package handscroll.worker.djl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Where each parameter of a network lies in its one flat vector: the single truth for names and shapes.
 *
 * <p>Optimiser, average, clip, checkpoint and copy are then one operation on one tensor each. TorchScript
 * cuts the vector with the method {@link #scriptMethod} generates; the gradient of that cut is one
 * concatenation.
 */
public final class ParameterLayout {

    /**
     * One parameter.
     *
     * @param shape its dimensions, the output dimension first
     * @param deviation standard deviation of its normal initial values; 0 fills with {@code mean}
     * @param mean mean of its initial values
     */
    public record Parameter(String name, List<Integer> shape, double deviation, double mean) {
        public Parameter {
            shape = List.copyOf(shape);
        }

        /** How many numbers it holds. */
        public int size() {
            return shape.stream().reduce(1, (a, b) -> a * b);
        }

        /** Whether weight decay applies: to matrices and kernels, never to biases and gains. */
        public boolean decays() {
            return shape.size() > 1 && deviation > 0;
        }
    }

    private final List<Parameter> parameters = new ArrayList<>();

    /** Appends a parameter with normal initial values. */
    ParameterLayout normal(String name, double deviation, int... shape) {
        parameters.add(new Parameter(name, Arrays.stream(shape).boxed().toList(), deviation, 0));
        return this;
    }

    /** Appends a parameter that starts as a constant. */
    ParameterLayout constant(String name, double value, int... shape) {
        parameters.add(new Parameter(name, Arrays.stream(shape).boxed().toList(), 0, value));
        return this;
    }

    /** Appends a convolution kernel [out, in, side, side] and its bias; He's deviation times {@code gain}. */
    ParameterLayout convolution(String name, int in, int out, int side, double gain) {
        return normal(name + ".weight", gain * Math.sqrt(2.0 / (in * side * side)), out, in, side, side)
                .constant(name + ".bias", 0, out);
    }

    /** Appends a linear map [out, in] and its bias. */
    ParameterLayout linear(String name, int in, int out, double deviation) {
        return normal(name + ".weight", deviation, out, in).constant(name + ".bias", 0, out);
    }

    /** Appends gain and bias of a layer norm. */
    ParameterLayout norm(String name, int width) {
        return constant(name + ".weight", 1, width).constant(name + ".bias", 0, width);
    }

    public List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** How many numbers the flat vector holds. */
    public int size() {
        return parameters.stream().mapToInt(Parameter::size).sum();
    }

    /** Where a parameter begins in the flat vector. */
    int offset(String name) {
        int at = 0;
        for (Parameter parameter : parameters) {
            if (parameter.name().equals(name)) {
                return at;
            }
            at += parameter.size();
        }
        throw new IllegalArgumentException("no parameter " + name);
    }

    /** A flat vector of initial values. */
    public float[] initial(RandomGenerator random) {
        float[] flat = new float[size()];
        int at = 0;
        for (Parameter parameter : parameters) {
            for (int end = at + parameter.size(); at < end; at++) {
                double noise = parameter.deviation() == 0 ? 0 : random.nextGaussian();
                flat[at] = (float) (parameter.mean() + parameter.deviation() * noise);
            }
        }
        return flat;
    }

    /** 1 where weight decay applies, else 0: a flat vector. */
    public float[] decayMask() {
        float[] mask = new float[size()];
        int at = 0;
        for (Parameter parameter : parameters) {
            Arrays.fill(mask, at, at + parameter.size(), parameter.decays() ? 1 : 0);
            at += parameter.size();
        }
        return mask;
    }

    /** Writes those of the tensors into a flat vector that it has by the same name and shape. */
    public void takeOver(float[] flat, Map<String, Safetensors.Tensor> tensors) {
        int at = 0;
        for (Parameter parameter : parameters) {
            Safetensors.Tensor tensor = tensors.get(parameter.name());
            if (tensor != null && tensor.shape().equals(parameter.shape())) {
                System.arraycopy(tensor.values(), 0, flat, at, parameter.size());
            }
            at += parameter.size();
        }
    }

    /** Cuts a flat vector into named pieces, in order. */
    Map<String, float[]> cut(float[] flat) {
        Map<String, float[]> pieces = new LinkedHashMap<>();
        int at = 0;
        for (Parameter parameter : parameters) {
            pieces.put(parameter.name(), Arrays.copyOfRange(flat, at, at + parameter.size()));
            at += parameter.size();
        }
        return pieces;
    }

    /**
     * A TorchScript method {@code METHOD(self, w)} that cuts the flat vector into a dictionary.
     *
     * @param className the module class the method belongs to
     */
    String scriptMethod(String className, String method) {
        String sizes = parameters.stream().map(p -> Integer.toString(p.size())).collect(Collectors.joining(", "));
        StringBuilder body = new StringBuilder("""
              def %s(self: __torch__.%s, w: Tensor) -> Dict[str, Tensor]:
                parts = torch.split_with_sizes(w, [%s])
                p = annotate(Dict[str, Tensor], {})
            """.formatted(method, className, sizes));
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            body.append(
                    "    p[\"%s\"] = torch.view(parts[%d], %s)\n".formatted(parameter.name(), i, parameter.shape()));
        }
        return body.append("    return p\n").toString();
    }
}
