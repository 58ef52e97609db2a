package handscroll.worker.lease

import akka.Done
import akka.actor.CoordinatedShutdown
import akka.actor.testkit.typed.scaladsl.{ActorTestKit, FishingOutcomes, ScalaTestWithActorTestKit, TestProbe}
import akka.actor.typed.ActorRef
import akka.actor.typed.receptionist.Receptionist
import com.typesafe.config.{Config, ConfigFactory}
import handscroll.protocol.canvas.PatchId
import handscroll.protocol.job.{JobId, JobSpec}
import handscroll.protocol.lease.Leasing
import handscroll.protocol.lease.Leasing.WorkerId
import handscroll.protocol.task.{RenderSettings, Task}
import handscroll.protocol.tile.TileLimits
import handscroll.worker.render.TaskRenderer
import org.scalatest.concurrent.Eventually
import org.scalatest.wordspec.AnyWordSpecLike

import java.time.Duration
import java.util.Optional
import scala.jdk.CollectionConverters._
import scala.concurrent.duration._

object WorkerNodeSpec {
  val Local: Config =
    ConfigFactory.parseString("akka.actor.provider = local").withFallback(ConfigFactory.load())
}

class WorkerNodeSpec extends ScalaTestWithActorTestKit(WorkerNodeSpec.Local) with AnyWordSpecLike with Eventually {

  private val sky = new JobId("sky")
  private val welcome = new Leasing.Welcome("127.0.0.1", 1, "key", Duration.ofSeconds(30))

  /** A worker, and a desk that is the test itself. */
  private class Farm(slotCount: Int = 1, term: Duration = Duration.ofSeconds(30), kit: ActorTestKit = testKit) {
    val id = new WorkerId("anna")
    val renderers = new FakeRenderers
    val settings = new WorkerSettings(
      4, Duration.ofMillis(200), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(10),
      Duration.ofSeconds(5), new TileLimits(100_000))
    var desk: TestProbe[Leasing.ToDesk] = _

    lazy val node: ActorRef[Leasing.ToWorker] =
      kit.spawn(WorkerNode.create(settings, id, slotCount, renderers))

    def openDesk(): Unit = {
      desk = TestProbe[Leasing.ToDesk]()(kit.system)
      kit.system.receptionist ! Receptionist.Register(Leasing.DESK, desk.ref)
    }

    def closeDesk(): Unit = kit.system.receptionist ! Receptionist.Deregister(Leasing.DESK, desk.ref)

    def join(): Unit = {
      openDesk()
      node
      desk.expectMessageType[Leasing.Join].worker shouldBe id
      node ! new Leasing.Welcome("127.0.0.1", 1, "key", term)
      desk.expectMessageType[Leasing.Renew].epochs shouldBe empty
    }

    def expectPulls(count: Int): Unit = (1 to count).foreach(_ => desk.expectMessageType[Leasing.Pull])

    def grant(epoch: Long, columns: Int*): Unit = {
      val tasks = columns.map(column => new Task.Idle(new PatchId(0, column, 0, 0), 0): Task)
      node ! new Leasing.Granted(
        epoch,
        0,
        new RenderSettings(sky, "starry", "hash-1", 1, RenderSettings.Sampling.of(0.9, 100), 9, 9, 8, 16, JobSpec.TileEncoding.JPEG, 90, java.util.List.of()),
        tasks.asJava)
    }

    def notes: Seq[String] = renderers.notes.asScala.toSeq

    /** Ends the worker, so that the next test's desk is not joined by this one. */
    def close(): Unit = {
      renderers.permits.release(100)
      closeDesk()
      node ! WorkerNode.Drain.INSTANCE
      TestProbe[Any]()(kit.system).expectTerminated(node)
    }
  }

  private def withFarm(farm: Farm)(test: Farm => Unit): Unit =
    try test(farm)
    finally farm.close()

  "A worker" must {

    "join once its slots are open, and pull a running and a waiting batch for each" in withFarm(new Farm(slotCount = 2)) {
      farm =>
        import farm._
        openDesk()
        node
        val join = desk.expectMessageType[Leasing.Join]
        join.slotCount shouldBe 2
        join.deviceClass shouldBe "cpu"
        notes shouldBe Seq("open", "open")
        desk.expectNoMessage(50.millis)
        node ! welcome
        desk.expectMessageType[Leasing.Renew]
        val pulls = desk.receiveMessages(4).collect { case pull: Leasing.Pull => pull }
        pulls.map(_.slot).sorted shouldBe Seq(0, 0, 1, 1)
        all(pulls.map(_.batchSize)) shouldBe 4
    }

    "report a rendered batch once, and pull the next with it" in withFarm(new Farm) { farm =>
      import farm._
      join()
      expectPulls(2)
      grant(7, 1, 2)
      renderers.permits.release()
      val completed = desk.expectMessageType[Leasing.Completed]
      completed.epoch shouldBe 7
      completed.results.asScala.map(_.patch.column) shouldBe Seq(1, 2)
      (completed.slot, completed.roomFor) shouldBe ((0, 4))
      desk.expectNoMessage(50.millis)
    }

    "render one batch after the other on one thread of their own" in withFarm(new Farm) { farm =>
      import farm._
      join()
      expectPulls(2)
      grant(7, 1)
      grant(8, 2)
      eventually(notes should contain("render 1"))
      node ! new Leasing.Released(sky, List(new PatchId(0, 5, 0, 0)).asJava)
      renderers.permits.release()
      desk.expectMessageType[Leasing.Completed].epoch shouldBe 7
      renderers.permits.release()
      desk.expectMessageType[Leasing.Completed].epoch shouldBe 8
      eventually(notes should have size 4)
      notes.filter(_.startsWith("render")) shouldBe Seq("render 1", "render 2")
      notes should contain("release 5")
      renderers.threads.asScala.toSet should have size 1
      renderers.threads.peek().getName should include("slot-dispatcher")
    }

    "renew what it holds, every third of the term, and repeat pulls that may be lost" in withFarm(
      new Farm(term = Duration.ofMillis(300))) { farm =>
      import farm._
      join()
      expectPulls(2)
      grant(7, 1)
      desk.fishForMessage(3.seconds) {
        case renew: Leasing.Renew if renew.epochs.asScala.toSeq == Seq(7L) =>
          FishingOutcomes.complete
        case _ => FishingOutcomes.continueAndIgnore
      }
      desk.fishForMessage(3.seconds) {
        case _: Leasing.Pull => FishingOutcomes.complete
        case _ => FishingOutcomes.continueAndIgnore
      }
    }

    "tell the next desk that it was drained, with the time that is left, until it is given back" in withFarm(new Farm) { farm =>
      import farm._
      join()
      expectPulls(2)
      node ! Leasing.Drained.within(id, Optional.of(Duration.ofMinutes(10)))
      node ! welcome
      val told: Leasing.Drained = desk.expectMessageType[Leasing.Drained]
      told.isOn shouldBe true
      told.left.compareTo(Duration.ofMinutes(10)) should be < 0
      desk.expectMessageType[Leasing.Renew]
      expectPulls(2)
      node ! Leasing.Drained.noMore(id)
      node ! welcome
      desk.expectMessageType[Leasing.Renew]
    }

    "drop a revoked batch that waits, and the result of one that runs" in withFarm(new Farm) { farm =>
      import farm._
      join()
      expectPulls(2)
      grant(7, 1)
      grant(8, 2)
      eventually(notes should contain("render 1"))
      node ! new Leasing.Revoked(8, "withdrawn")
      expectPulls(1)
      node ! new Leasing.Revoked(7, "withdrawn")
      renderers.permits.release()
      expectPulls(1)
      desk.expectNoMessage(50.millis)
      notes should not contain "render 2"
    }

    "ask for nothing behind a batch that was revoked while it runs, until that comes to its end" in withFarm(new Farm) { farm =>
      import farm._
      join()
      expectPulls(2)
      grant(7, 1)
      grant(8, 2)
      eventually(notes should contain("render 1"))
      node ! new Leasing.Revoked(7, "its slot was busy for 30 min without a result")
      node ! new Leasing.Revoked(8, "its slot was stuck with another batch")
      node ! welcome
      desk.expectMessageType[Leasing.Renew].epochs shouldBe empty
      desk.expectNoMessage(50.millis)
      renderers.permits.release()
      expectPulls(1)
    }

    "report what went wrong in a sentence and whether the patch, memory or device is to blame, and go on" in withFarm(new Farm) { farm =>
      import farm._
      join()
      expectPulls(2)
      renderers.permits.release(100)
      val failures = Seq(
        new TaskRenderer.RenderFailure("patch 3 has no context", new RuntimeException) -> "patch 3 has no context",
        new OutOfMemoryError("Java heap space") -> "out of memory",
        new UnsatisfiedLinkError("libtorch.so") -> "libtorch.so")
      failures.zipWithIndex.foreach { case ((trouble, sentence), index) =>
        renderers.trouble = Some(trouble)
        grant(index, 1)
        val (epoch, reason) = desk.receiveMessage() match {
          case failed: Leasing.Failed if index == 0      => (failed.epoch, failed.reason)
          case full: Leasing.OutOfMemory if index == 1   => (full.epoch, full.reason)
          case broken: Leasing.DeviceFailed if index == 2 => (broken.epoch, broken.reason)
          case other                                     => fail(s"not told as what it was: $other")
        }
        epoch shouldBe index
        reason should include(sentence)
        expectPulls(1)
      }
      renderers.trouble = None
      grant(9, 1)
      desk.expectMessageType[Leasing.Completed].epoch shouldBe 9
    }

    "fail a batch that its renderer answered in part" in withFarm(new Farm) { farm =>
      import farm._
      join()
      expectPulls(2)
      renderers.answerAtMost = 1
      renderers.permits.release()
      grant(7, 1, 2)
      desk.expectMessageType[Leasing.Failed].reason should include("other tasks")
    }

    "follow the desk when it moves, ask what of its leases still counts, and go on with it" in withFarm(new Farm) { farm =>
      import farm._
      join()
      expectPulls(2)
      grant(7, 1)
      val old = desk
      closeDesk()
      openDesk()
      desk.expectMessageType[Leasing.Join]
      node ! welcome
      desk.expectMessageType[Leasing.Renew].epochs.asScala shouldBe Seq(7)
      expectPulls(1)
      renderers.permits.release()
      desk.expectMessageType[Leasing.Completed].epoch shouldBe 7
      old.expectNoMessage(50.millis)
    }

    "knock again when it was refused, or not heard" in withFarm(new Farm) { farm =>
      import farm._
      openDesk()
      node
      desk.expectMessageType[Leasing.Join]
      desk.expectMessageType[Leasing.Join]
      node ! new Leasing.Refused("job sky needs the model wave")
      desk.expectMessageType[Leasing.Join]
      node ! welcome
      desk.fishForMessage(3.seconds) {
        case _: Leasing.Pull => FishingOutcomes.complete
        case _ => FishingOutcomes.continueAndIgnore
      }
    }

    "finish what runs, drop what waits, close its renderer and leave when it is drained" in {
      val farm = new Farm
      import farm._
      join()
      expectPulls(2)
      grant(7, 1)
      grant(8, 2)
      eventually(notes should contain("render 1"))
      node ! WorkerNode.Drain.INSTANCE
      desk.expectNoMessage(50.millis)
      renderers.permits.release()
      desk.expectMessageType[Leasing.Completed].epoch shouldBe 7
      desk.expectMessage(new Leasing.Leave(id))
      desk.expectTerminated(node)
      notes.last shouldBe "close"
      notes should not contain "render 2"
      renderers.threads.asScala.toSet should have size 1
      closeDesk()
    }

    "end when a slot cannot be opened" in {
      val farm = new Farm(slotCount = 2)
      import farm._
      renderers.troubleWithOpening = Some(new IllegalStateException("no such model directory"))
      TestProbe[Any]().expectTerminated(node)
    }
  }

  "A coordinated shutdown" must {
    "wait for the rendering that runs" in {
      val kit = ActorTestKit("drained", WorkerNodeSpec.Local)
      val farm = new Farm(kit = kit)
      import farm._
      join()
      expectPulls(2)
      grant(7, 1)
      eventually(notes should contain("render 1"))
      val over = CoordinatedShutdown(kit.system).run(CoordinatedShutdown.UnknownReason)
      desk.expectNoMessage(100.millis)
      over.isCompleted shouldBe false
      renderers.permits.release()
      over.futureValue shouldBe Done
      notes.last shouldBe "close"
    }
  }
}
