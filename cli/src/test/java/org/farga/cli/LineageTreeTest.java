package org.farga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineageTreeTest {
    @Test
    void aModelIsDrawnDownToItsCallAndItsData() {
        var lineage = Api.JSON.readTree("""
                {"model": {"name": "digits", "version": 1}, "run": {"id": "01a20582-a120-784f-8fca-fc8dfeb00c9f",
                 "metrics": {"accuracy": 0.973}}, "job": {"id": 1, "name": "train"},
                 "script": {"sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
                 "allocation": {"cluster": "local"}, "proposalCode": "PG-2026-0001", "callTitle": "Playground 2026",
                 "project": {"name": "Digits"}, "organisation": {"name": "Forja Vision"},
                 "datasets": [{"slug": "digits", "number": 1, "licence": "CC-BY-4.0",
                  "agreement": "01a20582-a120-784f-8fca-fc8dfeb00caa", "acceptedAt": "2026-11-22T12:00:00.123Z"}]}""");
        assertThat(String.join("\n", new LineageTree(lineage).lines())).isEqualTo("""
                model digits version 1
                └─ run fc8dfeb00c9f (accuracy 0.9730)
                   ├─ job 1 train
                   │  ├─ script sha256 0123456789ab
                   │  └─ allocation of proposal PG-2026-0001
                   │     ├─ on local
                   │     ├─ call Playground 2026
                   │     └─ project Digits of Forja Vision
                   └─ dataset digits version 1, licence CC-BY-4.0
                      └─ terms accepted 2026-11-22T12:00:00Z, agreement fc8dfeb00caa""");
    }

    @Test
    void aLaptopsModelIsDrawnWithoutWhatItDoesNotHave() {
        var lineage = Api.JSON.readTree("""
                {"model": {"name": "digits", "version": 2}, "project": {"name": "Digits"},
                 "organisation": {"name": "Forja Vision"}, "datasets": []}""");
        assertThat(String.join("\n", new LineageTree(lineage).lines())).isEqualTo("""
                model digits version 2
                └─ project Digits of Forja Vision""");
    }
}
