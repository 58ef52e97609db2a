package handscroll.coordinator.tile

import akka.Done
import akka.actor.testkit.typed.scaladsl.ScalaTestWithActorTestKit
import akka.util.ByteString
import com.typesafe.config.ConfigFactory
import handscroll.protocol.canvas.PatchId
import handscroll.protocol.job.JobId
import handscroll.protocol.lease.Leasing
import handscroll.protocol.lease.Leasing.WorkerId
import handscroll.protocol.task.PixelBlock
import handscroll.protocol.tile.{RenderedTile, TileFrames, TileLimits}
import org.scalatest.concurrent.Eventually
import org.scalatest.wordspec.AnyWordSpecLike

import java.io.{DataInputStream, DataOutputStream}
import java.net.{Socket, SocketException}
import java.time.Duration
import java.util.Optional
import java.util.concurrent.{CompletableFuture, CompletionStage, ConcurrentLinkedQueue}
import scala.jdk.CollectionConverters._
import scala.jdk.FutureConverters._

class TileIntakeSpec
    extends ScalaTestWithActorTestKit(
      ConfigFactory.parseString("akka.actor.provider = local").withFallback(ConfigFactory.load()))
    with AnyWordSpecLike
    with Eventually {

  private val sky = new JobId("sky")
  private val frameBytes = 100_000

  /** Takes tiles, and makes them durable when the test says so. */
  private class ManualStore extends TileStore {
    val taken = new ConcurrentLinkedQueue[(RenderedTile, CompletableFuture[Done])]
    override def store(tile: RenderedTile): CompletionStage[Done] = {
      val durable = new CompletableFuture[Done]
      taken.add((tile, durable))
      durable
    }
    def finish(column: Int): Unit =
      taken.asScala.find(_._1.patch.column == column).foreach(_._2.complete(Done))
  }

  private class Intake(connectionParallelism: Int = 4, storedAtOnce: Int = 64, helloTimeout: Duration = Duration.ofSeconds(10)) {
    val store = new ManualStore
    val settings = new TileIntakeSettings(
      "127.0.0.1", "127.0.0.1", 0, 8, connectionParallelism, storedAtOnce, helloTimeout, new TileLimits(frameBytes))
    val intake: TileIntake = TileIntake
      .bind(system, settings, job => if (job == sky) Optional.of(store) else Optional.empty())
      .asScala
      .futureValue
    val welcome: Leasing.Welcome = intake.welcome(Duration.ofSeconds(30))

    class Client(key: String = welcome.tileKey) {
      val socket = new Socket(welcome.tileHost, welcome.tilePort)
      socket.setSoTimeout(5000)
      private val out = new DataOutputStream(socket.getOutputStream)
      private val in = new DataInputStream(socket.getInputStream)

      def frame(bytes: ByteString): Unit = {
        out.writeInt(bytes.length)
        out.write(bytes.toArray)
        out.flush()
      }
      def announce(length: Int): Unit = out.writeInt(length)
      def hello(): this.type = {
        frame(TileFrames.encode(new TileFrames.Hello(key, new WorkerId("anna"))))
        this
      }
      def tile(column: Int, job: JobId = sky, bytes: Int = 10): Unit =
        frame(TileFrames.encode(new RenderedTile(
          job, new PatchId(1, column, 0, 0), 7, new Array[Byte](bytes), new PixelBlock(1, 1, new Array[Byte](3)))))
      def ack(): TileFrames.Ack = {
        val bytes = new Array[Byte](in.readInt())
        in.readFully(bytes)
        TileFrames.ack(ByteString.fromArray(bytes))
      }
      /** Read to its end, or reset: both say that the other side hung up. */
      def isHungUp: Boolean =
        try in.read() == -1
        catch { case _: SocketException => true }
    }
  }

  "A tile intake" must {

    "acknowledge tiles in the order in which they become durable" in new Intake {
      val client: Client = new Client().hello()
      client.tile(1)
      client.tile(2)
      eventually(store.taken should have size 2)
      store.finish(2)
      client.ack().patch.column shouldBe 2
      store.finish(1)
      val ack: TileFrames.Ack = client.ack()
      ack.patch.column shouldBe 1
      ack.epoch shouldBe 7
      ack.isStored shouldBe true
    }

    "take no more from a connection than it may have stored at once" in new Intake(connectionParallelism = 2) {
      val client: Client = new Client().hello()
      (1 to 5).foreach(client.tile(_))
      eventually(store.taken should have size 2)
      store.finish(1)
      client.ack()
      eventually(store.taken should have size 3)
      store.taken.asScala.map(_._1.patch.column).toSeq shouldBe Seq(1, 2, 3)
    }

    "make a sender wait while the store is slow" in new Intake(connectionParallelism = 1) {
      val client: Client = new Client().hello()
      private val sender = new Thread(() =>
        try (1 to 2000).foreach(client.tile(_, bytes = 50_000))
        catch { case _: SocketException => () })
      sender.setDaemon(true)
      sender.start()
      eventually(store.taken should have size 1)
      // 100 MB fit into no socket's buffers: the sender stands still.
      sender.join(500)
      sender.isAlive shouldBe true
      store.taken should have size 1
      client.socket.close()
    }

    "take no more from all connections than may be stored at once" in new Intake(storedAtOnce = 3) {
      val clients: Seq[Client] = Seq.fill(2)(new Client().hello())
      clients.zipWithIndex.foreach { case (client, index) => (0 to 2).foreach(i => client.tile(10 * index + i)) }
      eventually(store.taken should have size 3)
      store.finish(store.taken.peek()._1.patch.column)
      eventually(store.taken should have size 4)
    }

    "refuse a tile of a job that takes none here, and go on" in new Intake {
      val client: Client = new Client().hello()
      client.tile(1, new JobId("sea"))
      client.ack().refusal.get should include("job sea takes no tiles here")
      client.tile(2)
      eventually(store.taken should have size 1)
    }

    "pass on why a tile could not be stored" in new Intake {
      val client: Client = new Client().hello()
      client.tile(1)
      eventually(store.taken should have size 1)
      store.taken.peek()._2.completeExceptionally(new IllegalStateException("the disk is full; make room"))
      client.ack().refusal.get shouldBe "the disk is full; make room"
    }

    "hang up on a wrong key, having stored nothing" in new Intake {
      val client: Client = new Client(key = "guessed").hello()
      client.tile(1)
      client.isHungUp shouldBe true
      store.taken shouldBe empty
    }

    "hang up on a tile before the hello" in new Intake {
      val client = new Client
      client.tile(1)
      client.isHungUp shouldBe true
      store.taken shouldBe empty
    }

    "hang up on whoever says nothing" in new Intake(helloTimeout = Duration.ofMillis(200)) {
      new Client().isHungUp shouldBe true
    }

    "hang up on a frame that is longer than allowed, without waiting for it" in new Intake {
      val client: Client = new Client().hello()
      client.announce(Int.MaxValue)
      client.isHungUp shouldBe true
    }

    "hang up on a frame of rubbish, and serve the next connection" in new Intake {
      val client: Client = new Client().hello()
      client.frame(ByteString("rubbish"))
      client.isHungUp shouldBe true
      val other: Client = new Client().hello()
      other.tile(1)
      eventually(store.taken should have size 1)
    }

    "serve others when a connection breaks in the middle of a tile" in new Intake {
      val client: Client = new Client().hello()
      client.announce(1000)
      client.socket.close()
      val other: Client = new Client().hello()
      other.tile(1)
      eventually(store.taken should have size 1)
    }

    "take no new connections once it is stopped, but acknowledge what it took" in new Intake {
      val client: Client = new Client().hello()
      client.tile(1)
      eventually(store.taken should have size 1)
      intake.stop().asScala.futureValue
      store.finish(1)
      client.ack().patch.column shouldBe 1
      client.isHungUp shouldBe true
      eventually(a[java.net.ConnectException] should be thrownBy new Client())
    }

    "say what to do when its port is taken" in new Intake {
      private val taken = new TileIntakeSettings(
        "127.0.0.1", "127.0.0.1", welcome.tilePort, 8, 4, 64, Duration.ofSeconds(10), new TileLimits(frameBytes))
      private val failure = TileIntake.bind(system, taken, _ => Optional.empty()).asScala.failed.futureValue
      failure.getMessage should (include("handscroll.coordinator.tile") and include(welcome.tilePort.toString))
    }
  }
}
