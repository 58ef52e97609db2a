package handscroll.lease

import akka.actor.typed.scaladsl.Behaviors
import handscroll.coordinator.lease.Outcome
import handscroll.protocol.canvas.PatchId
import handscroll.protocol.task.Task

import scala.concurrent.duration._
import scala.concurrent.{Await, Promise}

/**
 * Measures the farm itself: tasks that do nothing, a second, through leases between actor systems of this process
 * over TCP. Arguments: workers, slots of each, batch size.
 */
object FarmBenchmark {

  private val TaskCount = 400_000
  private val OfferedAtOnce = 20_000
  private val RefillAt = 2_000

  def main(arguments: Array[String]): Unit = {
    val Array(workerCount, slotCount, batchSize) = arguments.map(_.toInt)
    val farm = new TestFarm(s"handscroll.worker.lease.batch-size = $batchSize")
    val desk = farm.spawnDesk(1)
    (1 to workerCount).foreach(i => farm.startWorker(s"worker-$i", slotCount, new QuickRenderers))
    val done = Promise[Double]()

    val owner = farm.spawn(
      farm.coordinator,
      Behaviors.setup[Outcome] { context =>
        var offered = 0
        var rendered = 0
        var began = 0L
        var counted = 0
        def refill(): Unit = {
          val count = math.min(OfferedAtOnce, TaskCount - offered)
          if (count > 0) {
            val tasks = (offered until offered + count).map(i => new Task.Idle(new PatchId(0, i, 0, 0), 128): Task)
            farm.offer(desk, context.self, 0, tasks)
            offered += count
          }
        }
        refill()
        Behaviors.receiveMessage {
          case batch: Outcome.Rendered =>
            rendered += batch.results.size
            // The first half warms up.
            if (began == 0 && rendered >= TaskCount / 2) {
              began = System.nanoTime()
              counted = rendered
            }
            if (offered - rendered < RefillAt) refill()
            if (rendered == TaskCount) done.success((rendered - counted) * 1e9 / (System.nanoTime() - began))
            Behaviors.same
          case _ => Behaviors.same
        }
      },
      "owner")
    require(owner != null)
    val perSecond = Await.result(done.future, 10.minutes)
    println(f"no-op tasks: $perSecond%.0f tasks/s, workers $workerCount, slots $slotCount, batch $batchSize")
    farm.stop()
    System.exit(0)
  }
}
