#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""asyncapi.py REPORT.schema.json ENVELOPE.schema.json REPORT_KIND.CPP VERSION OUTPUT

Writes the AsyncAPI 3 document of the channels that reports travel on. The messages are what flatc says of
sdk/schema; the kinds of report, and which of them are about safety, are the host's own table."""

import json
import re
import sys

PREFIX = "#/definitions/alliance_fb_"


def renamed(value):
    """flatc's references and names, as components of the document."""
    if isinstance(value, dict):
        return {key: renamed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [renamed(one) for one in value]
    if isinstance(value, str) and value.startswith(PREFIX):
        return "#/components/schemas/" + value[len(PREFIX):]
    return value


def definitions(path):
    with open(path, encoding="utf-8") as file:
        found = json.load(file)["definitions"]
    return {name.removeprefix("alliance_fb_"): renamed(one) for name, one in found.items()}


def kinds(path):
    """[(table, name, is about safety)] of report_kind.cpp."""
    with open(path, encoding="utf-8") as file:
        rows = re.findall(r'\{fb::ReportBody::(\w+), "([\w-]+)", (true|false),', file.read())
    if not rows:
        sys.exit(f"asyncapi.py: {path} holds no table of kinds")
    return [(table, name, safety == "true") for table, name, safety in rows]


def ref(where, name):
    return {"$ref": f"#/{where}/{name}"}


def report(table):
    return {
        "type": "object",
        "properties": {"body_type": {"type": "string", "const": table}, "body": ref("components/schemas", table)},
        "required": ["body_type", "body"],
        "additionalProperties": False,
    }


def cloud_event(table, name, safety):
    text = {"type": "string"}
    attributes = {
        "specversion": {"type": "string", "const": "1.0"},
        "id": {"type": "string", "minLength": 1, "description": "The report's, the same whenever it comes"},
        "source": {"type": "string", "format": "uri-reference", "description": "The platform"},
        "type": {"type": "string", "const": "org.alliance-sdk.report." + name},
        "subject": {"type": "string", "description": "The case"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string", "const": "application/json"},
        "tenant": text,
        "epoch": text,
        "sequence": {"type": "string", "description": "Of the case, within the epoch; grows within a lane"},
        "lane": {"type": "string", "const": "safety" if safety else "normal"},
        "firstsequence": text,
        "withheld": {"type": "string", "const": "true", "description": "A notification: ask the platform for the body"},
        "data": report(table),
    }
    required = ["specversion", "id", "source", "type", "subject", "tenant", "epoch", "sequence", "lane"]
    return {"type": "object", "properties": attributes, "required": required, "additionalProperties": False}


def message(name, payload, content_type, summary, headers=None):
    out = {"name": name, "contentType": content_type, "summary": summary, "payload": payload}
    if headers:
        out["headers"] = headers
    return out


SIGNED = {
    "type": "object",
    "properties": {
        "webhook-id": {"type": "string"},
        "webhook-timestamp": {"type": "string", "description": "Seconds since 1970 UTC"},
        "webhook-signature": {"type": "string", "description": "v1,BASE64 of HMAC-SHA256, one per key"},
    },
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
}

SAID = {  # of the frames, by who says them
    "sender": ["Hello", "BatchAt", "Reply"],
    "receiver": ["Welcome", "Acknowledge", "Refuse", "Ask"],
}


NATS_BATCH = {
    "type": "object",
    "properties": {
        "Nats-Msg-Id": {"type": "string", "description": "The report's id, or the first one's and a digest of all"},
        "Alliance-Message": {"type": "string", "description": "What the application answers"},
        "Alliance-Acknowledge": {"type": "string", "description": "The subject on which it answers"},
    },
    "required": ["Nats-Msg-Id", "Alliance-Message", "Alliance-Acknowledge"],
}
NATS_ANSWER = {
    "type": "object",
    "properties": {
        "Alliance-Refused": {"type": "string", "description": "The id of a report that is refused"},
        "Alliance-Status": {"type": "string", "pattern": "^-?[0-9]+$", "description": "ALLIANCE_E_..., in digits"},
        "Alliance-Reason": {"type": "string", "description": "Holds nothing about a person"},
    },
}
TOKEN = "Letters, digits, - and _ stand for themselves, any other byte is = and two hex digits"


def channel(title, description, server, *messages, **more):
    return {"title": title, "description": description, "servers": [ref("servers", server)],
            "messages": {name: ref("components/messages", name) for name in messages}, **more}


def of_plugins():
    """(servers, channels, operations, messages) of the transports that are plugins, but for the webhook."""
    tokens = {name: {"description": TOKEN} for name in ("tenant", "case", "kind")}
    messages = {
        "nats-batch": message("nats-batch", ref("components/schemas", "Batch"), "application/vnd.alliance.batch",
                              "Reports of one case and kind: a FlatBuffer ALBT (sdk/schema/envelope.fbs)", NATS_BATCH),
        "nats-answer": message("nats-answer", {"type": "string", "minLength": 1}, "text/plain",
                               "The Alliance-Message of what is kept, or of what is refused", NATS_ANSWER),
        "postgresql-news": message("postgresql-news", {"type": "string", "enum": ["normal", "safety"]}, "text/plain",
                                   "Something new of this lane lies in alliance.report"),
        "fhir-transaction": message("fhir-transaction", {
            "type": "object",
            "properties": {"resourceType": {"type": "string", "const": "Bundle"},
                           "type": {"type": "string", "const": "transaction"},
                           "entry": {"type": "array", "items": {"type": "object"}}},
            "required": ["resourceType", "type", "entry"],
        }, "application/fhir+json", "Conditional creates of FHIR R4 (docs/fhir.md)"),
    }
    channels = {
        "nats-report": channel("Reports in a JetStream stream", "See docs/nats.md; the first word is the prefix.", "nats",
                               "nats-batch", address="alliance.report.{tenant}.{case}.{kind}", parameters=tokens),
        "nats-acknowledge": channel("The application's answers, outside the stream",
                                    "See docs/nats.md; the first word is the prefix.", "nats", "nats-answer",
                                    address="alliance.ack.{tenant}", parameters={"tenant": tokens["tenant"]}),
        "postgresql-news": channel("Notification after a commit", "LISTEN alliance_inbox: see docs/postgresql.md.",
                                   "postgresql", "postgresql-news", address="alliance_inbox"),
        "fhir": channel("Transactions to a FHIR server", "Over HTTPS; the path is the server's own.", "fhir",
                        "fhir-transaction", address="/"),
    }
    actions = {"nats-report": "send", "nats-acknowledge": "receive", "postgresql-news": "send", "fhir": "send"}
    operations = {
        name: {"action": actions[name], "channel": ref("channels", name),
               "messages": [ref(f"channels/{name}/messages", one) for one in channels[name]["messages"]]}
        for name in channels
    }
    servers = {
        "nats": {"host": "broker.example.org:4222", "protocol": "nats", "description": "JetStream, over TLS"},
        "postgresql": {"host": "database.example.org:5432", "protocol": "postgresql", "description": "The host system's database"},
        "fhir": {"host": "ehr.example.org", "protocol": "https", "description": "A FHIR R4 server"},
    }
    return servers, channels, operations, messages


def document(tables, rows, version):
    messages = {}
    for said in SAID.values():
        for table in said:
            messages[table] = message(table, ref("components/schemas", table), "application/vnd.alliance.frame",
                                      f"A frame that holds a {table} (sdk/schema/envelope.fbs)")
    by_lane = {"normal": [], "safety": []}
    for table, name, safety in rows:
        messages[name] = message(name, cloud_event(table, name, safety), "application/cloudevents+json",
                                 f"A report of kind {name}", SIGNED)
        by_lane["safety" if safety else "normal"].append(name)

    channels, operations = {}, {}
    for lane in ("normal", "safety"):
        both = SAID["sender"] + SAID["receiver"]
        channels["frames-" + lane] = channel(
            f"Frames, {lane} lane", "One connection per lane over TLS 1.3, TCP on loopback, or a Unix socket.",
            "receiver", *both, address=lane)
        for who, action in (("sender", "send"), ("receiver", "receive")):
            operations[f"frames-{lane}-{action}"] = {
                "action": action,
                "channel": ref("channels", "frames-" + lane),
                "summary": f"What the {who} says",
                "messages": [ref(f"channels/frames-{lane}/messages", name) for name in SAID[who]],
            }
        channels["webhook-" + lane] = channel(
            f"Webhook, {lane} lane",
            "CloudEvents 1.0 over HTTPS, structured, binary or batched; the path is the hook's own.",
            "webhook", *by_lane[lane], address="/")
        operations["webhook-" + lane] = {
            "action": "send",
            "channel": ref("channels", "webhook-" + lane),
            "messages": [ref(f"channels/webhook-{lane}/messages", name) for name in by_lane[lane]],
        }
    servers, more_channels, more_operations, more_messages = of_plugins()
    channels |= more_channels
    operations |= more_operations
    messages |= more_messages
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Alliance SDK: reports",
            "version": version,
            "description": "What a therapy platform tells the systems that it reports to. See docs/delivery.md.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "receiver": {"host": "reports.example.org:7443", "protocol": "tls", "description": "alliance listen, or a receiver of your own"},
            "webhook": {"host": "hooks.example.org", "protocol": "https"},
            **servers,
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": tables},
    }


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    reports, envelope, kind_table, version, output = sys.argv[1:]
    tables = definitions(reports) | definitions(envelope)
    rows = kinds(kind_table)
    known = set(tables["ReportBody"]["enum"]) - {"NONE"}
    missing = known - {table for table, _, _ in rows}
    if missing:
        sys.exit(f"asyncapi.py: {kind_table} names no kind for {', '.join(sorted(missing))}")
    with open(output, "w", encoding="utf-8") as out:
        json.dump(document(tables, rows, version), out, indent=1, ensure_ascii=False)
        out.write("\n")


main()
