package handscroll.worker.train;

/** One of the three things that are learned one after the other: tokenizer, sharpness, transformer. */
interface Stage extends AutoCloseable {

    /** A short word for progress lines and for the names in the checkpoint. */
    String name();

    /**
     * One step of learning; returns the loss.
     *
     * @param progress how much of the stage's time is over, 0 to 1
     */
    double step(double progress);

    /** A few words on how well it goes, for the progress line. */
    String judgement();

    /** Writes all that {@link #restore} needs. */
    void save(Checkpoint checkpoint);

    /** Goes on where {@link #save} left off. */
    void restore(Checkpoint checkpoint);

    @Override
    void close();

    /** Rises from 0 to {@code peak} during the first share {@code warmUp} of the time, then falls as a cosine to a hundredth. */
    static double rate(double peak, double warmUp, double progress) {
        if (progress < warmUp) {
            return peak * (0.01 + 0.99 * progress / warmUp);
        }
        double fall = (progress - warmUp) / (1 - warmUp);
        return peak * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, fall))));
    }
}
