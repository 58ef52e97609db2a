/**
 * How long a plan would take: a discrete-event simulation of a farm around the code that decides in the
 * real one. Knows no actors, no files and no clock; the same settings always give the same numbers.
 */
package handscroll.coordinator.simulation;
