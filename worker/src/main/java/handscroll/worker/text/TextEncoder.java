package handscroll.worker.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * all-MiniLM-L6-v2, which maps texts of like meaning to like vectors; comes with the program. Every text goes through it
 * alone and on one thread, so that its states never depend on what else was encoded.
 *
 * <p>One a process, made when the first text is met: ONNX Runtime has one environment. Any thread may ask.
 */
public final class TextEncoder {

    /** Written into a model's card: states of another encoder mean something else. */
    public static final String NAME = "all-MiniLM-L6-v2-q";

    private static final String NETWORK = "/all-minilm-l6-v2-q.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
    /** Texts whose states are kept, some 20 kB each. */
    private static final int KEPT = 256;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final HuggingFaceTokenizer tokenizer;
    private final Map<String, TextStates> kept = new LinkedHashMap<>(16, 0.75f, true); // guarded by this

    private static final class Only {
        static final TextEncoder INSTANCE = new TextEncoder();
    }

    public static TextEncoder instance() {
        return Only.INSTANCE;
    }

    private TextEncoder() {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                InputStream network = resource(NETWORK);
                InputStream vocabulary = resource(TOKENIZER)) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            session = environment.createSession(network.readAllBytes(), options);
            tokenizer = HuggingFaceTokenizer.newInstance(
                    vocabulary,
                    Map.of("truncation", "true", "maxLength", String.valueOf(TextStates.MOST), "padding", "false"));
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime refused the text encoder: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        InputStream in = TextEncoder.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException(name + " is missing from the class path");
        }
        return in;
    }

    /** The states of a text; of one with too many word pieces those of its beginning. */
    public synchronized TextStates encode(String text) {
        TextStates known = kept.get(text);
        if (known != null) {
            return known;
        }
        TextStates states = run(tokenizer.encode(text));
        kept.put(text, states);
        if (kept.size() > KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
        return states;
    }

    private TextStates run(Encoding encoding) {
        long[][] ids = {encoding.getIds()};
        long[][] mask = {encoding.getAttentionMask()};
        long[][] types = {encoding.getTypeIds()};
        try (OnnxTensor words = OnnxTensor.createTensor(environment, ids);
                OnnxTensor here = OnnxTensor.createTensor(environment, mask);
                OnnxTensor sentence = OnnxTensor.createTensor(environment, types);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", words, "attention_mask", here, "token_type_ids", sentence))) {
            float[][] found = ((float[][][]) result.get(0).getValue())[0];
            float[] rows = new float[found.length * TextStates.WIDTH];
            for (int i = 0; i < found.length; i++) {
                System.arraycopy(found[i], 0, rows, i * TextStates.WIDTH, TextStates.WIDTH);
            }
            return new TextStates(found.length, rows);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not encode a text: " + e.getMessage(), e);
        }
    }
}
