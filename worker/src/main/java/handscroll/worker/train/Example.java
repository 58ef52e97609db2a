package handscroll.worker.train;

import handscroll.worker.text.TextStates;
import java.util.List;

/** A picture to learn from, and what a text encoder makes of each of its captions. */
record Example(Picture picture, List<TextStates> captions) {

    Example {
        captions = List.copyOf(captions);
    }
}
