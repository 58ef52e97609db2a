package handscroll.coordinator.farmsim;

import handscroll.protocol.canvas.PatchId;
import handscroll.protocol.job.JobId;
import handscroll.protocol.lease.Leasing;
import handscroll.protocol.lease.Leasing.WorkTime;
import handscroll.protocol.lease.Leasing.WorkerId;
import handscroll.protocol.task.JobTasks;
import handscroll.protocol.task.Task;
import handscroll.protocol.task.TaskResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Behaves towards the desk as {@code WorkerNode}, {@code LeaseHolder} and {@code TileStream} do. */
final class SimulatedWorker extends SimulatedProcess {

    private static final long JOIN_MICROS = 5_000_000;
    private static final long REFUSED_MICROS = 30_000_000;
    private static final long RESEND_MICROS = 1_000_000;
    private static final long ACK_TIMEOUT_MICROS = 120_000_000;
    private static final int BATCH_COUNT = 2;

    private enum Phase {
        WAITING,
        RENDERING,
        STORING
    }

    private static final class Batch {
        final int slot;
        final List<JobTasks> parts;
        final List<Task> tasks;
        final Set<PatchId> unstored = new HashSet<>();
        Phase phase = Phase.WAITING;
        boolean isDropped;
        List<TaskResult> results = List.of();

        long micros;

        Batch(int slot, List<JobTasks> parts) {
            this.slot = slot;
            this.parts = parts;
            this.tasks = parts.stream().flatMap(part -> part.tasks().stream()).toList();
        }

        /** Of tiles, which are never mixed. */
        JobId job() {
            return parts.get(0).settings().job();
        }
    }

    private final FarmSimulation farm;
    final WorkerId id;
    final int slotCount;
    final String deviceClass;
    final Map<String, String> models;
    private final int batchSize;
    private final long taskMicros;
    private final Set<Long> held = new HashSet<>();
    private final List<Map<Long, Batch>> slots = new ArrayList<>();
    private Optional<SimulatedCoordinator> listed = Optional.empty();
    private Optional<SimulatedCoordinator> desk = Optional.empty();
    private boolean isIn;
    private boolean isRenewing;
    private boolean isDraining;
    /** As some desk said; with when that was. */
    private Optional<Leasing.Drained> drained = Optional.empty();

    private long drainedAt;
    private int knockCount;

    SimulatedWorker(FarmSimulation farm, WorkerId id, String deviceClass, Map<String, String> models) {
        super(farm.time);
        this.farm = farm;
        this.id = id;
        this.deviceClass = deviceClass;
        this.models = models;
        this.slotCount = 1 + farm.random.nextInt(3);
        this.batchSize = 1 + farm.random.nextInt(6);
        this.taskMicros = (200_000 + farm.random.nextLong(3_000_000)) * farm.weather.slowness();
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(new LinkedHashMap<>());
        }
    }

    // Joining.

    void deskListed(SimulatedCoordinator coordinator) {
        listed = Optional.of(coordinator);
        knock();
    }

    private void knock() {
        if (isDraining || listed.isEmpty() || isIn && desk.equals(listed)) {
            return;
        }
        desk = listed;
        isIn = false;
        tellDesk(coordinator -> coordinator.join(this));
        knockAfter(JOIN_MICROS);
    }

    private void knockAfter(long micros) {
        int number = ++knockCount;
        after(micros, () -> {
            if (number == knockCount) {
                isIn = false;
                knock();
            }
        });
    }

    void refused() {
        knockAfter(REFUSED_MICROS);
    }

    void welcome(SimulatedCoordinator from) {
        knockCount++;
        isIn = true;
        if (!isRenewing) {
            isRenewing = true;
            after(farm.micros(farm.leaseSettings.term()) / 3, this::renewRepeatedly);
        }
        drained.ifPresent(told -> {
            Optional<Duration> left = told.within().map(this::left);
            tellDesk(coordinator -> coordinator.arrivedDrained(this, left));
        });
        renew();
    }

    void drained(Leasing.Drained told) {
        drained = Optional.of(told).filter(Leasing.Drained::isOn);
        drainedAt = farm.time.micros();
    }

    private Duration left(Duration within) {
        Duration since = Duration.ofNanos(1000 * (farm.time.micros() - drainedAt));
        return since.compareTo(within) < 0 ? within.minus(since) : Duration.ZERO;
    }

    private void renewRepeatedly() {
        renew();
        after(farm.micros(farm.leaseSettings.term()) / 3, this::renewRepeatedly);
    }

    private void renew() {
        List<Long> epochs = List.copyOf(held);
        tellDesk(coordinator -> coordinator.renew(this, epochs));
        for (int slot = 0; slot < slotCount && !isDraining; slot++) {
            for (int room = slots.get(slot).size(); room < BATCH_COUNT && !isBusyInVain(slot); room++) {
                pull(slot);
            }
        }
    }

    private void pull(int slot) {
        tellDesk(coordinator -> coordinator.pull(this, slot, batchSize));
    }

    // Leases.

    void granted(long epoch, int slot, List<JobTasks> parts) {
        if (!isDraining) {
            held.add(epoch);
            slots.get(slot).put(epoch, new Batch(slot, parts));
            renderNext(slot);
        }
    }

    void revoked(long epoch) {
        if (!held.remove(epoch)) {
            return;
        }
        for (Map<Long, Batch> slot : slots) {
            Batch batch = slot.get(epoch);
            if (batch != null) {
                batch.isDropped = true;
                if (batch.phase == Phase.WAITING) {
                    end(epoch, batch, Optional.empty());
                }
                renderNext(batch.slot);
            }
        }
    }

    void released(List<PatchId> patches) {
        // States are a cache: what is dropped too early is made again.
    }

    /** Finishes what runs, leaves and ends. */
    void drain() {
        isDraining = true;
        for (int slot = 0; slot < slotCount; slot++) {
            slots.get(slot).values().removeIf(batch -> batch.phase == Phase.WAITING);
            renderNext(slot);
        }
    }

    private void renderNext(int slot) {
        if (isDraining && slots.stream().allMatch(Map::isEmpty)) {
            tellDesk(coordinator -> coordinator.leave(this));
            farm.ended(this);
            return;
        }
        Optional<Map.Entry<Long, Batch>> next = Optional.empty();
        for (Map.Entry<Long, Batch> entry : slots.get(slot).entrySet()) {
            if (entry.getValue().phase == Phase.RENDERING) {
                return;
            }
            if (entry.getValue().phase == Phase.WAITING && next.isEmpty()) {
                next = Optional.of(entry);
            }
        }
        next.ifPresent(entry -> render(entry.getKey(), entry.getValue()));
    }

    private void render(long epoch, Batch batch) {
        batch.phase = Phase.RENDERING;
        for (JobTasks part : batch.parts) {
            part.tasks().forEach(farm.witness(part.settings().job())::started);
        }
        farm.startCount += batch.tasks.size();
        if (farm.weather.slotGetsStuck()) {
            return;
        }
        batch.micros = taskMicros * batch.tasks.size() / 2 + farm.random.nextLong(taskMicros);
        after(batch.micros, () -> rendered(epoch, batch));
    }

    private void rendered(long epoch, Batch batch) {
        Optional<String> failure = farm.weather.renderingFails(batch.parts);
        if (slots.get(batch.slot).get(epoch) != batch) {
            return;
        }
        if (failure.isPresent() || batch.isDropped) {
            end(epoch, batch, failure);
        } else if (batch.tasks.get(0) instanceof Task.Decode) {
            batch.phase = Phase.STORING;
            batch.results = batch.tasks.stream()
                    .<TaskResult>map(task -> new TaskResult.TileStored(task.patch()))
                    .toList();
            batch.tasks.forEach(task -> batch.unstored.add(task.patch()));
            batch.tasks.forEach(task -> sendTile(epoch, batch, task));
            after(ACK_TIMEOUT_MICROS, () -> end(epoch, batch, Optional.of("tiles were not acknowledged in time")));
        } else {
            batch.results = batch.parts.stream().flatMap(this::tokens).toList();
            batch.results = farm.weather.perhapsSpoiled(batch.results);
            end(epoch, batch, Optional.empty());
        }
        renderNext(batch.slot);
    }

    private Stream<TaskResult> tokens(JobTasks part) {
        JobId job = part.settings().job();
        SimulatedCanvas canvas = farm.witness(job).canvas;
        return part.tasks().stream()
                .map(task -> new TaskResult.Tokens(
                        task.patch(),
                        HashingRenderer.tokens(
                                job,
                                task,
                                deviceClass,
                                canvas.tokensPerPatch(),
                                canvas.plan.model().codes())));
    }

    /** Sent again as long as nobody answers: the stream connects anew. */
    private void sendTile(long epoch, Batch batch, Task task) {
        if (slots.get(batch.slot).get(epoch) != batch || !batch.unstored.contains(task.patch())) {
            return;
        }
        JobId job = batch.job();
        long content = HashingRenderer.content(job, task, deviceClass);
        tellDesk(coordinator -> coordinator
                .jobs
                .get(job)
                .storeTile(
                        task.patch(),
                        content,
                        failure -> farm.network.send(
                                coordinator, this, () -> acknowledged(epoch, batch, task.patch(), failure))));
        after(RESEND_MICROS, () -> sendTile(epoch, batch, task));
    }

    private void acknowledged(long epoch, Batch batch, PatchId patch, Optional<String> failure) {
        if (slots.get(batch.slot).get(epoch) == batch && batch.unstored.remove(patch)) {
            if (failure.isPresent() || batch.unstored.isEmpty()) {
                end(epoch, batch, failure);
                renderNext(batch.slot);
            }
        }
    }

    /** Reported, unless nobody waits for it any more; and the next one is pulled. */
    private void end(long epoch, Batch batch, Optional<String> failure) {
        if (!slots.get(batch.slot).remove(epoch, batch)) {
            return;
        }
        if (!batch.isDropped && held.remove(epoch)) {
            tellDesk(coordinator -> {
                if (failure.isPresent()) {
                    coordinator.failed(this, epoch, failure.get());
                } else {
                    var work = new WorkTime(Duration.ofNanos(1000 * batch.micros), Duration.ZERO, Duration.ZERO);
                    coordinator.completed(this, epoch, batch.results, work);
                }
            });
        }
        if (!isDraining && !isBusyInVain(batch.slot)) {
            pull(batch.slot);
        }
    }

    private boolean isBusyInVain(int slot) {
        return slots.get(slot).values().stream().anyMatch(batch -> batch.isDropped && batch.phase == Phase.RENDERING);
    }

    private void tellDesk(java.util.function.Consumer<SimulatedCoordinator> message) {
        desk.ifPresent(coordinator -> farm.network.send(this, coordinator, () -> message.accept(coordinator)));
    }
}
