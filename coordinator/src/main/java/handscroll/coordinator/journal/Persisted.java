package handscroll.coordinator.journal;

/**
 * Marks what is kept in the journal and its snapshots; bound to Jackson CBOR.
 *
 * <p>Names of classes and of their components are the format: add components as {@code Optional},
 * and for any other change write a {@code JacksonMigration}.
 */
interface Persisted {}
