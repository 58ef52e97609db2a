/**
 * What survives a restart: what happened to jobs (few events, in a database), and the token log
 * (what was rendered, beside the picture).
 */
package handscroll.coordinator.journal;
