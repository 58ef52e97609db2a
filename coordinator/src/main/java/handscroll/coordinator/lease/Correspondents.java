package handscroll.coordinator.lease;

import akka.actor.typed.ActorRef;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.TakenPart;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom the desk speaks to: workers that were let in, and the owners of jobs. What is said to one that is gone is lost, as it
 * would be on its way.
 */
final class Correspondents {

    private final Map<WorkerId, ActorRef<Leasing.ToWorker>> workers = new HashMap<>();
    private final Map<JobId, ActorRef<Outcome>> owners = new HashMap<>();

    boolean has(WorkerId worker) {
        return workers.containsKey(worker);
    }

    /** Whether another process goes by this name. */
    boolean hasAnother(WorkerId worker, ActorRef<Leasing.ToWorker> than) {
        return has(worker) && !than.equals(workers.get(worker));
    }

    /** @return whether it is new, and to be watched */
    boolean enter(WorkerId worker, ActorRef<Leasing.ToWorker> at) {
        return !at.equals(workers.put(worker, at));
    }

    /** @return whether it was there */
    boolean strike(WorkerId worker) {
        return workers.remove(worker) != null;
    }

    /** @return whether it is new, and to be watched */
    boolean enter(JobId job, ActorRef<Outcome> owner) {
        return !owner.equals(owners.put(job, owner));
    }

    void strike(JobId job) {
        owners.remove(job);
    }

    /** Those that are gone with this reference. */
    List<WorkerId> workersAt(ActorRef<?> ref) {
        return namesOf(workers, ref);
    }

    /** Those whose owner is gone with this reference. */
    List<JobId> jobsOf(ActorRef<?> ref) {
        return namesOf(owners, ref);
    }

    private static <N, R> List<N> namesOf(Map<N, R> refs, ActorRef<?> ref) {
        return refs.entrySet().stream()
                .filter(entry -> entry.getValue().equals(ref))
                .map(Map.Entry::getKey)
                .toList();
    }

    void tell(WorkerId worker, Leasing.ToWorker message) {
        ActorRef<Leasing.ToWorker> ref = workers.get(worker);
        if (ref != null) {
            ref.tell(message);
        }
    }

    void tellOwner(JobId job, Outcome outcome) {
        ActorRef<Outcome> owner = owners.get(job);
        if (owner != null) {
            owner.tell(outcome);
        }
    }

    /** To the worker its tasks, to the owners of them that they are being rendered. */
    void tellGranted(Grant grant) {
        tell(grant.worker(), new Leasing.Granted(grant.epoch(), grant.slot(), grant.parts()));
        for (JobTasks part : grant.parts()) {
            JobId job = part.settings().job();
            List<PatchId> patches = part.tasks().stream().map(Task::patch).toList();
            tellOwner(
                    job,
                    grant.copyBecause()
                            .<Outcome>map(why -> new Outcome.Copied(job, patches, grant.worker(), why))
                            .orElseGet(() -> new Outcome.Started(job, patches, grant.worker())));
        }
    }

    /** To the worker that nobody waits for it any more, to the owners that their patches go out again. */
    void tellTaken(Taken taken, String toWorker, String toOwners) {
        tell(taken.worker(), new Leasing.Revoked(taken.epoch(), toWorker));
        tellReturned(taken, toOwners);
    }

    void tellReturned(Taken taken, String reason) {
        for (TakenPart part : taken.parts()) {
            if (!part.returned().isEmpty()) {
                tellOwner(part.job(), new Outcome.Returned(part.job(), part.returned(), reason));
            }
        }
    }
}
