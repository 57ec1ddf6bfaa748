package org.farga.efficiency;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How busy a GPU was over a job's time, in at most {@link #MOST} spans of equal length since the job's start. A job that runs on gets
 * longer spans: each two become one, and the sums in them stay exact.
 */
record GpuSeries(long spanSeconds, List<Span> spans) {
    static final int MOST = 240;
    static final GpuSeries NONE = new GpuSeries(10, List.of());

    GpuSeries {
        spans = List.copyOf(spans);
    }

    /** Sums over the samples that fell into it: hundredths of utilisation, mebibytes of memory. */
    record Span(long busySamples, long percentSum, long memorySamples, long mebibytesSum) {
        static final Span EMPTY = new Span(0, 0, 0, 0);

        Span plus(Span other) {
            return new Span(
                    busySamples + other.busySamples,
                    percentSum + other.percentSum,
                    memorySamples + other.memorySamples,
                    mebibytesSum + other.mebibytesSum);
        }

        /** Null where nobody looked. */
        @Nullable
        BigDecimal percent() {
            return busySamples == 0 ? null : Share.ratio(percentSum, busySamples, 1, 1);
        }

        /** Null where nobody looked. */
        @Nullable
        Long mebibytes() {
            return memorySamples == 0 ? null : Long.valueOf(Math.ceilDiv(mebibytesSum, memorySamples));
        }
    }

    /** A point to draw: the middle of a span, in seconds since the job's start. */
    record Point(
            long second,
            @Nullable BigDecimal percent,
            @Nullable Long mebibytes) {}

    /** With a sample taken so many seconds after the job's start; what is null was not to be had. */
    GpuSeries with(long second, @Nullable Integer percent, @Nullable Long mebibytes) {
        long at = Math.max(0, second);
        GpuSeries wide = this;
        while (at / wide.spanSeconds >= MOST) {
            wide = wide.halved();
        }
        int index = Math.toIntExact(at / wide.spanSeconds);
        List<Span> longer = new ArrayList<>(wide.spans);
        while (longer.size() <= index) {
            longer.add(Span.EMPTY);
        }
        Span sample = new Span(
                percent == null ? 0 : 1,
                percent == null ? 0 : percent,
                mebibytes == null ? 0 : 1,
                mebibytes == null ? 0 : mebibytes);
        longer.set(index, longer.get(index).plus(sample));
        return new GpuSeries(wide.spanSeconds, longer);
    }

    private GpuSeries halved() {
        List<Span> pairs = new ArrayList<>();
        for (int i = 0; i < spans.size(); i += 2) {
            pairs.add(i + 1 < spans.size() ? spans.get(i).plus(spans.get(i + 1)) : spans.get(i));
        }
        return new GpuSeries(spanSeconds * 2, pairs);
    }

    /** The spans in which somebody looked. */
    List<Point> points() {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            Span span = spans.get(i);
            if (span.busySamples > 0 || span.memorySamples > 0) {
                points.add(new Point(i * spanSeconds + spanSeconds / 2, span.percent(), span.mebibytes()));
            }
        }
        return points;
    }
}
