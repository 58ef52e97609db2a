package handscroll.worker.lease

import akka.actor.testkit.typed.scaladsl.{ScalaTestWithActorTestKit, TestProbe}
import akka.actor.typed.ActorRef
import akka.util.ByteString
import handscroll.protocol.canvas.PatchId
import handscroll.protocol.job.JobId
import handscroll.protocol.lease.Leasing
import handscroll.protocol.lease.Leasing.WorkerId
import handscroll.protocol.task.PixelBlock
import handscroll.protocol.tile.{RenderedTile, TileFrames, TileLimits}
import org.scalatest.concurrent.Eventually
import org.scalatest.wordspec.AnyWordSpecLike

import java.io.{DataInputStream, DataOutputStream}
import java.net.{InetAddress, ServerSocket, Socket}
import java.time.Duration
import java.util.Optional
import scala.concurrent.duration._
import scala.jdk.CollectionConverters._

class TileStreamSpec extends ScalaTestWithActorTestKit(WorkerNodeSpec.Local) with AnyWordSpecLike with Eventually {

  private val sky = new JobId("sky")

  /** The coordinator's end, played by the test over a real socket. */
  private class Farm(capacity: Int = 8, ackTimeout: Duration = Duration.ofSeconds(60)) {
    val server = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))
    server.setSoTimeout(20000)
    val welcome = new Leasing.Welcome("127.0.0.1", server.getLocalPort, "key", Duration.ofSeconds(30))
    val settings = new WorkerSettings(
      4, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofMillis(50), ackTimeout,
      new TileLimits(10_000))
    val answers: TestProbe[TileStream.Sent] = createTestProbe[TileStream.Sent]()
    val stream: ActorRef[TileStream.Command] = spawn(TileStream.create(settings, new WorkerId("anna"), capacity))

    /** Ends the stream: it would try to reach this test's server for ever. */
    def close(): Unit = {
      testKit.stop(stream)
      server.close()
    }

    def open(to: Leasing.Welcome = welcome): Unit = stream ! new TileStream.Open(to)

    def send(epoch: Long, columns: Int*): Unit =
      stream ! new TileStream.Send(epoch, columns.map(tile(epoch, _)).asJava, java.util.Optional.empty(), answers.ref)

    def tile(epoch: Long, column: Int, bytes: Int = 5) =
      new RenderedTile(
        sky, new PatchId(1, column, 0, 0), epoch, new Array[Byte](bytes), new PixelBlock(1, 1, new Array[Byte](3)))

    def stored(epoch: Long): Unit = answers.expectMessage(20.seconds, new TileStream.Sent(epoch, Optional.empty()))

    class Connection {
      val socket: Socket = server.accept()
      socket.setSoTimeout(20000)
      private val in = new DataInputStream(socket.getInputStream)
      private val out = new DataOutputStream(socket.getOutputStream)

      def frame(): ByteString = {
        val bytes = new Array[Byte](in.readInt())
        in.readFully(bytes)
        ByteString.fromArray(bytes)
      }
      def hello(): this.type = {
        TileFrames.hello(frame()) shouldBe new TileFrames.Hello("key", new WorkerId("anna"))
        this
      }
      def column(): Int = TileFrames.tile(frame()).patch.column
      def ack(epoch: Long, column: Int, refusal: Option[String] = None): Unit = {
        val frame = TileFrames.encode(
          new TileFrames.Ack(epoch, new PatchId(1, column, 0, 0), Optional.ofNullable(refusal.orNull)))
        out.writeInt(frame.length)
        out.write(frame.toArray)
        out.flush()
      }
      def rubbish(): Unit = {
        out.writeInt(3)
        out.write(Array[Byte](1, 2, 3))
        out.flush()
      }
    }
  }

  private def withFarm(farm: Farm)(test: Farm => Unit): Unit =
    try test(farm)
    finally farm.close()

  "A tile stream" must {

    "say hello, carry the tiles of all leases, and tell when each lease's are durable" in withFarm(new Farm) { farm =>
      import farm._
      open()
      send(7, 1, 2)
      send(8, 3)
      val connection: Connection = new Connection().hello()
      Seq.fill(3)(connection.column()) shouldBe Seq(1, 2, 3)
      connection.ack(7, 2)
      connection.ack(8, 3)
      stored(8)
      connection.ack(7, 1)
      stored(7)
    }

    "keep what is sent before it knows where to" in withFarm(new Farm) { farm =>
      import farm._
      send(7, 1)
      open()
      val connection: Connection = new Connection().hello()
      connection.column() shouldBe 1
    }

    "send again what was not acknowledged when the connection breaks" in withFarm(new Farm) { farm =>
      import farm._
      open()
      send(7, 1, 2)
      val first: Connection = new Connection().hello()
      first.column()
      first.ack(7, 1)
      first.column()
      // A lost acknowledgement and a lost tile look the same from here.
      first.socket.close()
      val second: Connection = new Connection().hello()
      val again: Int = second.column()
      Seq(1, 2) should contain(again)
      if (again == 1) second.column() shouldBe 2
      second.ack(7, 1)
      second.ack(7, 2)
      stored(7)
    }

    "make a connection anew when the other side talks rubbish" in withFarm(new Farm) { farm =>
      import farm._
      open()
      send(7, 1)
      val first: Connection = new Connection().hello()
      first.column()
      first.rubbish()
      val second: Connection = new Connection().hello()
      second.column() shouldBe 1
      second.ack(7, 1)
      stored(7)
    }

    "go to the new coordinator with what the old one has not taken" in withFarm(new Farm) { farm =>
      import farm._
      open()
      send(7, 1)
      val first: Connection = new Connection().hello()
      first.column()
      open(new Leasing.Welcome("127.0.0.1", server.getLocalPort, "key", Duration.ofSeconds(31)))
      val second: Connection = new Connection().hello()
      second.column() shouldBe 1
    }

    "pass on why a tile was refused" in withFarm(new Farm) { farm =>
      import farm._
      open()
      send(7, 1, 2)
      val connection: Connection = new Connection().hello()
      connection.column()
      connection.ack(7, 1, Some("the disk is full; make room"))
      val sent: TileStream.Sent = answers.receiveMessage(20.seconds)
      sent.epoch shouldBe 7
      sent.failure.get should (include("the disk is full; make room") and include("1/1,0"))
    }

    "give a batch up that nobody takes, and say what was last wrong" in withFarm(new Farm(ackTimeout = Duration.ofMillis(500))) { farm =>
      import farm._
      server.close()
      open()
      send(7, 1)
      answers.receiveMessage(20.seconds).failure.get should include("did not take the tiles")
    }

    "refuse a tile that is longer than a frame, and what it has no room for" in withFarm(new Farm(capacity = 2)) { farm =>
      import farm._
      open()
      stream ! new TileStream.Send(7, List(tile(7, 1, bytes = 10_000)).asJava, java.util.Optional.empty(), answers.ref)
      answers.receiveMessage(20.seconds).failure.get should include("maximum-frame-size")
      send(8, 1, 2)
      send(9, 3)
      val sent: TileStream.Sent = answers.receiveMessage(20.seconds)
      sent.epoch shouldBe 9
      sent.failure.get should include("2 tiles")
    }
  }
}
