// SPDX-License-Identifier: Apache-2.0
// asyncapi.mjs DOCUMENT: what @asyncapi/parser says of it.
import { readFileSync } from "node:fs";
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
const document = JSON.parse(text);
console.log(`${Object.keys(document.channels).length} channels, ${Object.keys(document.components.messages).length} messages`);
