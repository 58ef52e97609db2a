package handscroll.worker.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.PrimitiveIterator;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Lessons that are learned one patch after the other, in the order each is drawn in. */
final class PatchByPatch {

    /** What is learned in one go. */
    interface Part {
        /** The tensors that {@code learn} of transformer.py takes after the weights. */
        NDArray[] tensors(NDManager owner);
    }

    private final Supplier<Lesson> lessons;
    private Lesson lesson;
    private PrimitiveIterator.OfInt patches;

    PatchByPatch(Supplier<Lesson> lessons) {
        this.lessons = lessons;
        this.lesson = lessons.get();
        this.patches = IntStream.of(lesson.inOrder()).iterator();
    }

    /** The next patch of the lesson, or the first one of another lesson. */
    Part next() {
        if (!patches.hasNext()) {
            lesson = lessons.get();
            patches = IntStream.of(lesson.inOrder()).iterator();
        }
        Lesson now = lesson;
        int patch = patches.nextInt();
        return owner -> now.tensors(owner, patch);
    }
}
