package org.farga.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The life of an award after the decision, from the condition that it is bound to until its final report is accepted. */
class AfterAwardJourneyTest {
    @Test
    void anAwardIsAcceptedWithItsConditionUsedExtendedGivenBackEndedAndReportedOn(@TempDir Path data) {
        try (FargaProcess farga = FargaProcess.start(data)) {
            Story story = Story.begin(farga);
            story.appoint(Story.OFFICER, "ACCESS_OFFICER");
            story.signUp(Story.ERIK);
            Api officer = Api.signIn(farga, Story.OFFICER.email(), Story.OFFICER.password());
            Api erik = Api.signIn(farga, Story.ERIK.email(), Story.ERIK.password());
            // Too large for the rules alone to decide.
            String organisation = Story.found(erik, "Nordljus Grid AB", "SE", 900, "310000000");
            JsonNode submitted = Story.propose(erik, organisation, "Forecasting the grid", "100");
            assertThat(submitted.path("state").asString()).isEqualTo("SUBMITTED");
            String proposal = "/proposals/" + submitted.path("id").asString();
            officer.put(
                            proposal + "/decision",
                            Map.of(
                                    "decision", "AWARD",
                                    "reason", "Of use to all grids.",
                                    "conditions",
                                            List.of(Map.of(
                                                    "text",
                                                    "Publish the forecast's error.",
                                                    "dueOn",
                                                    LocalDate.now()
                                                            .plusMonths(2)
                                                            .toString()))))
                    .done();
            JsonNode awarded = erik.put(proposal + "/acceptance", Map.of("accept", true, "conditionsAccepted", true))
                    .done();
            assertThat(awarded.path("state").asString()).isEqualTo("AWARDED");
            JsonNode project =
                    erik.get("/projects/" + awarded.path("project").asString()).done();
            String allocation = project.path("allocations").path(0).path("id").asString();

            Map<String, Object> job = story.job("grid", "#!/bin/sh\nsleep 3\n");
            job.put("allocation", allocation);
            String number = erik.post("/jobs", job).id();
            assertThat(erik.await(
                                    "/jobs/" + number,
                                    Story.SOON,
                                    j -> j.path("state").asString().matches("COMPLETED|FAILED|CANCELLED"))
                            .path("state")
                            .asString())
                    .isEqualTo("COMPLETED");
            erik.await(
                    "/allocations/" + allocation + "/statement",
                    Story.SOON,
                    s -> s.path("lines").size() == 1);

            String requests = "/allocations/" + allocation + "/requests";
            String longer = erik.post(
                            requests, Map.of("kind", "EXTEND", "months", 1, "reason", "The winter's data is late."))
                    .id();
            officer.put("/allocation-requests/" + longer + "/decision", Map.of("grant", true, "note", "So be it."))
                    .done();
            assertThat(erik.get("/allocations/" + allocation).done().path("to").asString())
                    .isGreaterThan(
                            project.path("allocations").path(0).path("to").asString());
            erik.post(requests, Map.of("kind", "GIVE_BACK", "ends", true, "reason", "All is forecast."))
                    .done();
            assertThat(erik.get("/allocations/" + allocation)
                            .done()
                            .path("state")
                            .asString())
                    .isEqualTo("EXPIRED");

            Api.Reply owed = erik.get(proposal + "/report");
            Api.Reply written = erik.put(
                    proposal + "/report",
                    owed.tag(),
                    Map.of("results", "The error fell by a third.", "publish", true, "summary", "Grids are forecast."));
            written.done();
            JsonNode handedIn =
                    erik.put(proposal + "/report/submission", written.tag()).done();
            assertThat(handedIn.path("hours").path(0).path("usedCpu").decimalValue())
                    .as("what the record says, and nobody typed")
                    .isPositive();
            assertThat(officer.put(proposal + "/report/decision", Map.of("accept", true))
                            .done()
                            .path("state")
                            .asString())
                    .isEqualTo("ACCEPTED");
            officer.put(proposal + "/conditions/1/fulfilment", Map.of("note", "The report says it."))
                    .done();
        }
    }
}
