package handscroll.coordinator.journal

import java.nio.file.Files
import java.time.Instant
import java.util.HexFormat

import scala.concurrent.duration._

import akka.actor.testkit.typed.scaladsl.{ ActorTestKit, ScalaTestWithActorTestKit }
import akka.actor.typed.ActorRef
import akka.serialization.SerializationExtension
import com.typesafe.config.ConfigFactory
import handscroll.coordinator.journal.JobEvent._
import handscroll.coordinator.journal.RegisteredJob.Standing
import handscroll.protocol.canvas.PatchId
import handscroll.protocol.job.JobId
import org.scalatest.wordspec.AnyWordSpecLike

object JobJournalSpec {
  private val directory = Files.createTempDirectory("job-journal-spec")
  private val config = JournalConfig
    .h2(directory.resolve("jobs"))
    .withFallback(ConfigFactory.parseString("""
      akka.actor.provider = local
      handscroll.coordinator.journal.snapshot-every = 3
      """))
    .withFallback(ConfigFactory.load())
}

class JobJournalSpec extends ScalaTestWithActorTestKit(ActorTestKit(JobJournalSpec.config)) with AnyWordSpecLike {

  private val noon = Instant.parse("2026-11-22T12:00:00Z")
  private val sky = new JobId("sky")
  private val sea = new JobId("sea")

  private def start(): ActorRef[JobJournal.Command] = spawn(JobJournal.create(JournalSettings.from(JobJournalSpec.config)))

  private def read(journal: ActorRef[JobJournal.Command]): Register = {
    val probe = createTestProbe[Register]()
    journal ! new JobJournal.Read(probe.ref)
    probe.receiveMessage(20.seconds)
  }

  private def record(journal: ActorRef[JobJournal.Command], event: JobEvent): Register = {
    val probe = createTestProbe[JobJournal.Answer]()
    journal ! new JobJournal.Record(1, event, probe.ref)
    probe.receiveMessage(20.seconds).asInstanceOf[JobJournal.Recorded].register
  }

  "A journal of jobs" must {

    "begin empty, with its tables made on the first start" in {
      val journal = start()
      read(journal) shouldBe Register.EMPTY
      testKit.stop(journal)
    }

    "answer with what it recorded, and know it after each restart, with and without a snapshot" in {
      val events = Seq(
        new CoordinatorStarted(1, noon),
        new JobAccepted(sky, "task = extension", "abc", noon),
        new DeviceClassFixed(sky, "cpu-bf16", noon),
        new JobAccepted(sea, "task = unconditional", "abc", noon),
        new JobPaused(sea, "the disk is full", noon),
        new JobResumed(sea, noon),
        new JobFailed(sea, "a patch was given up", noon),
        new PatchesSkipped(sea, java.util.List.of(new PatchId(0, 2, 1, 0)), noon),
        new JobFailed(sea, "the model is gone", noon),
        new JobFinished(sky, noon),
        new JobCancelled(sea, noon),
        new TilesDeleted(sea, "its tiles were deleted", noon))
      events.foldLeft(Register.EMPTY) { (before, event) =>
        val journal = start()
        read(journal) shouldBe before
        val after = record(journal, event)
        after shouldBe before.after(event)
        testKit.stop(journal)
        after
      }
      val register = read(start())
      register.lastIncarnation shouldBe 1
      register.job(sky).get.standing shouldBe Standing.FINISHED
      register.job(sea).get.standing shouldBe Standing.CANCELLED
    }

    "keep the form in which events are stored, for later versions must read it" in {
      val serialization = SerializationExtension(system.classicSystem)
      for ((event, hex) <- Stored.events) {
        val serializer = serialization.findSerializerFor(event)
        val manifest = event.getClass.getName
        withClue(event.toString) {
          HexFormat.of().formatHex(serializer.toBinary(event)) shouldBe hex
          serialization.deserialize(HexFormat.of().parseHex(hex), serializer.identifier, manifest).get shouldBe event
        }
      }
    }
  }

  /** As version 0.1.0 wrote them; add, never change. */
  private object Stored {
    val events: Seq[(JobEvent, String)] = Seq(
      new CoordinatorStarted(1, noon) ->
      "bf656576656e7473636f6f7264696e61746f722d737461727465646b696e6361726e6174696f6e0162617474323032362d31312d32325431323a30303a30305aff",
      new JobAccepted(sky, "a = 1", "abc", noon) ->
      "bf656576656e746c6a6f622d6163636570746564636a6f62bf6576616c756563736b79ff64737065636561203d2031696d6f64656c486173686361626362617474323032362d31312d32325431323a30303a30305aff",
      new JobAccepted(sky, "a = 1", "abc", noon, java.util.Optional.of("n1")) ->
      "bf656576656e746c6a6f622d6163636570746564636a6f62bf6576616c756563736b79ff64737065636561203d2031696d6f64656c486173686361626362617474323032362d31312d32325431323a30303a30305a636b6579626e31ff",
      new DeviceClassFixed(sky, "cpu", noon) ->
      "bf656576656e74726465766963652d636c6173732d6669786564636a6f62bf6576616c756563736b79ff6b646576696365436c6173736363707562617474323032362d31312d32325431323a30303a30305aff",
      new JobPaused(sky, "full", noon) ->
      "bf656576656e746a6a6f622d706175736564636a6f62bf6576616c756563736b79ff6563617573656466756c6c62617474323032362d31312d32325431323a30303a30305aff",
      new JobResumed(sky, noon) ->
      "bf656576656e746b6a6f622d726573756d6564636a6f62bf6576616c756563736b79ff62617474323032362d31312d32325431323a30303a30305aff",
      new JobFinished(sky, noon) ->
      "bf656576656e746c6a6f622d66696e6973686564636a6f62bf6576616c756563736b79ff62617474323032362d31312d32325431323a30303a30305aff",
      new JobFailed(sky, "gone", noon) ->
      "bf656576656e746a6a6f622d6661696c6564636a6f62bf6576616c756563736b79ff65636175736564676f6e6562617474323032362d31312d32325431323a30303a30305aff",
      new JobCancelled(sky, noon) ->
      "bf656576656e746d6a6f622d63616e63656c6c6564636a6f62bf6576616c756563736b79ff62617474323032362d31312d32325431323a30303a30305aff",
      new PatchesSkipped(sky, java.util.List.of(new PatchId(0, 2, 1, 0)), noon) ->
      "bf656576656e746f706174636865732d736b6970706564636a6f62bf6576616c756563736b79ff677061746368657381bf6573746167650066636f6c756d6e0263726f7701656672616d6500ff62617474323032362d31312d32325431323a30303a30305aff",
      new TilesDeleted(sky, "gone", noon) ->
      "bf656576656e746d74696c65732d64656c65746564636a6f62bf6576616c756563736b79ff65636175736564676f6e6562617474323032362d31312d32325431323a30303a30305aff")
  }
}
