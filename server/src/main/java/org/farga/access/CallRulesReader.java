package org.farga.access;

import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads versions of rules as they are kept. A version never changes, so those from before calls had partitions and steps are
 * read as what they were: one cluster, rolling intake, a decision at once or by an officer.
 */
@Component
class CallRulesReader {
    private final JsonMapper json;

    CallRulesReader(JsonMapper json) {
        this.json = json;
    }

    CallRules read(String parameters) {
        JsonNode kept = json.readTree(parameters);
        ObjectNode rules = kept.has("partitions") ? (ObjectNode) kept : ofOne((ObjectNode) kept);
        if (!rules.has("parameters")) {
            // From before single rules had any.
            rules.putObject("parameters").putNull("startup").putArray("sectors");
            ((ObjectNode) rules.get("parameters")).putArray("funds");
        }
        return json.treeToValue(rules, CallRules.class);
    }

    private ObjectNode ofOne(ObjectNode old) {
        ObjectNode rules = json.createObjectNode();
        ObjectNode partition = rules.putArray("partitions").addObject();
        for (String field : new String[] {"cluster", "minGpuHours", "maxGpuHours", "minCpuHours", "maxCpuHours"}) {
            partition.set(field, old.get(field));
        }
        partition.putArray("available");
        rules.set("durationsMonths", old.get("durationsMonths"));
        rules.putObject("intake").put("rolling", true).putArray("cutOffs");
        rules.putArray("form").add("PROJECT").add("RESOURCES").add("DECLARATIONS");
        rules.putArray("steps").addObject().put("kind", "DECISION").set("workingDays", old.get("decisionWorkingDays"));
        rules.put("awardAtOnce", true);
        rules.set("liveAwardsPerOrganisation", old.get("liveAwardsPerOrganisation"));
        rules.putArray("audience").add("STARTUP_OR_SME");
        rules.set("countries", old.get("countries"));
        ArrayNode asked = rules.putArray("rules");
        old.get("rules").forEach(rule -> {
            asked.add(rule);
            if (rule.path("rule").asString().equals("CALL_OPEN")) {
                asked.addObject().put("rule", "PARTITION_OPEN").put("kind", "MUST");
            }
        });
        return rules;
    }
}
