package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class AccountNameTest {
    @Test
    void namesAreWhatSlurmTakesAndNobodyHas() {
        assertThat(AccountName.ofOrganisation("Forja Visión, S.L.", Set.of())).isEqualTo("org-forja-vision-s-l");
        assertThat(AccountName.ofOrganisation("Forja", Set.of("org-forja", "org-forja-2")))
                .isEqualTo("org-forja-3");
        assertThat(AccountName.ofOrganisation("数学", Set.of())).isEqualTo("org-x");
        assertThat(AccountName.ofProject("folding", Set.of("folding"))).isEqualTo("folding-2");
        assertThat(AccountName.ofAllocation("folding", Set.of("folding-1", "folding-3")))
                .isEqualTo("folding-2");
        assertThat(AccountName.ofOrganisation("a".repeat(100), Set.of())).hasSize(44);
    }

    @Test
    void unixNamesSortByNumberAndFitTheirColumn() {
        assertThat(UnixAccount.name("fg", 1)).isEqualTo("fg00001");
        assertThat(UnixAccount.name("fg", 1_234_567)).isEqualTo("fg1234567");
    }
}
