"""The JSON Schema of content files and of agency.toml, by which editors complete and underline.

Made from the models that `check` uses. TOML has no null, and a date there is a value of its own,
which taplo and tombi know by `format`. Every key tells its Chinese title in its description, too:
taplo shows nothing else.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from pipeline.content.schema import AgencyModel, model
from pipeline.form.forms import Form

REPORT, AGENCY = "report.schema.json", "agency.schema.json"
"""The files that hold it: in the folder of a form, and in the folder of layouts."""
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def report_schema(form: Form) -> dict[str, Any]:
    """The JSON Schema of a content file in `form`."""
    return _whole(model(form), f"年报内容：{form.title}")


def agency_schema() -> dict[str, Any]:
    """The JSON Schema of agency.toml."""
    return _whole(AgencyModel, "机关信息：agency.toml")


class _Toml(GenerateJsonSchema):
    """What can stand in TOML: no null, and no defaults, which would be null or blank."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def _whole(described: type[BaseModel], title: str) -> dict[str, Any]:
    made = described.model_json_schema(schema_generator=_Toml)
    definitions = {name: _unnamed(inner) for name, inner in made.pop("$defs", {}).items()}
    recursive = {name: _plain(definitions[name], definitions) for name in _recursive(definitions)}
    return {
        "$schema": _DRAFT,
        "x-tombi-toml-version": "v1.0.0",
        "title": title,
        **_plain(_unnamed(made), definitions),
        **({"$defs": recursive} if recursive else {}),
    }


def _unnamed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A model's schema without its name and docstring, which are ours."""
    return {key: value for key, value in schema.items() if key not in {"title", "description"}}


def _recursive(definitions: Mapping[str, Any]) -> list[str]:
    """The definitions that refer to themselves; others are put in the place of their name."""
    return [name for name, inner in definitions.items() if f"'#/$defs/{name}'" in str(inner)]


def _plain(schema: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """A schema with models in the place of their names, and titles in the descriptions."""
    if isinstance(schema, list):
        return [_plain(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in _recursive(definitions):
        schema = {**definitions[name], **{k: v for k, v in schema.items() if k != "$ref"}}
    return {
        key: {name: _described(_plain(inner, definitions)) for name, inner in value.items()}
        if key == "properties"
        else _plain(value, definitions)
        for key, value in schema.items()
    }


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """A key's schema: its description begins with its title."""
    told = [schema[key].rstrip("。") for key in ("title", "description") if schema.get(key)]
    return {**schema, "description": "。".join(told) + "。"}
