package handscroll;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The layout is the architecture: who may import whom, over the classes of all modules. */
class ArchitectureTest {

    private static final String ROOT = "handscroll.";

    /** Every package with all it may import. What all of a module may import stands in {@link #FOR_ALL}. */
    private static final Map<String, Set<String>> MAY_IMPORT = picture("""
            protocol.canvas      :
            protocol.job         : protocol.canvas
            protocol.model       : protocol.job
            protocol.trace       : protocol.job protocol.canvas
            protocol.task        : protocol.trace protocol.job protocol.canvas
            protocol.video       : protocol.task protocol.job
            protocol.lease       : protocol.task protocol.job protocol.canvas
            protocol.tile        : protocol.lease protocol.task protocol.job protocol.canvas
            protocol.kryo        : protocol.trace protocol.tile protocol.lease protocol.task protocol.model protocol.job protocol.canvas

            coordinator          : coordinator.http coordinator.job coordinator.plan coordinator.progress \
                                   coordinator.context coordinator.lease coordinator.journal coordinator.tile \
                                   coordinator.output coordinator.export
            coordinator.http     : coordinator.job coordinator.plan coordinator.lease coordinator.output
            coordinator.job      : coordinator.plan coordinator.progress coordinator.context coordinator.lease \
                                   coordinator.journal coordinator.tile coordinator.output
            coordinator.plan     :
            coordinator.progress : coordinator.plan
            coordinator.context  : coordinator.plan
            coordinator.simulation : coordinator.job coordinator.lease coordinator.plan coordinator.context
            coordinator.lease    :
            coordinator.journal  :
            coordinator.tile     :
            coordinator.output   : coordinator.tile
            coordinator.export   : coordinator.output

            worker               : worker.lease worker.render worker.djl worker.train
            worker.features      : worker.djl
            worker.lease         : worker.render
            worker.seam          :
            worker.render        : worker.seam
            worker.text          :
            worker.djl           : worker.render worker.text
            worker.train         : worker.djl worker.render worker.text

            cli                  : cli.evaluate coordinator* worker*
            cli.evaluate         : coordinator.output coordinator.plan worker.seam
            """);

    /** The protocol is spoken everywhere; inside it the order of the picture holds. */
    private static final Map<String, String> FOR_ALL = Map.of(
            "coordinator", "protocol*",
            "worker", "protocol*",
            "cli", "protocol*");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("handscroll");

    @Test
    void packagesHaveNoImportCycle() {
        slices().matching("handscroll.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void packagesImportWhatThePictureShowsAndNothingElse() {
        Set<String> unexpected = CLASSES.stream()
                .flatMap(ArchitectureTest::imports)
                .filter(edge -> !allowed(edge))
                .map(edge -> edge.from + " imports " + edge.to)
                .collect(toCollection(TreeSet::new));
        assertThat(unexpected).isEmpty();
    }

    @Test
    void everyPackageIsInThePicture() {
        Set<String> packages = CLASSES.stream().map(ArchitectureTest::packageOf).collect(toCollection(TreeSet::new));
        assertThat(packages).isSubsetOf(MAY_IMPORT.keySet());
    }

    @Test
    void onlyModelsAndTrainingKnowTheTensorLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "handscroll.worker.djl",
                        "handscroll.worker.train",
                        "handscroll.worker.features",
                        "handscroll.worker.text")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..")
                .check(CLASSES);
    }

    @Test
    void onlyTheRoutesKnowAkkaHttp() {
        noClasses()
                .that()
                .resideOutsideOfPackage("handscroll.coordinator.http")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("akka.http..")
                .check(CLASSES);
    }

    @Test
    void onlyTracesKnowOpenTelemetry() {
        noClasses()
                .that()
                .resideOutsideOfPackage("handscroll.protocol.trace")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.opentelemetry..")
                .check(CLASSES);
    }

    @Test
    void decisionsKnowNoActors() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "handscroll.coordinator.plan",
                        "handscroll.coordinator.progress",
                        "handscroll.coordinator.context",
                        "handscroll.coordinator.simulation",
                        "handscroll.worker.render",
                        "handscroll.worker.seam",
                        "handscroll.worker.djl",
                        "handscroll.worker.train",
                        "handscroll.worker.features",
                        "handscroll.worker.text")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("akka..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private record Edge(String from, String to) {}

    private static Stream<Edge> imports(JavaClass origin) {
        String from = packageOf(origin);
        return origin.getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                .filter(target -> target.getPackageName().startsWith(ROOT))
                .map(ArchitectureTest::packageOf)
                .filter(to -> !to.equals(from))
                .map(to -> new Edge(from, to));
    }

    private static boolean allowed(Edge edge) {
        String module = edge.from.replaceFirst("\\..*", "");
        return Stream.concat(
                        MAY_IMPORT.getOrDefault(edge.from, Set.of()).stream(), Stream.ofNullable(FOR_ALL.get(module)))
                .anyMatch(allowed -> allowed.endsWith("*")
                        ? edge.to.startsWith(allowed.substring(0, allowed.length() - 1))
                        : edge.to.equals(allowed));
    }

    private static String packageOf(JavaClass type) {
        return type.getPackageName().substring(ROOT.length());
    }

    private static Map<String, Set<String>> picture(String text) {
        Map<String, Set<String>> picture = new TreeMap<>();
        for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            String[] sides = line.split(":", 2);
            Set<String> imported = Arrays.stream(sides[1].split("\\s+"))
                    .filter(name -> !name.isEmpty())
                    .collect(toCollection(TreeSet::new));
            picture.put(sides[0].strip(), imported);
        }
        return picture;
    }
}
