package handscroll.coordinator.journal;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandlerWithReply;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import akka.persistence.typed.javadsl.ReplyEffect;
import akka.persistence.typed.javadsl.RetentionCriteria;

/**
 * Keeps the register of jobs through restarts: whoever was told {@link Recorded} will find the event
 * again after any crash. One for a coordinator; where it writes is the business of
 * {@link JournalConfig}.
 *
 * <p>Two coordinators may share a database, and one that was stopped for a while may believe that it still leads. It
 * cannot write: the first that its successor wrote was its own number, under the next sequence number, which the table
 * holds once. The write fails, the journal reads what there is anew, and finds that it was overtaken.
 */
public final class JobJournal extends EventSourcedBehaviorWithEnforcedReplies<JobJournal.Command, JobEvent, Register> {

    public sealed interface Command {}

    /**
     * Answered when the event is durable, or when a later coordinator has begun; no answer comes while the database
     * cannot be written.
     *
     * @param incarnation of the coordinator that records it
     */
    public record Record(long incarnation, JobEvent event, ActorRef<Answer> replyTo) implements Command {}

    public record Read(ActorRef<Register> replyTo) implements Command {}

    public sealed interface Answer {}

    /** The register with the event in it. */
    public record Recorded(Register register) implements Answer {}

    /** Nothing was written: coordinator {@code by} leads the farm now. */
    public record Overtaken(long by) implements Answer {}

    public static final PersistenceId PERSISTENCE_ID = PersistenceId.ofUniqueId("handscroll-jobs");

    private static final int KEPT_SNAPSHOTS = 2;
    private static final double BACKOFF_JITTER = 0.2;

    private final JournalSettings settings;

    public static Behavior<Command> create(JournalSettings settings) {
        return new JobJournal(settings);
    }

    private JobJournal(JournalSettings settings) {
        super(
                PERSISTENCE_ID,
                SupervisorStrategy.restartWithBackoff(settings.minBackoff(), settings.maxBackoff(), BACKOFF_JITTER));
        this.settings = settings;
    }

    @Override
    public Register emptyState() {
        return Register.EMPTY;
    }

    @Override
    public CommandHandlerWithReply<Command, JobEvent, Register> commandHandler() {
        return newCommandHandlerWithReplyBuilder()
                .forAnyState()
                .onCommand(Record.class, this::onRecord)
                .onCommand(Read.class, this::onRead)
                .build();
    }

    @Override
    public EventHandler<Register, JobEvent> eventHandler() {
        return newEventHandlerBuilder().forAnyState().onAnyEvent(Register::after);
    }

    /** Snapshots keep a restart short; events are never deleted, they are few and tell what happened. */
    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(settings.snapshotEvery(), KEPT_SNAPSHOTS);
    }

    private ReplyEffect<JobEvent, Register> onRecord(Register register, Record command) {
        if (!register.mayWrite(command.incarnation(), command.event())) {
            return Effect().reply(command.replyTo(), new Overtaken(register.lastIncarnation()));
        }
        // Whoever got no answer asks again: what is recorded already is not recorded twice.
        if (register.after(command.event()).equals(register)) {
            return Effect().reply(command.replyTo(), new Recorded(register));
        }
        return Effect().persist(command.event()).thenReply(command.replyTo(), Recorded::new);
    }

    private ReplyEffect<JobEvent, Register> onRead(Register register, Read command) {
        return Effect().reply(command.replyTo(), register);
    }
}
