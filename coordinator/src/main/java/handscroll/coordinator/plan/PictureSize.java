package handscroll.coordinator.plan;

/** What a plan has to know of an input picture: found in the head of its file, without decoding it. */
public record PictureSize(int widthPixels, int heightPixels) {}
