package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.farga.FargaTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class ClusterTableTest {

    @Autowired
    private ClusterTable table;

    @Test
    void aClusterThatSettingsNameIsMadeOnceAndKeepsItsIdentity() {
        ClusterTable.Entry made = table.ensure("tramuntana", "SLURM");
        assertThat(made.enabled()).isTrue();
        assertThat(table.ensure("tramuntana", "SLURM")).isEqualTo(made);
        assertThat(table.list()).contains(made);
    }

    @Test
    void aNameThatIsTakenByAnotherEngineIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> table.ensure("local", "SLURM"))
                .withMessageContaining("local");
    }

    @Test
    void anEngineThatFargaDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> table.ensure("llevant", "PBS")).isInstanceOf(DataIntegrityViolationException.class);
    }
}
