// SPDX-License-Identifier: Apache-2.0
// asyncapi.mjs DOCUMENT SOURCES: what @asyncapi/parser says of it, and that it names what the plugins' sources name.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Parser } from "@asyncapi/parser";

const text = readFileSync(process.argv[2], "utf8");
const errors = async (what) => {
  const { document, diagnostics } = await new Parser().parse(what);
  const found = diagnostics.filter((one) => one.severity === 0).map((one) => `${one.path.join(".")}: ${one.message}`);
  return document ? found : ["no document", ...found];
};

const found = await errors(text);
if (found.length > 0) {
  console.error(found.join("\n"));
  process.exit(1);
}
// That the parser does look: a document that points nowhere is refused.
const spoiled = JSON.parse(text);
spoiled.operations["webhook-normal"].channel.$ref = "#/channels/nowhere";
if ((await errors(spoiled)).length === 0) {
  console.error("the parser takes a document that points nowhere");
  process.exit(1);
}
// Each transport plugin has a channel, but for the one that writes a file; and the words on the wire are the code's.
const document = JSON.parse(text);
const folder = join(process.argv[3], "plugins", "transports");
const source = (...path) => readFileSync(join(folder, ...path), "utf8");
const { channels, components } = document;
const words = {
  nats: [source("nats", "plugin.cpp"), [
    ...Object.keys(components.messages["nats-batch"].headers.properties),
    ...Object.keys(components.messages["nats-answer"].headers.properties),
    ...[channels["nats-report"], channels["nats-acknowledge"]].map((one) => one.address.split(".")[1]),
  ]],
  postgresql: [source("postgresql", "taking.cpp") + source("postgresql", "data", "inbox.sql"),
    [channels["postgresql-news"].address, ...components.messages["postgresql-news"].payload.enum]],
  fhir: [source("fhir", "bundle.cpp"), ["transaction"]],
  webhook: [source("webhook", "plugin.cpp") + source("webhook", "http.cpp") + source("webhook", "hook.cpp") + source("webhook", "sign.cpp"),
    Object.keys(components.messages.scored.headers.properties)],
};
for (const plugin of readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory()).map((one) => one.name)) {
  if (plugin === "jsonl") continue;
  const [code, named] = words[plugin] ?? ["", [`a channel of the plugin ${plugin}`]];
  const unknown = named.filter((word) => !code.includes(word));
  if (unknown.length === 0 && Object.keys(channels).some((name) => name.startsWith(plugin))) continue;
  console.error(`the document and the plugin ${plugin} differ: ${unknown.join(", ")}`);
  process.exit(1);
}
console.log(`${Object.keys(document.channels).length} channels, ${Object.keys(document.components.messages).length} messages`);
