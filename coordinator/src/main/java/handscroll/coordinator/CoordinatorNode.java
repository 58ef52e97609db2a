package handscroll.coordinator;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import com.typesafe.config.Config;
import handscroll.coordinator.http.HttpServer;
import handscroll.coordinator.http.HttpSettings;
import handscroll.coordinator.http.WebhookSettings;
import handscroll.coordinator.http.Webhooks;
import handscroll.coordinator.job.JobDesk;
import handscroll.coordinator.job.Jobs;
import handscroll.coordinator.journal.JobJournal;
import handscroll.coordinator.journal.JournalSettings;
import handscroll.protocol.model.ModelShelf;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A node that may lead the farm: the job desk runs on the oldest node with the role {@code
 * coordinator}, which serves the pages; the others stand by, and say at their address who leads.
 *
 * <pre>
 *   http ─▶ (proxy) ─▶ singleton ─┬▶ job desk ─┬▶ jobs
 *                                 │            ╰▶ lease desk ◀══ workers
 *                                 ╰▶ journal
 * </pre>
 */
public record CoordinatorNode(ActorRef<Jobs.Command> jobs, HttpServer http) {

    public static final String ROLE = "coordinator";

    private static final Duration MIN_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(30);
    private static final double BACKOFF_JITTER = 0.2;

    /** Completes when the pages are served; jobs may be handed in from then on. */
    public static CompletionStage<CoordinatorNode> start(ActorSystem<?> system, ModelShelf models) {
        Config config = system.settings().config();
        ActorRef<Jobs.Command> jobs = ClusterSingleton.get(system)
                .init(SingletonActor.of(
                                Behaviors.supervise(singleton(
                                                models, JournalSettings.from(config), WebhookSettings.from(config)))
                                        .onFailure(SupervisorStrategy.restartWithBackoff(
                                                MIN_BACKOFF, MAX_BACKOFF, BACKOFF_JITTER)),
                                ROLE)
                        // Without the role a worker that joined before this node would be the oldest, and nobody would
                        // lead.
                        .withSettings(ClusterSingletonSettings.create(system).withRole(ROLE)));
        return HttpServer.start(system, jobs, HttpSettings.from(config), () -> whyNotHere(system))
                .thenApply(http -> new CoordinatorNode(jobs, http));
    }

    /** Why jobs are not led here; empty where the job desk runs: on the oldest coordinator. */
    private static Optional<String> whyNotHere(ActorSystem<?> system) {
        Cluster cluster = Cluster.get(system);
        boolean isOneOfSeveral = !system.settings()
                .config()
                .getString("akka.cluster.singleton.use-lease")
                .isEmpty();
        if (isOneOfSeveral && cluster.selfMember().status() != MemberStatus.up()) {
            return Optional.of("this coordinator has not joined the farm yet; try again");
        }
        List<Member> coordinators = new ArrayList<>();
        for (Member member : cluster.state().getMembers()) {
            if (member.hasRole(ROLE) && member.status() == MemberStatus.up()) {
                coordinators.add(member);
            }
        }
        return coordinators.stream()
                .reduce((one, other) -> one.isOlderThan(other) ? one : other)
                .map(Member::address)
                .filter(address -> !address.equals(cluster.selfMember().address()))
                .map(address ->
                        "this coordinator stands by; " + address.hostPort() + " leads the farm, ask on its host");
    }

    /** When the desk fails all of it starts anew from the journal, so that no part remembers what another forgot. */
    private static Behavior<Jobs.Command> singleton(
            ModelShelf models, JournalSettings journalSettings, WebhookSettings webhooks) {
        return Behaviors.setup(context -> {
            ActorRef<JobJournal.Command> journal = context.spawn(JobJournal.create(journalSettings), "journal");
            ActorRef<Jobs.Command> desk = context.spawn(JobDesk.create(models, journal, Clock.systemUTC()), "job-desk");
            context.watch(journal);
            context.watch(desk);
            Webhooks.start(context, desk, webhooks);
            return Behaviors.receiveMessage(command -> {
                desk.tell(command);
                return Behaviors.same();
            });
        });
    }
}
