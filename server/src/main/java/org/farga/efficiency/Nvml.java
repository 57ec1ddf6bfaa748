package org.farga.efficiency;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * NVIDIA's management library, which every NVIDIA driver brings ({@code libnvidia-ml.so.1}), called through Java's foreign function
 * interface. Signatures, structures and codes are those of NVIDIA's NVML API reference. A machine without it is a normal case.
 *
 * <p>Only for one thread: two that open and close it would do so to each other.
 */
final class Nvml implements AutoCloseable {

    /** The name under which a driver installs it. */
    static final String LIBRARY = "libnvidia-ml.so.1";

    // nvmlReturn_t
    private static final int SUCCESS = 0;

    /** NVML_DEVICE_UUID_V2_BUFFER_SIZE and NVML_DEVICE_NAME_V2_BUFFER_SIZE. */
    private static final int TEXT_BYTES = 96;

    /** nvmlUtilization_t: of the GPU, and of its memory's bus. */
    private static final MemoryLayout UTILIZATION = MemoryLayout.structLayout(JAVA_INT, JAVA_INT);

    /** nvmlMemory_t: total, free, used, in bytes. */
    private static final MemoryLayout MEMORY = MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private final SymbolLookup library;
    private final MethodHandle shutdown;
    private final MethodHandle driverVersion;
    private final MethodHandle count;
    private final MethodHandle handleByIndex;
    private final MethodHandle uuid;
    private final MethodHandle name;
    private final MethodHandle utilization;
    private final MethodHandle memory;
    private final Optional<MethodHandle> totalEnergy;
    private final Optional<MethodHandle> power;
    private final MethodHandle errorString;

    /** Something that NVML says is wrong. */
    static final class TroubleException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TroubleException(String message) {
            super(message);
        }
    }

    /**
     * Starts the library. Throws {@link TroubleException} where it is not the one that is meant, or will not work: a driver that does
     * not match it, for one.
     */
    Nvml(SymbolLookup library) {
        this.library = library;
        this.errorString = function("nvmlErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        this.shutdown = function("nvmlShutdown", FunctionDescriptor.of(JAVA_INT));
        FunctionDescriptor ofDevice = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
        FunctionDescriptor textOfDevice = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
        this.driverVersion = function("nvmlSystemGetDriverVersion", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        this.count = function("nvmlDeviceGetCount_v2", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        this.handleByIndex =
                function("nvmlDeviceGetHandleByIndex_v2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        this.uuid = function("nvmlDeviceGetUUID", textOfDevice);
        this.name = function("nvmlDeviceGetName", textOfDevice);
        this.utilization = function("nvmlDeviceGetUtilizationRates", ofDevice);
        this.memory = function("nvmlDeviceGetMemoryInfo", ofDevice);
        this.totalEnergy = find("nvmlDeviceGetTotalEnergyConsumption", ofDevice);
        this.power = find("nvmlDeviceGetPowerUsage", ofDevice);
        check("nvmlInit_v2", call(function("nvmlInit_v2", FunctionDescriptor.of(JAVA_INT))));
    }

    /** The library of that name, started; empty where this machine has none. */
    static Optional<Nvml> open(String name) {
        SymbolLookup found;
        try {
            found = SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.of(new Nvml(found));
    }

    /** The driver's version. */
    String driver() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(TEXT_BYTES);
            check("nvmlSystemGetDriverVersion", call(driverVersion, text, TEXT_BYTES));
            return text.getString(0);
        }
    }

    /** A look at every GPU; one that does not answer, such as one that fell off its bus, is left out. */
    List<GpuReading> read() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            check("nvmlDeviceGetCount_v2", call(count, number));
            List<GpuReading> readings = new ArrayList<>();
            for (int index = 0; index < number.get(JAVA_INT, 0); index++) {
                MemorySegment handle = arena.allocate(ADDRESS);
                if (call(handleByIndex, index, handle) == SUCCESS) {
                    read(index, handle.get(ADDRESS, 0), arena).ifPresent(readings::add);
                }
            }
            return readings;
        }
    }

    private Optional<GpuReading> read(int index, MemorySegment device, Arena arena) {
        Optional<String> serial = text(uuid, device, arena);
        if (serial.isEmpty()) {
            return Optional.empty();
        }
        MemorySegment rates = arena.allocate(UTILIZATION);
        MemorySegment bytes = arena.allocate(MEMORY);
        MemorySegment millijoules = arena.allocate(JAVA_LONG);
        MemorySegment milliwatts = arena.allocate(JAVA_INT);
        boolean busy = call(utilization, device, rates) == SUCCESS;
        boolean told = call(memory, device, bytes) == SUCCESS;
        boolean metered = totalEnergy.isPresent() && call(totalEnergy.get(), device, millijoules) == SUCCESS;
        boolean powered = power.isPresent() && call(power.get(), device, milliwatts) == SUCCESS;
        return Optional.of(new GpuReading(
                index,
                serial.get(),
                text(name, device, arena).orElse(""),
                told ? OptionalLong.of(mebibytes(bytes.get(JAVA_LONG, 0))) : OptionalLong.empty(),
                busy ? OptionalInt.of(rates.get(JAVA_INT, 0)) : OptionalInt.empty(),
                told ? OptionalLong.of(mebibytes(bytes.get(JAVA_LONG, 16))) : OptionalLong.empty(),
                metered ? OptionalLong.of(millijoules.get(JAVA_LONG, 0)) : OptionalLong.empty(),
                powered ? OptionalLong.of(Integer.toUnsignedLong(milliwatts.get(JAVA_INT, 0))) : OptionalLong.empty()));
    }

    private Optional<String> text(MethodHandle function, MemorySegment device, Arena arena) {
        MemorySegment text = arena.allocate(TEXT_BYTES);
        return call(function, device, text, TEXT_BYTES) == SUCCESS ? Optional.of(text.getString(0)) : Optional.empty();
    }

    private static long mebibytes(long bytes) {
        return Long.divideUnsigned(bytes, 1L << 20);
    }

    private Optional<MethodHandle> find(String function, FunctionDescriptor shape) {
        return library.find(function).map(address -> Linker.nativeLinker().downcallHandle(address, shape));
    }

    private MethodHandle function(String name, FunctionDescriptor shape) {
        return find(name, shape).orElseThrow(() -> new TroubleException("the NVML library has no " + name));
    }

    private void check(String function, int code) {
        if (code != SUCCESS) {
            throw new TroubleException(function + " answered " + code + ": " + words(code));
        }
    }

    private String words(int code) {
        try {
            MemorySegment text = (MemorySegment) errorString.invokeExact(code);
            return text.address() == 0 ? "?" : text.reinterpret(1024).getString(0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets the library go; what is asked of it afterwards fails. */
    @Override
    public void close() {
        call(shutdown);
    }
}
