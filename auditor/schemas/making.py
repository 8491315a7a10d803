"""Makes the JSON Schemas from the models and the descriptions beside them.

The draft is that of 2018 (7), which every editor's plugin for TOML knows. A description is in
English, and behind a blank line in Japanese.
"""

from __future__ import annotations

import json
from typing import Any, Final, cast

from pydantic import BaseModel

from auditor.forms.checks import LABELS
from auditor.forms.model import FORM_NAME, Form
from auditor.records.fields import SCOPES
from auditor.records.text import Text
from auditor.rules.findings import OUTCOMES
from auditor.rules.rule import CODE, NAME, RuleFile
from auditor.schemas.descriptions import descriptions, plain
from auditor.schemas.of_tuples import Keys, of_tuple
from auditor.schemas.shipped import SCHEMAS, SchemaName, schema_file
from auditor.settings.model import Settings
from auditor.waivers.model import Waiver

__all__ = ["Schema", "made", "write_schemas"]

Schema = dict[str, Any]

_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_TITLES: Final[dict[SchemaName, Text]] = {
    "rule": Text(en="a rule file of sheet-auditor", ja="規則ファイル"),
    "form": Text(en="a form file of sheet-auditor", ja="様式ファイル"),
    "settings": Text(en="a settings file of sheet-auditor", ja="設定ファイル"),
    "waivers": Text(en="a file of waivers of sheet-auditor", ja="確認済みファイル"),
}
_NOT_IN_FILE: Final = ("file", "line")
"""What a waiver has that its file does not say."""
_TEXT: Final[Schema] = {"$ref": "#/definitions/Text"}
_IN_A_FORM: Final = ("code", "title", "formula")
"""What a rule in the file of a form needs."""


def write_schemas() -> None:
    """Write all schemas into the package."""
    for name in SCHEMAS:
        schema_file(name).write_text(schema_json(name), encoding="utf-8")


def schema_json(name: SchemaName) -> str:
    """A schema as the file that is shipped has it."""
    return json.dumps(made(name), ensure_ascii=False, indent=1) + "\n"


def made(name: SchemaName) -> Schema:
    """The schema of a kind of files."""
    match name:
        case "rule":
            schema = _of_rules()
        case "form":
            schema = _of_forms()
        case "settings":
            schema = of_tuple(Settings, (), described_settings())
        case "waivers":
            schema = _of_waivers()
    title = _TITLES[name]
    return {"$schema": _DRAFT, "title": title.en, "description": _both(title), **schema}


def _both(text: Text) -> str:
    return f"{text.en}\n\n{text.ja}"


def _described(model: str, key: str) -> str:
    """The description of a key, which a model without one refuses."""
    return _both(plain(descriptions()[model][key]))


def described_settings() -> Keys:
    """The descriptions of settings, by their dotted keys."""
    sections = descriptions()
    texts = {**sections["Sections"], **sections["Settings"]}
    return {key: _both(plain(text)) for key, text in texts.items()}


# — rules —


def _of_rules() -> Schema:
    schema = _of_model(RuleFile)
    properties = schema["properties"]
    properties["code"]["pattern"] = f"^{CODE.pattern}$"
    properties["name"]["pattern"] = f"^{NAME.pattern}$"
    properties["cases"]["items"] = _case("form", "outcome")
    # A finding of the readers has no formula; every other rule that is no Python file has one.
    of_reading = {"properties": {"each": {"const": "reading"}}}
    return {**schema, "if": of_reading, "else": {"required": ["formula"]}}


def _case(*required: str) -> Schema:
    """A case: keys about it, and the row that it describes, whose keys depend on the form."""
    kinds: dict[str, Schema] = {
        key: {"type": "string"} for key in ("form", "figure", "equation", "note")
    }
    kinds |= {
        "layout": {"enum": ["list", "items"]},
        "sums": {"enum": ["exact", "rounded", "undeclared"]},
        "declares": {"type": "object"},
        "outcome": {"enum": list(OUTCOMES)},
        "expected": {"type": ["number", "string"]},
        "severity": {"enum": ["error", "warning", "note"]},
        "suspects": {"type": "array", "items": {"type": "string"}},
    }
    properties: Schema = {}
    for key in descriptions()["Case"]:
        properties[key] = {**kinds[key], "description": _described("Case", key)}
    return {"type": "object", "properties": properties, "required": list(required)}


# — forms —


def _of_forms() -> Schema:
    schema = _of_model(Form)
    properties = schema["properties"]
    properties["name"]["pattern"] = f"^{FORM_NAME.pattern}$"
    properties["fields"] |= _fields()
    properties["labels"]["properties"] = _labels(properties["labels"]["additionalProperties"])
    properties["rules"]["items"] = {"$ref": "#/definitions/FormRule"}
    schema["definitions"]["FormRule"] = _rule_in_a_form()
    return schema


def _fields() -> Schema:
    """The figures: those that every form knows, with what they are called, and others."""
    definition: Schema = {"$ref": "#/definitions/FieldDefinition"}
    properties: Schema = {}
    for each in ("sheet", "year"):
        for field in SCOPES[each].fields:
            if field.kind == "figure":
                name = _both(Text(en=field.en, ja=field.ja))
                properties[field.name] = {"allOf": [definition], "description": name}
    properties["funding"] = {
        "type": "object",
        "additionalProperties": definition,
        "description": "the funding sources, by names of your own\n\n財源（名前は自由に付けます）",
    }
    return {"properties": properties, "additionalProperties": definition}


def _labels(texts: Schema) -> Schema:
    """The headings that have a meaning, with what stands under each."""
    names: dict[str, Text] = {}
    for each in ("evaluation", "year", "sheet"):
        named = (field for field in SCOPES[each].fields if field.en)
        names |= {field.name: Text(en=field.en, ja=field.ja) for field in named}
    properties: Schema = {}
    for label in LABELS:
        described = {"description": _both(names[label])} if label in names else {}
        properties[label] = {**texts, **described}
    return properties


def _rule_in_a_form() -> Schema:
    """A rule in the file of a form: like one of its own, with less that has to be said."""
    rule = _of_rules()
    properties = {key: kind for key, kind in rule["properties"].items() if key != "forms"}
    for key in ("title", "why", "action"):
        texts = [{"type": "string"}, _TEXT]
        properties[key] = {"anyOf": texts, "description": properties[key]["description"]}
    properties["cases"]["items"] = _case("outcome")
    return {
        "type": "object",
        "properties": properties,
        "required": list(_IN_A_FORM),
        "additionalProperties": False,
    }


# — waivers —


def _of_waivers() -> Schema:
    waiver = _of_model(Waiver)
    for name in _NOT_IN_FILE:
        del waiver["properties"][name]
    entries = "the findings that are accepted as they are\n\n訂正不要とした指摘"
    return {
        "type": "object",
        "properties": {"waiver": {"type": "array", "items": waiver, "description": entries}},
        "additionalProperties": False,
    }


# — what pydantic says of a model —


def _of_model(model: type[BaseModel]) -> Schema:
    """The schema of a model in the terms of draft 7, with our descriptions."""
    raw = model.model_json_schema(by_alias=True)
    models: Schema = raw.pop("$defs", {})
    schema = _of_table(model.__name__, raw)
    if models:
        schema["definitions"] = {name: _of_table(name, part) for name, part in models.items()}
    return schema


def _of_table(model: str, raw: Schema) -> Schema:
    """One model: what pydantic adds for readers of Python is left out."""
    properties: Schema = {}
    for key, part in raw["properties"].items():
        if model == Waiver.__name__ and key in _NOT_IN_FILE:
            properties[key] = {}
            continue
        properties[key] = {**_value(part), "description": _described(model, key)}
    schema: Schema = {"type": "object", "properties": properties}
    if raw.get("required"):
        schema["required"] = raw["required"]
    return {**schema, "additionalProperties": False}


_KEPT: Final = (
    *("type", "enum", "const", "pattern", "format", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum"),
)


def _value(raw: Schema) -> Schema:
    """The kind of a value. TOML has no null, and a reference stands alone."""
    if "$ref" in raw:
        name = raw["$ref"].rpartition("/")[2]
        return {"allOf": [{"$ref": f"#/definitions/{name}"}]}
    if "anyOf" in raw:
        return _one_of([part for part in raw["anyOf"] if part.get("type") != "null"])
    schema: Schema = {key: raw[key] for key in _KEPT if key in raw}
    if isinstance(raw.get("items"), dict):
        schema["items"] = _value(raw["items"])
    further = raw.get("additionalProperties")
    if isinstance(further, dict):
        schema["additionalProperties"] = _value(cast(Schema, further))
    if "propertyNames" in raw:
        schema["propertyNames"] = _value(raw["propertyNames"])
    return schema


def _one_of(options: list[Schema]) -> Schema:
    """A value of one of several kinds; words that may stand there are one list."""
    if len(options) == 1:
        return _value(options[0])
    if all("enum" in option or "const" in option for option in options):
        words: list[str] = []
        for option in options:
            words += option.get("enum", [option.get("const")])
        return {"type": "string", "enum": words}
    return {"anyOf": [_value(option) for option in options]}
