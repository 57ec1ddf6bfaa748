package org.farga.efficiency;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A library with NVML's functions, made of native addresses that lead back into Java: what calls it goes through the platform's C
 * calling convention both ways, as with the real one. Its structures are written byte by byte as NVIDIA's header lays them out.
 */
final class FakeNvml {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int NOT_SUPPORTED = 3;

    /** One GPU; null and negative values are what it does not support. */
    static final class Device {
        String uuid = "GPU-1";
        String name = "NVIDIA H100 80GB HBM3";
        int percent = 0;
        long totalBytes = 85_520_809_984L;
        long usedBytes = 0;
        long millijoules = 0;
        int milliwatts = 0;
        boolean lost;
        boolean mute;
    }

    final List<Device> devices = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    int initAnswers = 0;
    private final Arena arena = Arena.ofAuto();
    private final Map<String, MemorySegment> functions = new HashMap<>();

    FakeNvml() {
        add("nvmlInit_v2", "init", FunctionDescriptor.of(JAVA_INT));
        add("nvmlShutdown", "shutdown", FunctionDescriptor.of(JAVA_INT));
        add("nvmlErrorString", "errorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        add("nvmlSystemGetDriverVersion", "driver", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
        add("nvmlDeviceGetCount_v2", "count", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        add("nvmlDeviceGetHandleByIndex_v2", "handle", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        add("nvmlDeviceGetUUID", "uuid", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        add("nvmlDeviceGetName", "name", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
        FunctionDescriptor ofDevice = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
        add("nvmlDeviceGetUtilizationRates", "utilization", ofDevice);
        add("nvmlDeviceGetMemoryInfo", "memory", ofDevice);
        add("nvmlDeviceGetTotalEnergyConsumption", "energy", ofDevice);
        add("nvmlDeviceGetPowerUsage", "power", ofDevice);
    }

    private void add(String function, String method, FunctionDescriptor shape) {
        MethodType type = shape.toMethodType();
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findVirtual(FakeNvml.class, method, type)
                    .bindTo(this);
            functions.put(function, LINKER.upcallStub(target, shape, arena));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As an older library, which lacks a function. */
    FakeNvml without(String function) {
        functions.remove(function);
        return this;
    }

    SymbolLookup library() {
        return name -> Optional.ofNullable(functions.get(name));
    }

    int init() {
        calls.add("init");
        return initAnswers;
    }

    int shutdown() {
        calls.add("shutdown");
        return 0;
    }

    MemorySegment errorString(int code) {
        return arena.allocateFrom(code == 18 ? "Driver/library version mismatch" : "Unknown Error");
    }

    int driver(MemorySegment text, int length) {
        return write(text, length, "570.86.15");
    }

    int count(MemorySegment number) {
        number.reinterpret(4).set(JAVA_INT, 0, devices.size());
        return 0;
    }

    /** Handles are no numbers from 0 on, as real ones are not. */
    int handle(int index, MemorySegment handle) {
        if (devices.get(index).lost) {
            return 15;
        }
        handle.reinterpret(8).set(ADDRESS, 0, MemorySegment.ofAddress(0x7f00_0000_1000L + index * 64L));
        return 0;
    }

    private Device device(MemorySegment handle) {
        return devices.get((int) ((handle.address() - 0x7f00_0000_1000L) / 64));
    }

    int uuid(MemorySegment handle, MemorySegment text, int length) {
        return write(text, length, device(handle).uuid);
    }

    int name(MemorySegment handle, MemorySegment text, int length) {
        return write(text, length, device(handle).name);
    }

    /** nvmlUtilization_t: unsigned int gpu; unsigned int memory. */
    int utilization(MemorySegment handle, MemorySegment rates) {
        if (device(handle).mute) {
            return NOT_SUPPORTED;
        }
        MemorySegment bytes = rates.reinterpret(8);
        bytes.set(JAVA_INT, 0, device(handle).percent);
        bytes.set(JAVA_INT, 4, 99);
        return 0;
    }

    /** nvmlMemory_t: unsigned long long total, free, used. */
    int memory(MemorySegment handle, MemorySegment memory) {
        Device device = device(handle);
        if (device.mute) {
            return NOT_SUPPORTED;
        }
        MemorySegment bytes = memory.reinterpret(24);
        bytes.set(JAVA_LONG, 0, device.totalBytes);
        bytes.set(JAVA_LONG, 8, device.totalBytes - device.usedBytes);
        bytes.set(JAVA_LONG, 16, device.usedBytes);
        return 0;
    }

    int energy(MemorySegment handle, MemorySegment millijoules) {
        if (device(handle).mute) {
            return NOT_SUPPORTED;
        }
        millijoules.reinterpret(8).set(JAVA_LONG, 0, device(handle).millijoules);
        return 0;
    }

    int power(MemorySegment handle, MemorySegment milliwatts) {
        if (device(handle).mute) {
            return NOT_SUPPORTED;
        }
        milliwatts.reinterpret(4).set(JAVA_INT, 0, device(handle).milliwatts);
        return 0;
    }

    private static int write(MemorySegment text, int length, String value) {
        if (value.length() >= length) {
            return 7;
        }
        text.reinterpret(length).setString(0, value);
        return 0;
    }
}
