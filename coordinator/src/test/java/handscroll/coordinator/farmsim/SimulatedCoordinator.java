package handscroll.coordinator.farmsim;

import handscroll.coordinator.journal.JobEvent;
import handscroll.coordinator.journal.RegisteredJob;
import handscroll.coordinator.lease.Fault;
import handscroll.coordinator.lease.JobTerms;
import handscroll.coordinator.lease.LeaseBook;
import handscroll.coordinator.lease.LeaseBook.Ended;
import handscroll.coordinator.lease.LeaseBook.Grant;
import handscroll.coordinator.lease.LeaseBook.Taken;
import handscroll.coordinator.lease.LeaseBook.TakenPart;
import handscroll.coordinator.lease.LeaseBook.Verdict;
import handscroll.coordinator.lease.OfferedTask;
import handscroll.coordinator.lease.Outcome;
import handscroll.coordinator.lease.SteadyClock;
import handscroll.coordinator.lease.WorkerReport;
import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.Completed;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.RenderSettings;
import handscroll.protocol.task.TaskResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One life of the coordinator. The desk speaks to simulated workers as {@code LeaseDesk} does to real
 * ones, and leaves every decision to the real {@link LeaseBook}.
 */
final class SimulatedCoordinator extends SimulatedProcess {

    final FarmSimulation farm;
    final Map<JobId, SimulatedJob> jobs = new LinkedHashMap<>();
    private final Map<WorkerId, SimulatedWorker> workers = new HashMap<>();
    /** Those that somebody drained here, or that said so of themselves. */
    private final Set<WorkerId> drained = new HashSet<>();

    private final Set<WorkerId> drainDecided = new HashSet<>();
    private final Set<JobId> windingDown = new LinkedHashSet<>();
    private Optional<LeaseBook> book = Optional.empty();
    private final Clock leaseClock;
    /** Somebody gathers, and will be looked after. */
    private boolean looksAgain;

    long incarnation;

    SimulatedCoordinator(FarmSimulation farm) {
        super(farm.time);
        this.farm = farm;
        this.leaseClock = new SteadyClock(farm.wallClock, () -> 1000 * farm.time.micros());
    }

    /** As {@code JobDesk} does it: first its number is in the journal, then anything else happens. */
    void start() {
        var started = new JobEvent.CoordinatorStarted(
                farm.journal.register().lastIncarnation() + 1, farm.wallClock.instant());
        farm.journal.record(this, started, () -> serve(started.incarnation()), farm::crashCoordinator);
    }

    private void serve(long number) {
        incarnation = number;
        book = Optional.of(new LeaseBook(farm.leaseSettings, incarnation));
        for (RegisteredJob registered : farm.journal.register().jobs()) {
            var job = new SimulatedJob(this, registered);
            jobs.put(registered.job(), job);
            job.begin();
        }
        farm.deskOpened(this);
        checkDeadlines();
    }

    @Override
    void kill() {
        super.kill();
        jobs.values().forEach(SimulatedJob::die);
        farm.witnesses.values().forEach(JobWitness::coordinatorDied);
    }

    boolean isServing() {
        return book.isPresent();
    }

    /** Of the workers, as far as somebody leads them. */
    List<WorkerReport> census() {
        return book.map(those -> those.census(now())).orElse(List.of());
    }

    String whyWaiting(JobId job) {
        return book.map(leases -> leases.whyWaiting(job, now())).orElse("the coordinator is starting");
    }

    private LeaseBook book() {
        return book.orElseThrow();
    }

    private Instant now() {
        return leaseClock.instant();
    }

    // From jobs.

    void offer(RenderSettings settings, JobTerms terms, int stage, List<OfferedTask> tasks) {
        book().offer(settings, terms, stage, tasks);
        grantReady();
    }

    void logged(JobId job, int stage, int patchCount) {
        book().logged(job, stage, patchCount);
        grantReady();
    }

    void release(JobId job, List<PatchId> patches) {
        book().release(job, patches);
        for (WorkerId servant : book().servants(job)) {
            tellWorker(servant, worker -> worker.released(patches));
        }
    }

    void withdraw(JobId job) {
        for (Taken taken : book().withdraw(job, now())) {
            tellWorker(taken.worker(), worker -> worker.revoked(taken.epoch()));
        }
        answerWithdrawal(job);
        if (windingDown.remove(job)) {
            answerWithdrawal(job);
        }
        grantReady();
    }

    private void answerWithdrawal(JobId job) {
        SimulatedJob owner = jobs.get(job);
        owner.fromDesk.tell(owner::withdrawn);
    }

    void windDown(JobId job) {
        book().windDown(job);
        windingDown.add(job);
        grantReady();
    }

    private void letGoOfWhatIsWoundDown() {
        for (JobId job : List.copyOf(windingDown)) {
            if (!book().isHeld(job)) {
                windingDown.remove(job);
                jobs.get(job).witness.withdrawn();
                for (Taken taken : book().withdraw(job, now())) {
                    tellWorker(taken.worker(), worker -> worker.revoked(taken.epoch()));
                }
                answerWithdrawal(job);
            }
        }
    }

    // From people.

    void drain(SimulatedWorker worker, Optional<Duration> within) {
        if (book().drain(worker.id, within, now()).isPresent()) {
            drained.add(worker.id);
            drainDecided.add(worker.id);
            tellWorker(worker.id, told -> told.drained(Leasing.Drained.within(worker.id, within)));
            handBack();
            grantReady();
        }
    }

    void undrain(SimulatedWorker worker) {
        if (book().undrain(worker.id).isPresent()) {
            drained.remove(worker.id);
            drainDecided.add(worker.id);
            tellWorker(worker.id, told -> told.drained(Leasing.Drained.noMore(worker.id)));
            grantReady();
        }
    }

    private void handBack() {
        for (Taken taken : book().handBack(now())) {
            tellWorker(taken.worker(), worker -> worker.revoked(taken.epoch()));
        }
    }

    // From workers.

    void arrivedDrained(SimulatedWorker worker, Optional<Duration> within) {
        book().arrivedDrained(worker.id, within, now());
        if (workers.containsKey(worker.id) && !drainDecided.contains(worker.id)) {
            drained.add(worker.id);
            drainDecided.add(worker.id);
        }
    }

    void join(SimulatedWorker worker) {
        SimulatedWorker before = workers.get(worker.id);
        if (before != null && before != worker) {
            lose(worker.id);
        }
        Optional<String> refusal = book().join(worker.id, worker.slotCount, worker.deviceClass, worker.models, now());
        if (refusal.isPresent()) {
            farm.network.send(this, worker, worker::refused);
            return;
        }
        if (workers.put(worker.id, worker) != worker) {
            farm.watch(worker, this);
        }
        farm.network.send(this, worker, () -> worker.welcome(this));
    }

    /** The cluster has noticed that a worker's process is gone. */
    void workerTerminated(SimulatedWorker worker) {
        if (workers.get(worker.id) == worker) {
            lose(worker.id);
            grantReady();
        }
    }

    void pull(SimulatedWorker worker, int slot, int batchSize) {
        book().pull(worker.id, slot, batchSize, now());
        grantReady();
    }

    void renew(SimulatedWorker worker, List<Long> epochs) {
        for (long epoch : book().renew(worker.id, epochs, now())) {
            tellWorker(worker.id, told -> told.revoked(epoch));
        }
        grantReady();
    }

    void completed(SimulatedWorker worker, long epoch, List<TaskResult> results, WorkTime work) {
        List<Ended> ended = book().complete(new Completed(worker.id, epoch, results, work), now());
        for (Ended part : ended) {
            SimulatedJob job = jobs.get(part.job());
            job.witness.ended(part.results());
            farm.worked(part.job(), part.work());
            var rendered =
                    new Outcome.Rendered(part.job(), epoch, worker.id, part.deviceClass(), part.results(), part.work());
            job.fromDesk.tell(() -> job.rendered(rendered));
        }
        if (ended.isEmpty()) {
            fail(
                    worker,
                    epoch,
                    Fault.UNKNOWN,
                    "it answered other tasks than it was given, or with tokens that the model does not have");
        }
        grantReady();
    }

    void failed(SimulatedWorker worker, long epoch, String reason) {
        fail(worker, epoch, farm.weather.faultOf(reason), reason);
        grantReady();
    }

    void leave(SimulatedWorker worker) {
        lose(worker.id);
        grantReady();
    }

    private void checkDeadlines() {
        handBack();
        for (Taken taken : book().expire(now())) {
            tellWorker(taken.worker(), worker -> worker.revoked(taken.epoch()));
        }
        for (Taken taken : book().endStuck(now())) {
            farm.stuckCount++;
            tellWorker(taken.worker(), worker -> worker.revoked(taken.epoch()));
            tellGivenUp(taken, book().whyStuck());
        }
        grantReady();
        after(farm.micros(farm.leaseSettings.term()) / 4, this::checkDeadlines);
    }

    private void grantReady() {
        for (Verdict verdict : book().takeVerdicts()) {
            farm.blockedCount++;
            verdict.taken().forEach(taken -> tellWorker(taken.worker(), worker -> worker.revoked(taken.epoch())));
            for (TakenPart back : verdict.readmitted()) {
                SimulatedJob job = jobs.get(back.job());
                job.witness.readmitted(back.returned());
                job.fromDesk.tell(
                        () -> job.readmitted(new Outcome.Readmitted(back.job(), back.returned(), verdict.why())));
            }
        }
        for (LeaseBook.Comparison compared : book().takeComparisons()) {
            JobWitness.require(compared.differing().isEmpty(), compared + " differ");
            farm.comparedCount++;
        }
        letGoOfWhatIsWoundDown();
        List<Grant> grants = book().grantReady(now());
        if (book().isGathering() && !looksAgain) {
            looksAgain = true;
            after(farm.micros(farm.leaseSettings.sharing().gathering()), () -> {
                looksAgain = false;
                grantReady();
            });
        }
        for (Grant grant : grants) {
            farm.copyCount += grant.copyBecause().isPresent() ? 1 : 0;
            for (JobTasks part : grant.parts()) {
                jobs.get(part.settings().job()).witness.granted(part.tasks());
            }
            JobWitness.require(
                    !drained.contains(grant.worker()), grant.worker() + " is drained and was granted something");
            farm.granted(grant);
            tellWorker(grant.worker(), worker -> worker.granted(grant.epoch(), grant.slot(), grant.parts()));
        }
        for (WorkerReport report : book().census(now())) {
            JobWitness.require(
                    report.leaseCount() <= LeaseBook.BATCHES_PER_SLOT * report.slotCount(),
                    "worker " + report.worker() + " holds " + report.leaseCount() + " leases in " + report.slotCount()
                            + " slots");
        }
    }

    private void fail(SimulatedWorker worker, long epoch, Fault fault, String reason) {
        book().fail(worker.id, epoch, fault, reason, now()).ifPresent(taken -> tellGivenUp(taken, reason));
    }

    private void tellGivenUp(Taken taken, String reason) {
        for (TakenPart part : taken.parts()) {
            SimulatedJob job = jobs.get(part.job());
            for (PatchId patch : part.givenUp()) {
                job.witness.givenUp(patch);
                job.fromDesk.tell(() -> job.givenUp(new Outcome.GivenUp(part.job(), patch, reason)));
            }
        }
    }

    private void lose(WorkerId worker) {
        workers.remove(worker);
        drained.remove(worker);
        drainDecided.remove(worker);
        book().lose(worker);
    }

    private void tellWorker(WorkerId id, java.util.function.Consumer<SimulatedWorker> message) {
        SimulatedWorker worker = workers.get(id);
        if (worker != null) {
            farm.network.send(this, worker, () -> message.accept(worker));
        }
    }
}
