/** What is told of jobs, attempts and tiles to whoever collects traces; nothing depends on it. */
package handscroll.protocol.trace;
