package org.farga.efficiency;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.farga.platform.Shell;

/** Amounts as people read them: to three digits, in the unit that makes them short, and never as nothing where there is a little. */
final class Amounts {
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1_000);
    private static final BigDecimal TENTH = new BigDecimal("0.1");
    private static final int DIGITS = 3;

    private Amounts() {}

    /** In Wh, kWh or MWh. */
    static String energy(Shell shell, long millijoules) {
        return scaled(
                shell,
                BigDecimal.valueOf(millijoules).divide(BigDecimal.valueOf(3_600_000), MathContext.DECIMAL64),
                "efficiency.watt-hours",
                "efficiency.kilowatt-hours",
                "efficiency.megawatt-hours");
    }

    /** Of CO2 equivalent, in g, kg or t. */
    static String emissions(Shell shell, BigDecimal grams) {
        return scaled(shell, grams, "efficiency.grams", "efficiency.kilograms", "efficiency.tonnes");
    }

    private static String scaled(Shell shell, BigDecimal amount, String... units) {
        BigDecimal rest = amount;
        int unit = 0;
        while (rest.compareTo(THOUSAND) >= 0 && unit < units.length - 1) {
            rest = rest.divide(THOUSAND, MathContext.DECIMAL64);
            unit++;
        }
        return shell.t(units[unit], digits(shell, rest));
    }

    private static String digits(Shell shell, BigDecimal amount) {
        BigDecimal least = new BigDecimal("0.01");
        if (amount.signum() > 0 && amount.compareTo(least) < 0) {
            return "< " + shell.number(least);
        }
        BigDecimal rounded = amount.round(new MathContext(DIGITS, RoundingMode.HALF_UP));
        return shell.number(rounded.setScale(Math.clamp(rounded.scale(), 0, 2), RoundingMode.HALF_UP));
    }

    /** With one decimal. */
    static String tenths(Shell shell, BigDecimal amount) {
        return amount.signum() > 0 && amount.compareTo(TENTH) < 0
                ? "< " + shell.number(TENTH, 1)
                : amount.signum() == 0 ? shell.number(0) : shell.number(amount, 1);
    }

    /** GiB × hours, with one decimal. */
    static String gibibyteHours(Shell shell, long mebibyteSeconds) {
        return tenths(
                shell,
                BigDecimal.valueOf(mebibyteSeconds).divide(BigDecimal.valueOf(1024L * 3600), MathContext.DECIMAL64));
    }

    /** Hours, with one decimal. */
    static String hours(Shell shell, long seconds) {
        return tenths(shell, BigDecimal.valueOf(seconds).divide(BigDecimal.valueOf(3600), MathContext.DECIMAL64));
    }
}
