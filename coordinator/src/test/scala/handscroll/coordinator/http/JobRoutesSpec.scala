package handscroll.coordinator.http

import akka.actor.testkit.typed.scaladsl.ScalaTestWithActorTestKit
import akka.actor.typed.ActorRef
import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import com.typesafe.config.ConfigFactory
import handscroll.coordinator.job.Jobs
import handscroll.coordinator.job.Jobs.State
import handscroll.protocol.canvas.Canvas
import handscroll.protocol.job.JobId
import org.scalatest.wordspec.AnyWordSpecLike

import java.net.{ServerSocket, Socket, URI}
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.net.http.{HttpClient, HttpRequest, HttpResponse}
import java.nio.charset.StandardCharsets.US_ASCII
import java.nio.file.{Files, Path}
import java.util.Optional
import java.util.concurrent.{ArrayBlockingQueue, TimeUnit}

object JobRoutesSpec {
  private val config = ConfigFactory
    .parseString(
      """
      handscroll.coordinator.http { port = 0, max-spec-bytes = 2 KiB, heartbeat = 100 ms, viewer-backlog = 16 }
      """)
    .withFallback(ConfigFactory.load())
}

class JobRoutesSpec extends ScalaTestWithActorTestKit(JobRoutesSpec.config) with AnyWordSpecLike {

  private val client = HttpClient.newHttpClient()
  private val canvas = new Canvas(600, 300, 1)
  private val sky = new JobId("sky")
  private val pixels = Array[Byte](1, 2, 3)

  private def settingsWith(http: String): HttpSettings =
    HttpSettings.from(ConfigFactory.parseString(s"handscroll.coordinator.http { $http }").withFallback(system.settings.config))

  "The pages" must {
    "show the list of jobs, and a job, as HTML that loads nothing from elsewhere" in new Site {
      for (path <- Seq("", "jobs/sky")) {
        val page = get(path)
        page.statusCode shouldBe 200
        header(page, "content-type") should startWith("text/html")
        header(page, "content-security-policy") should include("default-src 'self'")
      }
      header(get("assets/job.js"), "content-type") should include("javascript")
    }

    "know no job that was never accepted, and no name that no job can have" in new Site {
      get("jobs/elsewhere").statusCode shouldBe 404
      get("jobs/..%2Fsky").statusCode shouldBe 404
      json(get("api/jobs/elsewhere")).get("error").asText shouldBe "There is no job elsewhere."
    }
  }

  "A picture" must {
    "answer for a tile that is not born that it is pending, and let nobody remember it" in new Site {
      val answer = get("jobs/sky/picture_files/10/0_0.png")
      answer.statusCode shouldBe 404
      header(answer, "tile-state") shouldBe "pending"
      header(answer, "cache-control") shouldBe "no-store"
    }

    "give a born tile with a tag, and nothing to those who have it" in new Site {
      store("picture_files/10/2_1.png")
      val answer = getBytes("jobs/sky/picture_files/10/2_1.png")
      answer.body shouldBe pixels
      header(answer, "content-type") shouldBe "image/png"
      get("jobs/sky/picture_files/10/2_1.png", "If-None-Match" -> header(answer, "etag")).statusCode shouldBe 304
    }

    "lead nowhere but to its own tiles" in new Site {
      store("picture_files/10/secret.png")
      Files.write(directory.resolve("manifest.json"), pixels)
      for (path <- Seq("10/secret.png", "10/..%2F..%2Fmanifest.json", "..%2Fmanifest.json", "10/0_0.json", "-1/0_0.png"))
        get(s"jobs/sky/picture_files/$path").statusCode shouldBe 404
    }

    "give its Deep Zoom description" in new Site {
      Files.write(directory.resolve("picture.dzi"), "<Image/>".getBytes(US_ASCII))
      get("jobs/sky/picture.dzi").body shouldBe "<Image/>"
    }
  }

  "The API" must {
    "list the jobs and tell the status of one" in new Site {
      json(get("api/jobs")).at("/jobs/0/job").asText shouldBe "sky"
      json(get("api/jobs/sky")).at("/stages/0/renderedCount").asInt shouldBe 12
    }

    "accept a job spec and say where it can be watched" in new Site {
      val answer = post("api/jobs", spec("dawn", "starry-night"))
      answer.statusCode shouldBe 201
      header(answer, "location") shouldBe "/api/jobs/dawn"
      json(answer).get("page").asText shouldBe "/jobs/dawn"
    }

    "accept the same spec as JSON" in new Site {
      post("api/jobs", """{"name":"dawn","task":"unconditional","canvas":{"width":512,"height":512},
        "model":"starry-night","output":{"to":"out/dawn"}}""").statusCode shouldBe 201
    }

    "tell every problem of a job spec at once" in new Site {
      val answer = post("api/jobs", "task = extensoin\ncanvas { width = -1, height = 512 }\nmodel = m")
      answer.statusCode shouldBe 422
      val problems = json(answer).get("problems")
      problems.size should be > 1
      problems.forEach { problem =>
        for (field <- Seq("where", "what", "remedy")) problem.get(field).asText should not be empty
      }
    }

    "tell the problems that only the job desk can find" in new Site {
      val answer = post("api/jobs", spec("dawn", "unknown"))
      answer.statusCode shouldBe 422
      json(answer).at("/problems/0/where").asText shouldBe "model"
    }

    "refuse a job spec that is too long" in new Site {
      val answer = post("api/jobs", "#" * 4096)
      answer.statusCode shouldBe 413
      json(answer).get("error").asText should include("max-spec-bytes")
    }

    "carry a verb to the job, and say so when it has no effect" in new Site {
      post("api/jobs/sky/pause?now=true", "").statusCode shouldBe 200
      val again = post("api/jobs/sky/pause?now=true", "")
      again.statusCode shouldBe 409
      json(again).get("message").asText shouldBe "It is paused already."
      post("api/jobs/sky/resume", "").statusCode shouldBe 200
      post("api/jobs/elsewhere/cancel", "").statusCode shouldBe 404
      get("api/jobs/sky/cancel").statusCode shouldBe 405
    }

    "refuse the pages of others" in new Site {
      post("api/jobs/sky/cancel", "", "Origin" -> "http://evil.example").statusCode shouldBe 403
      json(get("api/jobs/sky")).get("state").asText shouldBe "rendering"
    }

    "answer in time when the job desk does not" in new Site(testKit.spawn(akka.actor.typed.scaladsl.Behaviors.ignore[Jobs.Command])) {
      override def settings: HttpSettings = settingsWith("answer-timeout = 100 ms")
      get("healthz").statusCode shouldBe 200
      val unready = get("readyz")
      unready.statusCode shouldBe 503
      header(unready, "retry-after") should not be empty
      json(get("api/jobs")).get("error").asText should include("did not answer")
    }

    "be ready while the job desk answers" in new Site {
      json(get("healthz")).get("status").asText shouldBe "ok"
      json(get("readyz")).get("status").asText shouldBe "ready"
    }
  }

  "The events of a job" must {
    "begin with its status, go on with its tiles, and end with it" in new Site {
      val lines = events("sky")
      nextEvent(lines)._1 shouldBe "status"
      awaitFollower()
      desk ! new FakeJobDesk.Say(new Jobs.TileStored(sky, 7, 10, 2, 1))
      nextEvent(lines) shouldBe ("tile", """{"level":10,"column":2,"row":1}""")
      desk ! new FakeJobDesk.Put(FakeJobDesk.in(status, State.DONE, 50, Optional.empty()))
      nextEvent(lines)._1 shouldBe "ended"
      lines.poll(10, TimeUnit.SECONDS) shouldBe "EOF"
    }

    "be over at once for a job that is over" in new Site {
      desk ! new FakeJobDesk.Put(FakeJobDesk.in(status, State.FAILED, 12, Optional.of("No.")))
      nextEvent(events("sky"))._1 shouldBe "ended"
    }

    "tell a viewer that was too slow how much it missed" in new Site {
      // A socket that is not read: what the system buffers fills up, and then the viewer's own backlog.
      val socket = new Socket(server.address.getHost, server.address.getPort)
      socket.setReceiveBufferSize(4096)
      socket.getOutputStream.write("GET /api/jobs/sky/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII))
      awaitFollower()
      val told = 400_000
      for (column <- 0 until told) desk ! new FakeJobDesk.Say(new Jobs.TileStored(sky, column, 10, column, 0))
      desk ! new FakeJobDesk.Put(FakeJobDesk.in(status, State.DONE, 50, Optional.empty()))
      val heard = scala.io.Source.fromInputStream(socket.getInputStream, "US-ASCII").getLines()
        .takeWhile(!_.startsWith("event:ended")).toVector
      val tiles = heard.count(_.startsWith("event:tile"))
      val missed = heard.collect { case line if line.startsWith("""data:{"count":""") => line.filter(_.isDigit).toInt }.sum
      socket.close()
      missed should be > 0
      tiles + missed shouldBe told
    }

    "stop being followed when the viewer goes away" in new Site {
      val socket = new Socket(server.address.getHost, server.address.getPort)
      socket.getOutputStream.write("GET /api/jobs/sky/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII))
      awaitFollower()
      socket.close()
      val probe = createTestProbe[Integer]()
      eventually {
        desk ! new FakeJobDesk.CountFollowers(sky, probe.ref)
        probe.receiveMessage() shouldBe Integer.valueOf(0)
      }
    }
  }

  "The server" must {
    "take the next port when the first is taken" in {
      val taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress)
      def at(attempts: Int) = settingsWith(s"port = ${taken.getLocalPort}, port-attempts = $attempts")
      val desk = testKit.spawn(FakeJobDesk.create())
      val server = HttpServer.start(system, desk, at(20)).toCompletableFuture.get(10, TimeUnit.SECONDS)
      server.address.getPort should be > taken.getLocalPort
      val refused = intercept[java.util.concurrent.ExecutionException] {
        HttpServer.start(system, desk, at(1)).toCompletableFuture.get(10, TimeUnit.SECONDS)
      }
      refused.getCause.getMessage should include(s"127.0.0.1:${taken.getLocalPort}")
      taken.close()
      server.stop()
    }
  }

  /** A server of its own, with one job that renders. */
  private class Site(val desk: ActorRef[Jobs.Command] = testKit.spawn(FakeJobDesk.create())) {
    val directory: Path = Files.createTempDirectory("handscroll-site")
    val status: Jobs.JobStatus = FakeJobDesk.rendering("sky", canvas, directory, 256)
    def settings: HttpSettings = HttpSettings.from(system.settings.config)
    desk ! new FakeJobDesk.Put(status)
    val server: HttpServer = HttpServer.start(system, desk, settings).toCompletableFuture.get(20, TimeUnit.SECONDS)

    def get(path: String, headers: (String, String)*): HttpResponse[String] =
      client.send(request(path, headers).build(), BodyHandlers.ofString())

    def getBytes(path: String): HttpResponse[Array[Byte]] =
      client.send(request(path, Nil).build(), BodyHandlers.ofByteArray())

    def post(path: String, body: String, headers: (String, String)*): HttpResponse[String] =
      client.send(request(path, headers).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString())

    private def request(path: String, headers: Seq[(String, String)]) =
      headers.foldLeft(HttpRequest.newBuilder(URI.create(s"${server.address}$path"))) { case (builder, (name, value)) =>
        builder.header(name, value)
      }

    def store(name: String): Unit = {
      val file = directory.resolve(name)
      Files.createDirectories(file.getParent)
      Files.write(file, pixels)
    }

    /** The lines of an event stream as they come, and EOF when it ends. */
    def events(job: String): ArrayBlockingQueue[String] = {
      val lines = new ArrayBlockingQueue[String](1000)
      client.sendAsync(request(s"api/jobs/$job/events", Nil).build(), BodyHandlers.ofLines()).thenAcceptAsync { answer =>
        answer.body.forEach(line => lines.put(line))
        lines.put("EOF")
      }
      lines
    }

    /** The next event's type and data; heartbeats have neither. */
    def nextEvent(lines: ArrayBlockingQueue[String]): (String, String) = {
      val event = Iterator.continually(lines.poll(20, TimeUnit.SECONDS)).dropWhile(!_.matches("(event|data):.+"))
      val block = event.takeWhile(_.nonEmpty).map(_.split(":", 2)).map(parts => parts(0) -> parts(1)).toMap
      (block("event"), block("data"))
    }

    def awaitFollower(): Unit = {
      val probe = createTestProbe[JobId]()
      desk ! new FakeJobDesk.WhenFollowed(sky, probe.ref)
      probe.receiveMessage()
    }

    def spec(name: String, model: String): String =
      s"""name = $name
         |task = unconditional
         |canvas { width = 512, height = 512 }
         |model = $model
         |output.to = "out/$name"
         |""".stripMargin
  }

  private def json(answer: HttpResponse[String]): JsonNode = new ObjectMapper().readTree(answer.body)

  private def header(answer: HttpResponse[_], name: String): String = answer.headers.firstValue(name).orElse("")
}
