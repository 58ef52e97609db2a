/** The ffmpeg program, which reads videos to learn from and encodes those that are rendered. */
package handscroll.protocol.video;
