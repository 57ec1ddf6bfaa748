package org.farga.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=0-99, 0, 99",
        "bytes=0-, 0, 99",
        "bytes=99-99, 99, 99",
        "bytes=90-, 90, 99",
        "bytes=90-1000, 90, 99",
        "bytes=-1, 99, 99",
        "bytes=-100, 0, 99",
        "bytes=-1000, 0, 99",
        "BYTES=1-2, 1, 2"
    })
    void aRangeOfAHundredBytesIsTaken(String header, long first, long last) {
        assertThat(ByteRange.parse(header, 100)).isEqualTo(new ByteRange.Part(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=999999999999999999-", "bytes=-0"})
    void whatLiesBeyondCannotBeGiven(String header) {
        assertThat(ByteRange.parse(header, 100)).isEqualTo(new ByteRange.Unsatisfiable("range-not-satisfiable"));
    }

    @Test
    void anEmptyFileHasNoRanges() {
        assertThat(ByteRange.parse("bytes=0-", 0)).isInstanceOf(ByteRange.Unsatisfiable.class);
        assertThat(ByteRange.parse("bytes=-5", 0)).isInstanceOf(ByteRange.Unsatisfiable.class);
    }

    @Test
    void severalRangesAreRefused() {
        assertThat(ByteRange.parse("bytes=0-1,5-6", 100)).isEqualTo(new ByteRange.Unsatisfiable("multiple-ranges"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes=5-2", "bytes=-", "bytes=a-b", "lines=1-2", "bytes", "", "bytes=1-9999999999999999999999"})
    void whatIsNoRangeIsIgnored(String header) {
        assertThat(ByteRange.parse(header, 100)).isEqualTo(new ByteRange.Whole());
    }
}
