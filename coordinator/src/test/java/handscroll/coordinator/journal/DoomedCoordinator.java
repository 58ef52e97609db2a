package handscroll.coordinator.journal;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import handscroll.protocol.job.JobId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Writes into journal and token log as fast as they answer, and prints what was acknowledged until
 * it is killed; a process of its own in {@link KilledCoordinatorTest}.
 */
final class DoomedCoordinator {

    static final LogIdentity IDENTITY = new LogIdentity(new JobId("doomed"), "5eed");

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Config config = config(directory);
        ActorSystem<JobJournal.Command> journal =
                ActorSystem.create(JobJournal.create(JournalSettings.from(config)), "doomed", config);
        TokenLog log = TokenLog.open(directory.resolve("tokens"), IDENTITY, 1, TokenLogSettings.from(config));
        for (int i = 0; ; i++) {
            JobId job = new JobId("job-" + i);
            JobEvent accepted = new JobEvent.JobAccepted(job, "canvas.width = " + i, "abc", Instant.now());
            AskPattern.<JobJournal.Command, JobJournal.Answer>ask(
                            journal,
                            replyTo -> new JobJournal.Record(0, accepted, replyTo),
                            Duration.ofSeconds(20),
                            journal.scheduler())
                    .toCompletableFuture()
                    .get();
            System.out.println("event " + i);
            log.append(List.of(new TokenLog.Entry(0, i, new short[] {(short) i})))
                    .toCompletableFuture()
                    .get();
            System.out.println("tokens " + i);
        }
    }

    static Config config(Path directory) {
        return JournalConfig.h2(directory.resolve("journal").resolve("jobs"))
                .withFallback(ConfigFactory.parseString("akka.loglevel = WARNING, akka.actor.provider = local"))
                .withFallback(ConfigFactory.load());
    }

    private DoomedCoordinator() {}
}
