package handscroll.worker.lease

import handscroll.protocol.canvas.PatchId
import handscroll.protocol.job.JobId
import handscroll.protocol.lease.Leasing.WorkTime
import handscroll.protocol.task.{PixelBlock, RenderSettings, Task, TaskResult}
import handscroll.worker.render.{RendererFactory, TaskRenderer}

import java.util
import java.util.concurrent.{ConcurrentLinkedQueue, Semaphore}
import scala.jdk.CollectionConverters._

/** Renders nothing, as fast as the test lets it. */
final class FakeTaskRenderer(farm: FakeRenderers) extends TaskRenderer {

  override def render(settings: RenderSettings, tasks: util.List[Task]): TaskRenderer.Rendering = {
    farm.note(s"render ${columns(tasks.asScala.map(_.patch))}")
    farm.permits.acquire()
    farm.trouble.foreach(throw _)
    val tiles = tasks.asScala.collect { case task: Task.Decode =>
      new TaskRenderer.Tile(task.patch, Array[Byte](1, 2, 3), new PixelBlock(1, 1, new Array[Byte](3)))
    }
    val results = tasks.asScala.collect { case task if !task.isInstanceOf[Task.Decode] =>
      new TaskResult.Tokens(task.patch, Array[Short](task.patch.column.toShort)): TaskResult
    }
    new TaskRenderer.Rendering(results.take(farm.answerAtMost).asJava, tiles.asJava, WorkTime.NONE)
  }

  override def release(job: JobId, patches: util.List[PatchId]): Unit = farm.note(s"release ${columns(patches.asScala)}")

  override def close(): Unit = farm.note("close")

  private def columns(patches: Iterable[PatchId]): String = patches.map(_.column).mkString(",")
}

final class FakeRenderers extends RendererFactory {
  /** One for each rendering that may end. */
  val permits = new Semaphore(0)
  @volatile var trouble: Option[Throwable] = None
  @volatile var troubleWithOpening: Option[Throwable] = None
  @volatile var answerAtMost: Int = Int.MaxValue

  val notes = new ConcurrentLinkedQueue[String]
  val threads = new ConcurrentLinkedQueue[Thread]

  def note(what: String): Unit = {
    notes.add(what)
    threads.add(Thread.currentThread())
  }

  override def open(slot: Int): TaskRenderer = {
    note("open")
    troubleWithOpening.foreach(throw _)
    new FakeTaskRenderer(this)
  }

  override def deviceClass: String = "cpu"

  override def modelHashes: util.Map[String, String] = util.Map.of("starry", "hash-1")
}
