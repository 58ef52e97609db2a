package handscroll.coordinator.lease;

/** What a worker says of a batch that it could not render. It may only say that it failed; who is to blame is decided here. */
public enum Fault {
    /** The patches, the model or the worker: others will tell. */
    UNKNOWN,
    /** The batch was too large for the device. */
    MEMORY,
    /** The device itself failed. */
    DEVICE
}
