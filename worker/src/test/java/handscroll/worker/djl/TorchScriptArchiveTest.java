package handscroll.worker.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class TorchScriptArchiveTest {

    @Test
    void holdsSourceAndNoWeights() throws IOException {
        byte[] archive = TorchScriptArchive.of("Empty", "class Empty(Module):\n  training : bool\n");
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
                names.add(entry.getName());
            }
        }
        assertThat(names).containsExactly("m/data.pkl", "m/code/__torch__.py", "m/constants.pkl", "m/version");
    }

    @Test
    void isTheSameEachTime() {
        assertThat(TorchScriptArchive.of("A", "class A(Module):\n"))
                .isEqualTo(TorchScriptArchive.of("A", "class A(Module):\n"));
    }

    @Test
    void runsInLibtorch() {
        try (NDManager manager = LibTorch.newManager(Device.cpu());
                Script script = Script.compile("optimizer.py", "Optimizer", "", Map.of())) {
            NDArray w = manager.create(new float[] {1, 2});
            NDArray gradient = manager.create(new float[] {3, 4});
            NDArray zero = manager.create(new float[] {0, 0});
            float norm = script.call(
                            manager,
                            "step",
                            w,
                            gradient,
                            zero.duplicate(),
                            zero.duplicate(),
                            w.duplicate(),
                            zero,
                            0.1,
                            0.9,
                            0.99,
                            0.0,
                            1e9,
                            0.5,
                            1L)
                    .singletonOrThrow()
                    .getFloat();
            assertThat(norm).isEqualTo(5f);
            // Adam's first step has the length of the rate, whatever the gradient.
            assertThat(w.toFloatArray()[0]).isBetween(0.8999f, 0.9001f);
            assertThat(w.toFloatArray()[1]).isBetween(1.8999f, 1.9001f);
        }
    }
}
