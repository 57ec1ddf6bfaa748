package org.farga;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.core.ApplicationModules;

/** The shape of the house. */
class ModulesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.farga");

    @Test
    void modulesDependOnlyOnWhatTheyDeclareAndNeverInCircles() {
        ApplicationModules.of(Farga.class).verify();
    }

    @Test
    void sharedWordsKnowNeitherSpringNorTheDatabase() {
        noClasses()
                .that()
                .resideInAPackage("org.farga.shared")
                .and()
                .haveSimpleNameNotEndingWith("package-info")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void modulesSpeakToTheDatabaseOnlyInTheirTables() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.farga.platform", "org.farga.audit")
                .and()
                .haveSimpleNameNotEndingWith("Table")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.jdbc..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void endpointsNeverReachTablesDirectly() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Api")
                .or()
                .haveSimpleNameEndingWith("Pages")
                .should()
                .dependOnClassesThat()
                .haveSimpleNameEndingWith("Table")
                .check(CLASSES);
    }

    /** A stream of rows keeps its connection until it is closed, and twenty such requests stop the program. */
    @Test
    void rowsAreListedAndNotStreamed() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "a query's stream() but for the points of a metric, which are closed where they are read",
                        call -> call.getTarget().getName().equals("stream")
                                && call.getTargetOwner().isEquivalentTo(JdbcClient.MappedQuerySpec.class)
                                && !call.getOrigin().getFullName().startsWith("org.farga.models.RunTable.points(")))
                .check(CLASSES);
    }
}
