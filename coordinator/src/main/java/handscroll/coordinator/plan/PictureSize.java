package handscroll.coordinator.plan;

/** What a plan has to know of an input picture; {@link PictureReader} finds it without decoding the file. */
public record PictureSize(int widthPixels, int heightPixels) {}
