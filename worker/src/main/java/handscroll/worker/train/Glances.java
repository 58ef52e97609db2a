package handscroll.worker.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Frames of a video with those before them: what a decoder learns from that looks back. Scaled as the clips are that the
 * transformer learns from, and never mirrored, for the same reasons.
 */
final class Glances implements Crops.Source {

    private static final double AS_IT_IS = 0.4;
    private static final double LARGEST_SCALE = 1.12;

    /** How often nothing moves: so a video begins, for whose first frame there are none before. */
    private static final double STANDING_STILL = 0.1;

    /** How often, of several shots, the frames before are another one's: so a story goes on. */
    private static final double AFTER_A_CUT = 0.1;

    /** A frame of a shot. */
    private record Moment(Shot shot, int frame) {}

    private final int every;
    private final int framesBefore;
    private final List<Moment> moments = new ArrayList<>();

    Glances(Film film, int framesBefore) {
        this.every = film.every();
        this.framesBefore = framesBefore;
        for (Shot shot : film.shots()) {
            for (int frame = 0; frame < shot.frames().size(); frame++) {
                if (shot.mayLearn(Math.max(0, frame - framesBefore * every), frame)) {
                    moments.add(new Moment(shot, frame));
                }
            }
        }
    }

    @Override
    public List<Picture> draw(Random random) {
        Moment moment = any(random);
        List<Picture> glance = new ArrayList<>(moment.shot.lookBack(moment.frame, framesBefore, every));
        double chance = random.nextDouble();
        if (chance < STANDING_STILL) {
            glance = Collections.nCopies(glance.size(), glance.get(0));
        } else if (framesBefore > 0 && chance < STANDING_STILL + AFTER_A_CUT) {
            Moment other = any(random);
            if (!other.shot.equals(moment.shot)) {
                cut(glance, other, 1 + random.nextInt(framesBefore));
            }
        }
        double least = (double) Crops.CROP_PIXELS / glance.get(0).width();
        double scale =
                Math.max(least, random.nextDouble() < AS_IT_IS ? 1 : Math.pow(LARGEST_SCALE, random.nextDouble()));
        int width = (int) Math.round(glance.get(0).width() * scale);
        int height = (int) Math.round(glance.get(0).height() * scale);
        return scale == 1
                ? glance
                : glance.stream().map(frame -> frame.resized(width, height)).toList();
    }

    /** So many frames are left as they are; before them the other shot ends. */
    private void cut(List<Picture> glance, Moment end, int own) {
        List<Picture> before = end.shot.lookBack(end.frame, framesBefore, every);
        for (int i = own; i < glance.size(); i++) {
            glance.set(i, before.get(i - own));
        }
    }

    private Moment any(Random random) {
        return moments.get(random.nextInt(moments.size()));
    }
}
