package org.farga.aid;

import java.io.IOException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.farga.platform.SafeCell;
import org.jspecify.annotations.Nullable;

/**
 * The register as RFC 4180 writes tables, with what the central register asks for: who, how much, when, by whom, in which form
 * and sector (Regulation (EU) 2023/2831, Article 6(1)).
 */
final class RegisterCsv {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(
                    "number",
                    "kind",
                    "grant",
                    "beneficiary",
                    "beneficiaryTaxId",
                    "amountEuros",
                    "grantedOn",
                    "authority",
                    "instrument",
                    "sectorNace",
                    "memberState",
                    "regime",
                    "regulation",
                    "reference",
                    "reason",
                    "registerDueOn",
                    "enteredOn",
                    "registerReference")
            .get();

    private final CSVPrinter printer;

    /** Writes the head at once. */
    RegisterCsv(Appendable to) throws IOException {
        this.printer = new CSVPrinter(to, FORMAT);
    }

    void write(AidEntry e) throws IOException {
        AidEntry.Registration registration = e.registration();
        printer.printRecord(
                e.code(),
                e.kind(),
                e.grant(),
                SafeCell.of(e.beneficiary()),
                SafeCell.of(e.taxId()),
                Euro.of(e.cents()).toPlainString(),
                e.grantedOn(),
                SafeCell.of(e.authority()),
                e.instrument(),
                e.sector(),
                e.memberState(),
                e.regime(),
                SafeCell.of(e.regulation()),
                SafeCell.of(e.reference()),
                cell(e.reason()),
                e.registerDueOn(),
                registration == null ? null : registration.enteredOn(),
                registration == null ? null : cell(registration.reference()));
    }

    private static @Nullable String cell(@Nullable String text) {
        return text == null ? null : SafeCell.of(text);
    }
}
