package org.farga.review;

import java.util.ArrayList;
import java.util.List;

/** How much each reviewer has of a round beside how much they take, the busiest first, in the units of its drawing. */
record LoadPlot(List<Bar> bars, List<Mark> marks) {
    static final int WIDTH = 720;
    static final int HEIGHT = 180;
    static final int LEFT = 34;
    static final int BOTTOM = 10;
    private static final int TOP = 8;
    private static final double WIDEST = 56;

    /** One reviewer: how high their load is, and their limit. */
    record Bar(double x, double width, double limitY, double limitHeight, double loadY, double loadHeight) {}

    record Mark(double y, int value) {}

    static LoadPlot of(List<Rounds.Load> loads) {
        int most = 1;
        for (Rounds.Load load : loads) {
            most = Math.max(most, Math.max(load.load(), load.reviewer().loadLimit()));
        }
        double step = Math.min(WIDEST, (double) (WIDTH - LEFT) / Math.max(1, loads.size()));
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < loads.size(); i++) {
            Rounds.Load load = loads.get(i);
            double limit = height(load.reviewer().loadLimit(), most);
            double has = height(load.load(), most);
            bars.add(new Bar(LEFT + i * step, step * 0.8, floor() - limit, limit, floor() - has, has));
        }
        List<Mark> marks = new ArrayList<>();
        int every = Math.max(1, Math.ceilDiv(most, 4));
        for (int value = 0; value <= most; value += every) {
            marks.add(new Mark(floor() - height(value, most), value));
        }
        return new LoadPlot(bars, marks);
    }

    private static double floor() {
        return HEIGHT - BOTTOM;
    }

    private static double height(int value, int most) {
        return (double) (HEIGHT - TOP - BOTTOM) * value / most;
    }
}
