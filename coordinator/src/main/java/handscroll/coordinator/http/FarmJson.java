package handscroll.coordinator.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import handscroll.coordinator.job.Explanation;
import handscroll.coordinator.job.Explanation.PatchStanding;
import handscroll.coordinator.job.Explanation.StageStanding;
import handscroll.coordinator.lease.EndedAttempt;
import handscroll.coordinator.lease.JobAccount.HeldLease;
import handscroll.coordinator.lease.JobAccount.PatchAccount;
import handscroll.coordinator.lease.RefusedWorker;
import handscroll.coordinator.lease.WorkerList;
import handscroll.coordinator.lease.WorkerReport;
import handscroll.protocol.lease.Leasing.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The words of the API for workers and reasons; like {@link JobJson}, and for the same reason written out. */
final class FarmJson {

    static ObjectNode workers(WorkerList list) {
        ObjectNode json = JobJson.object();
        putWorkers(json, list);
        return json;
    }

    static ObjectNode drained(WorkerId worker, String message) {
        return JobJson.object().put("worker", worker.value()).put("message", message);
    }

    static ObjectNode explanation(Explanation why) {
        Instant now = why.account().workers().at();
        ObjectNode json = JobJson.object();
        json.put("job", why.job().value());
        json.put("state", word(why.state()));
        json.put("summary", why.summary());
        json.put("ableWorkerCount", why.account().ableWorkerCount());
        ArrayNode stages = json.putArray("stages");
        for (StageStanding stage : why.stages()) {
            stages.addObject()
                    .put("name", stage.name())
                    .put("columns", stage.columns())
                    .put("rows", stage.rows())
                    .put("cellCount", stage.cellCount())
                    .put("renderedCount", stage.renderedCount())
                    .put("storingCount", stage.storingCount())
                    .put("leasedCount", stage.leasedCount())
                    .put("readyCount", stage.readyCount())
                    .put("waitingCount", stage.waitingCount());
        }
        json.put("leaseCount", why.account().leaseCount());
        putLease(json, "oldestLease", why.account().oldestLease(), now);
        why.patch().ifPresentOrElse(patch -> json.set("patch", patch(patch, now)), () -> json.putNull("patch"));
        putWorkers(json, why.account().workers());
        return json;
    }

    private static ObjectNode patch(PatchStanding patch, Instant now) {
        ObjectNode json = JobJson.object();
        json.put("patch", patch.name());
        json.put("state", word(patch.state()));
        json.put("summary", patch.summary());
        patch.account().ifPresent(account -> putAccount(json, account, now));
        json.put("missingCount", patch.missingCount());
        ArrayNode missing = json.putArray("missing");
        patch.missing().forEach(other -> missing.add(patch(other, now)));
        return json;
    }

    private static void putAccount(ObjectNode json, PatchAccount account, Instant now) {
        putLease(json, "lease", account.lease(), now);
        if (account.lease().isEmpty()) {
            json.put("position", account.position()).put("readyCount", account.readyCount());
        }
        json.put("attempt", account.attempt()).put("attemptCount", account.attemptCount());
        ArrayNode ended = json.putArray("endedAttempts");
        for (EndedAttempt attempt : account.ended()) {
            ended.addObject()
                    .put("worker", attempt.worker().value())
                    .put("at", attempt.at().toString())
                    .put("secondsAgo", seconds(attempt.at(), now))
                    .put("reason", attempt.reason())
                    .put("countsAgainstPatch", attempt.countsAgainstPatch());
        }
    }

    private static void putLease(ObjectNode json, String field, Optional<HeldLease> held, Instant now) {
        if (held.isEmpty()) {
            json.putNull(field);
            return;
        }
        HeldLease lease = held.get();
        json.putObject(field)
                .put("worker", lease.worker().value())
                .put("host", lease.host())
                // Beyond 2^53 a number would lose its last digits in a browser.
                .put("epoch", Long.toString(lease.epoch()))
                .put("stage", lease.stage())
                .put("patchCount", lease.patches().size())
                .put("granted", lease.granted().toString())
                .put("heldSeconds", seconds(lease.granted(), now))
                .put("deadline", lease.deadline().toString());
    }

    private static void putWorkers(ObjectNode json, WorkerList list) {
        ArrayNode workers = json.putArray("workers");
        for (WorkerList.Standing standing : list.workers()) {
            WorkerReport report = standing.report();
            ObjectNode worker = workers.addObject();
            worker.put("worker", report.worker().value());
            worker.put("host", report.host());
            worker.put("state", word(standing.state()));
            worker.put("deviceClass", report.deviceClass());
            worker.put("slotCount", report.slotCount());
            putModels(worker, report.modelHashes());
            worker.put("leaseCount", report.leaseCount());
            worker.put("patchCount", report.taskCount());
            worker.put("renderedCount", report.renderedCount());
            worker.put("failedCount", report.failedCount());
            worker.put("statesFound", report.statesFound());
            worker.put("statesMade", report.statesMade());
            worker.put("heard", report.heard().toString());
            worker.put("heardSecondsAgo", seconds(report.heard(), list.at()));
            worker.put("silent", report.silent());
            worker.put("draining", report.draining());
            report.handsBack()
                    .ifPresentOrElse(
                            until -> worker.put("handsBackSeconds", Math.max(0, seconds(list.at(), until))),
                            () -> worker.putNull("handsBackSeconds"));
            worker.put("blocked", report.blocked().orElse(null));
            report.batchLimit().ifPresent(limit -> worker.put("batchLimit", limit));
            standing.objection()
                    .ifPresentOrElse(why -> worker.put("objection", why), () -> worker.putNull("objection"));
        }
        ArrayNode refused = json.putArray("refused");
        for (RefusedWorker worker : list.refused()) {
            ObjectNode entry = refused.addObject();
            entry.put("worker", worker.worker().value());
            entry.put("host", worker.host());
            entry.put("deviceClass", worker.deviceClass());
            entry.put("slotCount", worker.slotCount());
            putModels(entry, worker.modelHashes());
            entry.put("asked", worker.asked().toString());
            entry.put("askedSecondsAgo", seconds(worker.asked(), list.at()));
            entry.put("reason", worker.reason());
        }
    }

    private static void putModels(ObjectNode json, Map<String, String> hashes) {
        ObjectNode models = json.putObject("models");
        new TreeMap<>(hashes).forEach(models::put);
    }

    private static double seconds(Instant from, Instant now) {
        return Duration.between(from, now).toMillis() / 1000.0;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private FarmJson() {}
}
