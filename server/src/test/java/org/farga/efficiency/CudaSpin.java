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
import java.util.Arrays;

/**
 * Keeps a machine's first GPU busy for so many seconds, through the CUDA driver that every NVIDIA driver brings and a kernel of its own,
 * so that a trial of NVML has something to see. Needs nothing but a JDK, and no CUDA toolkit:
 *
 * <pre>java --enable-native-access=ALL-UNNAMED server/src/test/java/org/farga/efficiency/CudaSpin.java 10</pre>
 */
final class CudaSpin {
    /** Each thread looks at its clock until so many ticks are over; reading a clock is never optimised away. */
    private static final String KERNEL = """
            .version 6.0
            .target sm_50
            .address_size 64
            .visible .entry spin(.param .u64 ticks)
            {
              .reg .u64 %t<4>;
              .reg .pred %p<2>;
              ld.param.u64 %t1, [ticks];
              mov.u64 %t2, %clock64;
            AGAIN:
              mov.u64 %t3, %clock64;
              sub.u64 %t3, %t3, %t2;
              setp.lt.u64 %p1, %t3, %t1;
              @%p1 bra AGAIN;
              ret;
            }
            """;

    private static final SymbolLookup CUDA = SymbolLookup.libraryLookup("libcuda.so.1", Arena.global());

    private CudaSpin() {}

    private static void call(String function, Object... arguments) throws Throwable {
        MemoryLayout[] layouts = Arrays.stream(arguments)
                .map(argument -> argument instanceof MemorySegment ? (MemoryLayout) ADDRESS : JAVA_INT)
                .toArray(MemoryLayout[]::new);
        int code = (int) Linker.nativeLinker()
                .downcallHandle(CUDA.find(function).orElseThrow(), FunctionDescriptor.of(JAVA_INT, layouts))
                .invokeWithArguments(arguments);
        if (code != 0) {
            throw new IllegalStateException(function + " answered " + code);
        }
    }

    public static void main(String[] arguments) throws Throwable {
        long until = System.nanoTime() + Long.parseLong(arguments[0]) * 1_000_000_000L;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment device = arena.allocate(JAVA_INT);
            MemorySegment context = arena.allocate(ADDRESS);
            MemorySegment module = arena.allocate(ADDRESS);
            MemorySegment kernel = arena.allocate(ADDRESS);
            call("cuInit", 0);
            call("cuDeviceGet", device, 0);
            call("cuDevicePrimaryCtxRetain", context, device.get(JAVA_INT, 0));
            call("cuCtxSetCurrent", context.get(ADDRESS, 0));
            call("cuModuleLoadData", module, arena.allocateFrom(KERNEL));
            call("cuModuleGetFunction", kernel, module.get(ADDRESS, 0), arena.allocateFrom("spin"));
            MemorySegment ticks = arena.allocateFrom(JAVA_LONG, 200_000_000L);
            MemorySegment parameters = arena.allocateFrom(ADDRESS, ticks);
            while (System.nanoTime() < until) {
                MemorySegment none = MemorySegment.NULL;
                call("cuLaunchKernel", kernel.get(ADDRESS, 0), 528, 1, 1, 256, 1, 1, 0, none, parameters, none);
                call("cuCtxSynchronize");
            }
        }
    }
}
