package org.farga.efficiency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The calls into NVML, against a library of the same functions, signatures and structures; see {@link FakeNvml}. */
class NvmlTest {
    private final FakeNvml fake = new FakeNvml();

    private FakeNvml.Device device() {
        FakeNvml.Device device = new FakeNvml.Device();
        fake.devices.add(device);
        return device;
    }

    @Test
    void everyGpuIsReadWithWhatItTells() {
        FakeNvml.Device first = device();
        first.percent = 97;
        first.usedBytes = 40L << 30;
        first.millijoules = 9_000_000_000_123L;
        first.milliwatts = 698_123;
        FakeNvml.Device second = device();
        second.uuid = "GPU-2";
        try (Nvml nvml = new Nvml(fake.library())) {
            assertThat(nvml.driver()).isEqualTo("570.86.15");
            List<GpuReading> readings = nvml.read();
            assertThat(readings.getFirst())
                    .isEqualTo(new GpuReading(
                            0,
                            "GPU-1",
                            "NVIDIA H100 80GB HBM3",
                            OptionalLong.of(81_559),
                            OptionalInt.of(97),
                            OptionalLong.of(40 * 1024),
                            OptionalLong.of(9_000_000_000_123L),
                            OptionalLong.of(698_123)));
            assertThat(readings.getLast().uuid()).isEqualTo("GPU-2");
            assertThat(readings.getLast().percent()).hasValue(0);
        }
        assertThat(fake.calls).containsExactly("init", "shutdown");
    }

    @Test
    void whatAGpuDoesNotSupportIsEmptyAndALostOneLeftOut() {
        device().mute = true;
        device().lost = true;
        device().uuid = "GPU-3";
        try (Nvml nvml = new Nvml(fake.library())) {
            List<GpuReading> readings = nvml.read();
            assertThat(readings).extracting(GpuReading::index).containsExactly(0, 2);
            assertThat(readings.getFirst().percent()).isEmpty();
            assertThat(readings.getFirst().memoryUsedMebibytes()).isEmpty();
            assertThat(readings.getFirst().energyMillijoules()).isEmpty();
            assertThat(readings.getLast().uuid()).isEqualTo("GPU-3");
        }
    }

    @Test
    void anOldLibraryWithoutAMeterIsReadAllTheSame() {
        device().milliwatts = 250_000;
        try (Nvml nvml =
                new Nvml(fake.without("nvmlDeviceGetTotalEnergyConsumption").library())) {
            assertThat(nvml.read().getFirst().energyMillijoules()).isEmpty();
            assertThat(nvml.read().getFirst().powerMilliwatts()).hasValue(250_000);
        }
    }

    @Test
    void aDriverThatDoesNotMatchSaysSoInItsOwnWords() {
        fake.initAnswers = 18;
        assertThatThrownBy(() -> new Nvml(fake.library()))
                .isInstanceOf(Nvml.TroubleException.class)
                .hasMessage("nvmlInit_v2 answered 18: Driver/library version mismatch");
    }

    @Test
    void anotherLibraryIsNotTakenForNvml() {
        assertThatThrownBy(() -> new Nvml(name -> java.util.Optional.empty()))
                .isInstanceOf(Nvml.TroubleException.class)
                .hasMessageContaining("nvmlErrorString");
    }

    @Test
    void aMachineWithoutTheLibraryIsANormalCase() {
        assertThat(Nvml.open("libfarga-no-such-library.so.1")).isEmpty();
    }
}
