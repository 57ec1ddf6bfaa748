package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.farga.FargaTest;
import org.farga.shared.AllocationId;
import org.farga.shared.PersonId;
import org.farga.slurm.Associations.Association;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class AssociationsTest {
    @Autowired
    private Associations associations;

    @Autowired
    private JdbcClient jdbc;

    private SlurmData data;

    @BeforeEach
    void people() {
        data = new SlurmData(jdbc);
    }

    @Test
    void anAssociationIsFoundOnlyOnceSlurmHasIt() {
        PersonId ana = data.person();
        AllocationId allocation = data.allocation(data.project(ana), "nit");
        jdbc.sql("INSERT INTO unix_account VALUES (:p, 'fgtest1', false, now())")
                .param("p", ana.value())
                .update();
        jdbc.sql("""
                INSERT INTO slurm_account (cluster, name, allocation_id, adopted, made_at)
                VALUES ('nit', 'folding-1', :a, false, now())""").param("a", allocation.value()).update();

        assertThat(associations.find("nit", allocation, ana)).isEmpty();
        assertThat(associations.allocationOf("nit", "folding-1")).contains(allocation);
        assertThat(associations.allocationOf("dia", "folding-1")).isEmpty();
        assertThat(associations.personOf("fgtest1")).contains(ana);
        assertThat(associations.personOf("root")).isEmpty();

        jdbc.sql("INSERT INTO slurm_association VALUES (:a, :p, now())")
                .param("a", allocation.value())
                .param("p", ana.value())
                .update();
        assertThat(associations.find("nit", allocation, ana)).contains(new Association("folding-1", "fgtest1"));
        assertThat(associations.find("dia", allocation, ana)).isEmpty();
        assertThat(associations.find("nit", allocation, new PersonId(UUID.randomUUID())))
                .isEmpty();
    }

    @Test
    void aUserNameIsNeverGivenToSomebodyElse() {
        PersonId ana = data.person();
        jdbc.sql("INSERT INTO unix_account VALUES (:p, 'fgtest2', false, now())")
                .param("p", ana.value())
                .update();
        assertThatThrownBy(() -> jdbc.sql("DELETE FROM unix_account WHERE user_name = 'fgtest2'")
                        .update())
                .hasMessageContaining("keeps its person and its name");
    }
}
