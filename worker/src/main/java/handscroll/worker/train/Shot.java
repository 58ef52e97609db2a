package handscroll.worker.train;

import handscroll.worker.text.TextStates;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames of a video without a cut among them, and which of them are kept from learning.
 *
 * @param heldOutFirst the first frame that is never learned from
 * @param heldOutEnd the one after the last of them
 * @param captions what may be said of them
 */
record Shot(List<Picture> frames, int heldOutFirst, int heldOutEnd, List<TextStates> captions) {

    /** The share of the frames that is held out, in one piece that begins after this share of them. */
    private static final double HELD_OUT = 0.1;

    private static final double HELD_OUT_FROM = 0.6;

    Shot {
        frames = List.copyOf(frames);
        captions = List.copyOf(captions);
    }

    /** @param needed frames that a clip of the model lies in */
    static Shot of(List<Picture> frames, int needed, List<TextStates> captions) {
        int from = (int) (frames.size() * HELD_OUT_FROM);
        int held = Math.max(needed, (int) Math.ceil(frames.size() * HELD_OUT));
        return new Shot(frames, from, Math.min(frames.size(), from + held), captions);
    }

    /** Whether clips that lie in so many frames can be learned, and some held out. */
    boolean isLongEnough(int needed) {
        return heldOutEnd - heldOutFirst >= needed && (heldOutFirst >= needed || frames.size() - heldOutEnd >= needed);
    }

    List<Picture> toLearn() {
        List<Picture> learned = new ArrayList<>(frames.subList(0, heldOutFirst));
        learned.addAll(frames.subList(heldOutEnd, frames.size()));
        return learned;
    }

    /** So many frames, the first of which is this one, and of the others every so many-th. */
    List<Picture> clip(int first, int count, int every) {
        List<Picture> clip = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clip.add(frames.get(first + i * every));
        }
        return clip;
    }

    /** Whether none of the frames of a span is held out. */
    boolean mayLearn(int first, int last) {
        return last < heldOutFirst || first >= heldOutEnd;
    }

    /**
     * One that may be learned from and so many before it, backwards. Where the shot begins, its first frame stands in for
     * those that it has not.
     */
    List<Picture> lookBack(int from, int count, int every) {
        List<Picture> back = new ArrayList<>();
        for (int i = 0; i <= count; i++) {
            back.add(frames.get(Math.max(0, from - i * every)));
        }
        return back;
    }

    /** Where clips of so many frames can begin, among the held-out frames or among the others. */
    int[] clipStarts(int count, int every, boolean heldOut) {
        int span = (count - 1) * every;
        List<Integer> starts = new ArrayList<>();
        for (int start = 0; start + span < frames.size(); start++) {
            boolean inside = start >= heldOutFirst && start + span < heldOutEnd;
            if (heldOut ? inside : mayLearn(start, start + span)) {
                starts.add(start);
            }
        }
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }
}
