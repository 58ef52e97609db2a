package handscroll.lease

import akka.Done
import akka.actor.PoisonPill
import akka.actor.typed.{ActorRef, ActorSystem, SpawnProtocol}
import akka.actor.typed.scaladsl.AskPattern._
import akka.actor.typed.Props
import akka.cluster.typed.{Cluster, JoinSeedNodes}
import akka.util.Timeout
import com.typesafe.config.{Config, ConfigFactory}
import handscroll.coordinator.lease._
import handscroll.coordinator.tile._
import handscroll.protocol.canvas.PatchId
import handscroll.protocol.job.{JobId, JobSpec}
import handscroll.protocol.lease.Leasing.{WorkTime, WorkerId}
import handscroll.protocol.lease.{FarmConfig, Leasing}
import handscroll.protocol.task._
import handscroll.protocol.tile.RenderedTile
import handscroll.worker.lease.{WorkerNode, WorkerSettings}
import handscroll.worker.render.{RendererFactory, TaskRenderer}

import java.time.Clock
import java.util
import java.util.Optional
import java.util.concurrent.{CompletableFuture, CompletionStage, ConcurrentLinkedQueue, Semaphore}
import scala.concurrent.Await
import scala.concurrent.duration._
import scala.jdk.CollectionConverters._
import scala.jdk.FutureConverters._

/** A coordinator and workers, each in an actor system of its own, that talk over Artery TCP and a tile stream. */
final class TestFarm(own: String = "") {

  private implicit val timeout: Timeout = 30.seconds

  val sky = new JobId("sky")
  val settings =
    new RenderSettings(sky, "starry", "hash-1", 1, RenderSettings.Sampling.of(0.9, 100), 9, 9, 8, 16, JobSpec.TileEncoding.JPEG, 90, java.util.List.of())

  val tiles = new ConcurrentLinkedQueue[RenderedTile]
  private val store: TileStore = (tile: RenderedTile) => {
    tiles.add(tile)
    CompletableFuture.completedFuture(Done): CompletionStage[Done]
  }

  val coordinator: ActorSystem[SpawnProtocol.Command] = start("coordinator")
  Cluster(coordinator).manager ! akka.cluster.typed.Join(Cluster(coordinator).selfMember.address)

  private val intake =
    Await.result(
      TileIntake
        .bind(coordinator, TileIntakeSettings.from(coordinator.settings.config), _ => Optional.of(store))
        .asScala,
      30.seconds)

  private var workers = Seq.empty[ActorSystem[SpawnProtocol.Command]]

  private def start(role: String): ActorSystem[SpawnProtocol.Command] = {
    val config: Config = FarmConfig.load(
      ConfigFactory.parseString(own).withFallback(ConfigFactory.parseString(s"akka.cluster.roles = [$role]")))
    ActorSystem(SpawnProtocol(), "handscroll", config)
  }

  def spawnDesk(incarnation: Long): ActorRef[Leasing.ToDesk] = {
    val lease = LeaseSettings.from(coordinator.settings.config)
    val behavior = LeaseDesk.create(lease, incarnation, intake.welcome(lease.term), Clock.systemUTC())
    spawn(coordinator, behavior, s"lease-desk-$incarnation")
  }

  def stopDesk(desk: ActorRef[Leasing.ToDesk]): Unit = {
    import akka.actor.typed.scaladsl.adapter._
    desk.toClassic ! PoisonPill
  }

  def spawn[T](
      system: ActorSystem[SpawnProtocol.Command],
      behavior: akka.actor.typed.Behavior[T],
      name: String): ActorRef[T] =
    Await.result(
      system.ask[ActorRef[T]](SpawnProtocol.Spawn(behavior, name, Props.empty, _))(timeout, system.scheduler),
      30.seconds)

  def startWorker(name: String, slotCount: Int, renderers: RendererFactory): ActorSystem[SpawnProtocol.Command] = {
    val system = start("worker")
    Cluster(system).manager ! JoinSeedNodes(Seq(Cluster(coordinator).selfMember.address))
    val node =
      WorkerNode.create(WorkerSettings.from(system.settings.config), new WorkerId(name), slotCount, renderers)
    spawn(system, node, "worker")
    workers :+= system
    system
  }

  def offer(desk: ActorRef[Leasing.ToDesk], owner: ActorRef[Outcome], stage: Int, tasks: Seq[Task]): Unit =
    desk ! new LeaseDesk.Offer(
      settings,
      JobTerms.USUAL,
      stage,
      tasks.zipWithIndex.map { case (task, index) => new OfferedTask(task, index) }.asJava,
      owner)

  def stop(): Unit = {
    (workers :+ coordinator).foreach(_.terminate())
    (workers :+ coordinator).foreach(system => Await.ready(system.whenTerminated, 60.seconds))
  }
}

/** Answers any task at once, or as soon as there is a permit. */
final class QuickRenderers(permits: Option[Semaphore] = None) extends RendererFactory {
  override def open(slot: Int): TaskRenderer = new TaskRenderer {
    override def render(settings: RenderSettings, tasks: util.List[Task]): TaskRenderer.Rendering = {
      permits.foreach(_.acquire())
      val results = new util.ArrayList[TaskResult]
      val tiles = new util.ArrayList[TaskRenderer.Tile]
      tasks.forEach {
        case task: Task.Decode =>
          val encoded = Array.fill[Byte](50_000)(task.patch.column.toByte)
          tiles.add(new TaskRenderer.Tile(task.patch, encoded, new PixelBlock(2, 1, new Array[Byte](6))))
        case task: Task.Idle => results.add(new TaskResult.Nothing(task.patch, new Array[Byte](task.resultBytes)))
        case task => results.add(new TaskResult.Tokens(task.patch, Array[Short](task.patch.column.toShort)))
      }
      new TaskRenderer.Rendering(results, tiles, WorkTime.NONE)
    }
    override def release(job: JobId, patches: util.List[PatchId]): Unit = ()
    override def close(): Unit = ()
  }
  override def deviceClass: String = "cpu"
  override def modelHashes: util.Map[String, String] = util.Map.of("starry", "hash-1")
}
