package handscroll.lease

import akka.actor.testkit.typed.scaladsl.{FishingOutcomes, TestProbe}
import akka.actor.typed.{ActorRef, ActorSystem}
import akka.cluster.typed.{Cluster, Down}
import handscroll.coordinator.lease.{LeaseDesk, Outcome}
import handscroll.protocol.canvas.PatchId
import handscroll.protocol.lease.Leasing
import handscroll.protocol.task._
import org.scalatest.BeforeAndAfterAll
import org.scalatest.concurrent.Eventually
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec

import java.util.concurrent.Semaphore
import scala.annotation.tailrec
import scala.concurrent.duration._
import scala.jdk.CollectionConverters._

class FarmSpec extends AnyWordSpec with Matchers with Eventually with BeforeAndAfterAll {

  private val farm = new TestFarm(
    """handscroll.worker.lease.batch-size = 4
      |handscroll.worker.lease.refused-interval = 200 ms""".stripMargin)
  import farm._

  private implicit val system: ActorSystem[_] = coordinator
  private var desk: ActorRef[Leasing.ToDesk] = spawnDesk(1)

  override protected def afterAll(): Unit = farm.stop()

  private def patch(column: Int, stage: Int = 0) = new PatchId(stage, column, 0, 0)

  private def samples(columns: Range): Seq[Task] = columns.map { column =>
    new Task.Sample(patch(column), List(new ContextPatch(-1, 0, 0, Array[Short](1, 2, 3))).asJava, 0, 1, TokenBlock.EMPTY): Task
  }

  /** Columns of all patches that are rendered until there are so many. */
  @tailrec
  private def rendered(owner: TestProbe[Outcome], count: Int, so: Seq[Int] = Seq.empty): Seq[Int] =
    if (so.size >= count) so
    else
      owner.receiveMessage(30.seconds) match {
        case done: Outcome.Rendered => rendered(owner, count, so ++ done.results.asScala.map(_.patch.column))
        case _ => rendered(owner, count, so)
      }

  private def withdraw(): Unit = {
    val withdrawn = TestProbe[LeaseDesk.Withdrawn]()
    desk ! new LeaseDesk.Withdraw(sky, withdrawn.ref)
    withdrawn.expectMessage(new LeaseDesk.Withdrawn(sky))
  }

  "A farm of several actor systems" must {

    "render every task once, and have its tiles at the coordinator before it says so" in {
      startWorker("anna", 2, new QuickRenderers)
      val owner = TestProbe[Outcome]()
      offer(desk, owner.ref, 0, samples(0 until 50))
      rendered(owner, 50).sorted shouldBe (0 until 50)
      val window = new TokenBlock(2, 2, Array[Short](1, 2, 3, 4))
      offer(desk, owner.ref, 1, (0 until 20).map(column => new Task.Decode(patch(column, 1), window, 256, 256)))
      rendered(owner, 20).sorted shouldBe (0 until 20)
      tiles.asScala.map(_.patch.column).toSeq.sorted shouldBe (0 until 20)
      all(tiles.asScala.map(_.encoded.length)) shouldBe 50_000
      withdraw()
    }

    "give what a dead worker held to another" in {
      val never = new Semaphore(0)
      val bert = startWorker("bert", 1, new QuickRenderers(Some(never)))
      val owner = TestProbe[Outcome]()
      eventually(timeout(30.seconds)) {
        val census = TestProbe[java.util.List[handscroll.coordinator.lease.WorkerReport]]()
        desk ! new LeaseDesk.Census(census.ref)
        census.receiveMessage().asScala.map(_.worker.value) should contain("bert")
      }
      offer(desk, owner.ref, 0, samples(0 until 40))
      owner.fishForMessage(10.seconds) {
        case started: Outcome.Started if started.worker.value == "bert" =>
          FishingOutcomes.complete
        case _ => FishingOutcomes.continue
      }
      Cluster(coordinator).manager ! Down(Cluster(bert).selfMember.address)
      // Those that anna was done with before are among the fished.
      owner.fishForMessage(30.seconds) {
        case back: Outcome.Returned if back.reason.contains("gone") =>
          FishingOutcomes.complete
        case _ => FishingOutcomes.continue
      }
      rendered(owner, 1)
      never.release(1000)
      withdraw()
    }

    "go on when the desk moves" in {
      stopDesk(desk)
      desk = spawnDesk(2)
      val owner = TestProbe[Outcome]()
      offer(desk, owner.ref, 0, samples(0 until 10))
      rendered(owner, 10).sorted shouldBe (0 until 10)
    }
  }
}
