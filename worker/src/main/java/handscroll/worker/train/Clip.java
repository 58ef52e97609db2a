package handscroll.worker.train;

import java.util.List;

/**
 * Token grids of frames that follow each other, or of one picture.
 *
 * @param askedFrom the first frame that is to be learned; those before it are of another shot, and only seen
 */
record Clip(List<TokenGrid> frames, int askedFrom) {

    Clip {
        frames = List.copyOf(frames);
    }

    static Clip of(TokenGrid picture) {
        return new Clip(List.of(picture), 0);
    }

    /** The frame whose captions are told. */
    TokenGrid last() {
        return frames.get(frames.size() - 1);
    }
}
