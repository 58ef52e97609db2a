package handscroll.worker.render;

import java.util.Map;

/** Makes the renderers of one worker process, and knows what they can do. */
public interface RendererFactory {

    /** The renderer of one slot; called once a slot, by the thread that will use it. */
    TaskRenderer open(int slot);

    /** Workers of one class make the same bits, e.g. {@code cpu-bf16}. */
    String deviceClass();

    /** Of the models that can be rendered, by their names. */
    Map<String, String> modelHashes();
}
