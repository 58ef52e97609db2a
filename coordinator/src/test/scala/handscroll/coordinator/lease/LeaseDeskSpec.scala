package handscroll.coordinator.lease

import akka.actor.testkit.typed.scaladsl.{FishingOutcomes, ManualTime, ScalaTestWithActorTestKit, TestProbe}
import akka.actor.typed.ActorRef
import akka.actor.typed.receptionist.Receptionist
import com.typesafe.config.ConfigFactory
import handscroll.protocol.canvas.PatchId
import handscroll.protocol.job.{JobId, JobSpec}
import handscroll.protocol.lease.Leasing
import handscroll.protocol.lease.Leasing.{WorkTime, WorkerId}
import handscroll.protocol.task.{RenderSettings, Task, TaskResult}
import org.scalatest.wordspec.AnyWordSpecLike

import java.time.{Clock, Duration, Instant, ZoneId}
import java.util
import java.util.Optional
import java.util.concurrent.atomic.AtomicReference
import scala.concurrent.duration._
import scala.jdk.CollectionConverters._
import scala.jdk.DurationConverters._

object LeaseDeskSpec {
  // A local actor system: time is the test's own, so that terms end when it says so.
  private val Config = ManualTime.config
    .withFallback(ConfigFactory.parseString("akka.actor.provider = local"))
    .withFallback(ConfigFactory.load())

  private final class TestClock extends Clock {
    private val now = new AtomicReference(Instant.parse("2026-11-22T12:00:00Z"))
    def advance(time: FiniteDuration): Unit = now.updateAndGet(_.plus(time.toJava))
    override def instant(): Instant = now.get
    override def getZone: ZoneId = ZoneId.of("UTC")
    override def withZone(zone: ZoneId): Clock = this
  }
}

class LeaseDeskSpec extends ScalaTestWithActorTestKit(LeaseDeskSpec.Config) with AnyWordSpecLike {

  import LeaseDeskSpec._

  private val manualTime = ManualTime()
  private val term = 30.seconds
  private val welcome = new Leasing.Welcome("127.0.0.1", 4711, "key", term.toJava)

  private class Desk {
    val clock = new TestClock
    val desk: ActorRef[Leasing.ToDesk] =
      spawn(LeaseDesk.create(new LeaseSettings(term.toJava, 2, 512 * 1024), 1, welcome, clock))
    val owner: TestProbe[Outcome] = createTestProbe[Outcome]()
    val sky = new JobId("sky")

    def pass(time: FiniteDuration): Unit = {
      clock.advance(time)
      manualTime.timePasses(time)
    }

    def settings(job: JobId): RenderSettings =
      new RenderSettings(job, "starry", "hash-1", 1, RenderSettings.Sampling.of(0.9, 100), 9, 9, 8, 16, JobSpec.TileEncoding.JPEG, 90, java.util.List.of())

    def offer(count: Int, job: JobId = sky, whose: TestProbe[Outcome] = owner): Unit = {
      val tasks = (0 until count).map(i => new OfferedTask(new Task.Idle(new PatchId(0, i, 0, 0), 0), i))
      desk ! new LeaseDesk.Offer(settings(job), JobTerms.USUAL, 0, tasks.asJava, whose.ref)
    }

    class Worker(name: String, hash: String = "hash-1") {
      val id = new WorkerId(name)
      val inbox: TestProbe[Leasing.ToWorker] = createTestProbe[Leasing.ToWorker](name)

      def knock(): Unit =
        desk ! new Leasing.Join(id, 1, "cpu", util.Map.of("starry", hash), inbox.ref)

      def join(): this.type = {
        knock()
        inbox.expectMessage(welcome)
        this
      }

      def pull(): Unit = desk ! new Leasing.Pull(id, 0, 16)

      def granted(): Leasing.Granted = inbox.expectMessageType[Leasing.Granted]

      def renew(granted: Leasing.Granted*): Unit =
        desk ! new Leasing.Renew(id, granted.map(g => Long.box(g.epoch)).asJava)

      def complete(granted: Leasing.Granted, roomFor: Int = 0): util.List[TaskResult] = {
        val results = granted.tasks.asScala
          .map(task => new TaskResult.Nothing(task.patch, Array.emptyByteArray): TaskResult)
          .asJava
        desk ! new Leasing.Completed(id, granted.epoch, results, WorkTime.NONE, 0, roomFor)
        results
      }

      def fail(granted: Leasing.Granted, reason: String): Unit =
        desk ! new Leasing.Failed(id, granted.epoch, reason)
    }
  }

  private def patches(columns: Int*): util.List[PatchId] = columns.map(new PatchId(0, _, 0, 0)).asJava

  "A lease desk" must {

    "be found by workers" in new Desk {
      val listings: TestProbe[Receptionist.Listing] = createTestProbe[Receptionist.Listing]()
      system.receptionist ! Receptionist.Subscribe(Leasing.DESK, listings.ref)
      listings.fishForMessage(3.seconds) { listing =>
        if (listing.serviceInstances(Leasing.DESK).contains(desk)) FishingOutcomes.complete else FishingOutcomes.continue
      }
    }

    "hand the results of a lease to the owner of its tasks" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      offer(2)
      val lease: Leasing.Granted = anna.granted()
      owner.expectMessage(new Outcome.Started(sky, patches(0, 1), anna.id))
      val results: util.List[TaskResult] = anna.complete(lease)
      owner.expectMessage(new Outcome.Rendered(sky, lease.epoch, anna.id, "cpu", results, WorkTime.NONE))
    }

    "grant the next batch to a slot whose results came with the word that it has room" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      offer(20)
      val first: Leasing.Granted = anna.granted()
      anna.inbox.expectNoMessage(50.millis)
      anna.complete(first, roomFor = 3)
      anna.granted().tasks.asScala.map(_.patch.column) shouldBe Seq(16, 17, 18)
    }

    "give the task of a silent worker to another one, and drop what the silent one says later" in new Desk {
      val anna: Worker = new Worker("anna").join()
      val bert: Worker = new Worker("bert").join()
      anna.pull()
      offer(1)
      val old: Leasing.Granted = anna.granted()
      owner.expectMessageType[Outcome.Started]
      pass(term - 1.second)
      bert.renew()
      bert.pull()
      pass(10.seconds)
      owner.expectMessageType[Outcome.Returned].reason should include("silent")
      val lease: Leasing.Granted = bert.granted()
      owner.expectMessage(new Outcome.Started(sky, patches(0), bert.id))
      lease.epoch should be > old.epoch
      anna.inbox.expectMessageType[Leasing.Revoked].epoch shouldBe old.epoch
      anna.complete(old)
      bert.complete(lease)
      owner.expectMessageType[Outcome.Rendered].worker shouldBe bert.id
      owner.expectNoMessage(50.millis)
    }

    "leave a lease to a worker that renews, however long it takes" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      offer(1)
      val lease: Leasing.Granted = anna.granted()
      owner.expectMessageType[Outcome.Started]
      (1 to 12).foreach { _ =>
        pass(term / 3)
        anna.renew(lease)
      }
      anna.complete(lease)
      owner.expectMessageType[Outcome.Rendered]
    }

    "take everything back when a worker ends" in new Desk {
      val anna: Worker = new Worker("anna").join()
      val bert: Worker = new Worker("bert").join()
      anna.pull()
      offer(1)
      anna.granted()
      owner.expectMessageType[Outcome.Started]
      bert.pull()
      anna.inbox.stop()
      owner.expectMessageType[Outcome.Returned]
      bert.granted()
    }

    "take everything back when a worker leaves" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      offer(1)
      anna.granted()
      owner.expectMessageType[Outcome.Started]
      desk ! new Leasing.Leave(anna.id)
      owner.expectMessageType[Outcome.Returned].patches shouldBe patches(0)
    }

    "tell the owner when a patch was tried too often, with the last reason" in new Desk {
      val anna: Worker = new Worker("anna").join()
      offer(1)
      anna.pull()
      anna.fail(anna.granted(), "not a number in step 3")
      owner.expectMessageType[Outcome.Started]
      owner.expectMessageType[Outcome.Returned].reason shouldBe "not a number in step 3"
      anna.pull()
      anna.fail(anna.granted(), "not a number in step 4")
      owner.expectMessageType[Outcome.Started]
      owner.expectMessage(new Outcome.GivenUp(sky, new PatchId(0, 0, 0, 0), "not a number in step 4"))
    }

    "count an answer to other tasks as a failure" in new Desk {
      val anna: Worker = new Worker("anna").join()
      offer(1)
      anna.pull()
      desk ! new Leasing.Completed(anna.id, anna.granted().epoch, util.List.of(), WorkTime.NONE, 0, 0)
      owner.expectMessageType[Outcome.Started]
      owner.expectMessageType[Outcome.Returned].reason should include("other tasks")
    }

    "revoke the leases of a withdrawn job and grant nothing of it any more" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      offer(40)
      val lease: Leasing.Granted = anna.granted()
      val answer: TestProbe[LeaseDesk.Withdrawn] = createTestProbe[LeaseDesk.Withdrawn]()
      desk ! new LeaseDesk.Withdraw(sky, answer.ref)
      answer.expectMessage(new LeaseDesk.Withdrawn(sky))
      anna.inbox.expectMessageType[Leasing.Revoked].epoch shouldBe lease.epoch
      anna.pull()
      anna.complete(lease)
      anna.inbox.expectNoMessage(50.millis)
      owner.expectMessageType[Outcome.Started]
      owner.expectNoMessage(50.millis)
    }

    "let workers finish what they hold of a job that is wound down, grant nothing more of it, and say when it is over" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      offer(40)
      val lease: Leasing.Granted = anna.granted()
      val answer: TestProbe[LeaseDesk.Withdrawn] = createTestProbe[LeaseDesk.Withdrawn]()
      desk ! new LeaseDesk.WindDown(sky, answer.ref)
      anna.pull()
      anna.inbox.expectNoMessage(50.millis)
      answer.expectNoMessage(50.millis)
      anna.complete(lease)
      owner.expectMessageType[Outcome.Started]
      owner.expectMessageType[Outcome.Rendered]
      answer.expectMessage(new LeaseDesk.Withdrawn(sky))
      anna.inbox.expectNoMessage(50.millis)
    }

    "take back at once what it waits for, and answer both who asked for it" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      offer(4)
      val lease: Leasing.Granted = anna.granted()
      val answer: TestProbe[LeaseDesk.Withdrawn] = createTestProbe[LeaseDesk.Withdrawn]()
      desk ! new LeaseDesk.WindDown(sky, answer.ref)
      desk ! new LeaseDesk.Withdraw(sky, answer.ref)
      answer.expectMessage(new LeaseDesk.Withdrawn(sky))
      answer.expectMessage(new LeaseDesk.Withdrawn(sky))
      anna.inbox.expectMessageType[Leasing.Revoked].epoch shouldBe lease.epoch
    }

    "withdraw the jobs of an owner that ends" in new Desk {
      val anna: Worker = new Worker("anna").join()
      val other: TestProbe[Outcome] = createTestProbe[Outcome]()
      anna.pull()
      offer(1, sky, other)
      offer(1, new JobId("sea"), other)
      val lease: Leasing.Granted = anna.granted()
      other.stop()
      anna.inbox.expectMessageType[Leasing.Revoked].epoch shouldBe lease.epoch
      anna.pull()
      anna.inbox.expectNoMessage(50.millis)
    }

    "refuse a worker that no job can use, and say why" in new Desk {
      offer(1)
      val anna = new Worker("anna", hash = "hash-2")
      anna.knock()
      anna.inbox.expectMessageType[Leasing.Refused].reason should (include("hash-1") and include("hash-2"))
      val why: TestProbe[JobAccount] = createTestProbe[JobAccount]()
      desk ! new LeaseDesk.AskWhy(sky, patches(0), why.ref)
      val account: JobAccount = why.receiveMessage()
      account.waiting should include("refused")
      account.patches.get(new PatchId(0, 0, 0, 0)).position shouldBe 1
      val list: TestProbe[WorkerList] = createTestProbe[WorkerList]()
      desk ! new LeaseDesk.ListWorkers(list.ref)
      list.receiveMessage().refused.asScala.map(_.worker) shouldBe Seq(anna.id)
    }

    "give nothing to a drained worker, and what waits to the next that is undrained, at once" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      val answer: TestProbe[LeaseDesk.DrainAnswer] = createTestProbe[LeaseDesk.DrainAnswer]()
      desk ! new LeaseDesk.Drain(anna.id, Optional.empty(), answer.ref)
      answer.receiveMessage().message.get should include("drained")
      anna.inbox.expectMessage(Leasing.Drained.within(anna.id, Optional.empty()))
      offer(1)
      anna.inbox.expectNoMessage(50.millis)
      desk ! new LeaseDesk.Undrain(anna.id, answer.ref)
      anna.inbox.expectMessage(Leasing.Drained.noMore(anna.id))
      anna.granted()
    }

    "give nothing to a worker that says it was drained before" in new Desk {
      val anna: Worker = new Worker("anna").join()
      desk ! Leasing.Drained.within(anna.id, Optional.empty())
      anna.pull()
      offer(1)
      anna.inbox.expectNoMessage(50.millis)
    }

    "give what a blocked worker holds to another, and tell both" in new Desk {
      val anna: Worker = new Worker("anna").join()
      val bert: Worker = new Worker("bert").join()
      anna.pull()
      offer(1)
      val held: Leasing.Granted = anna.granted()
      bert.pull()
      val answer: TestProbe[LeaseDesk.DrainAnswer] = createTestProbe[LeaseDesk.DrainAnswer]()
      desk ! new LeaseDesk.Block(anna.id, answer.ref)
      answer.receiveMessage().message.get should include("is blocked")
      anna.inbox.expectMessageType[Leasing.Revoked].epoch shouldBe held.epoch
      bert.granted().tasks.get(0).patch shouldBe held.tasks.get(0).patch
    }

    "say that there is no worker to drain" in new Desk {
      val answer: TestProbe[LeaseDesk.DrainAnswer] = createTestProbe[LeaseDesk.DrainAnswer]()
      desk ! new LeaseDesk.Drain(new WorkerId("anna"), Optional.empty(), answer.ref)
      answer.receiveMessage().message shouldBe Optional.empty()
    }

    "pass on what nobody reads any more to the workers that may hold it, in messages of bounded length" in new Desk {
      val anna: Worker = new Worker("anna").join()
      val bert: Worker = new Worker("bert").join()
      anna.pull()
      offer(1)
      anna.granted()
      desk ! new LeaseDesk.Release(sky, (0 until 5000).map(new PatchId(0, _, 0, 0)).asJava)
      anna.inbox.expectMessageType[Leasing.Released].patches should have size 4096
      anna.inbox.expectMessageType[Leasing.Released].patches should have size 904
      bert.inbox.expectNoMessage(50.millis)
    }

    "tell a worker which of its leases are over when it renews" in new Desk {
      val anna: Worker = new Worker("anna").join()
      desk ! new Leasing.Renew(anna.id, util.List.of(Long.box(99)))
      anna.inbox.expectMessageType[Leasing.Revoked].epoch shouldBe 99
    }

    "list its workers" in new Desk {
      val anna: Worker = new Worker("anna").join()
      anna.pull()
      offer(3)
      anna.granted()
      val census: TestProbe[util.List[WorkerReport]] = createTestProbe[util.List[WorkerReport]]()
      desk ! new LeaseDesk.Census(census.ref)
      val report: WorkerReport = census.receiveMessage().get(0)
      report.worker shouldBe anna.id
      report.leaseCount shouldBe 1
      report.taskCount shouldBe 3
      report.silent shouldBe false
    }
  }
}
