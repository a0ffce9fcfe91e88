"""The five tools as the model sees them: names, descriptions and the schemas of their arguments."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field


class Arguments(BaseModel):
    """What a model hands to a tool; an unknown argument is refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ReadFile(Arguments):
    """Arguments of read_file."""

    file_path: str = Field(
        description="Path of the document, as list_files and search_files name it."
    )
    offset: int = Field(1, ge=1, description="First line to show, counted from 1.")
    limit: int | None = Field(None, ge=1, description="How many lines to show; all by default.")


class WriteFile(Arguments):
    """Arguments of write_file."""

    file_path: str = Field(description="Path of the document.")
    content: str = Field(
        description="The whole new content, or with mode 'a' what to add at the end."
    )
    mode: Literal["w", "a"] = Field("w", description="'w' replaces or creates, 'a' appends.")


class ListFiles(Arguments):
    """Arguments of list_files."""

    directory: str = Field("", description="Folder to list; '' is the whole knowledge base.")
    pattern: str = Field(
        "**/*",
        description="Glob under the folder: '*' stays within one folder, '**/*' is every file, '**/*.md' …",
    )


class DeleteFile(Arguments):
    """Arguments of delete_file."""

    file_path: str = Field(description="Path of the document.")


class SearchFiles(Arguments):
    """Arguments of search_files."""

    search_text: str = Field(
        min_length=1, description="Text to find within one line; case does not count. No regex."
    )
    directory: str = Field("", description="Folder to search; '' is the whole knowledge base.")
    file_pattern: str = Field("*", description="Glob for file names, such as '*.md'.")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is called, what it promises the model, what it takes, whether it changes anything."""

    name: str
    description: str
    arguments: type[Arguments]
    writes: bool

    @property
    def definition(self) -> dict[str, Any]:
        """The tool as the Messages API takes it."""
        schema = self.arguments.model_json_schema()
        properties = {
            name: {word: value for word, value in field.items() if word != "title"}
            for name, field in schema["properties"].items()
        }
        return {
            "name": self.name,
            "description": self.description,
            "input_schema": {
                "type": "object",
                "properties": properties,
                "required": schema.get("required", []),
                "additionalProperties": False,
            },
        }


TOOLS: Final = (
    Tool(
        "read_file",
        "Read a document. Each line is shown with its number, for citations as [path:line]. A long document "
        "is cut with a note that says how to read on.",
        ReadFile,
        writes=False,
    ),
    Tool(
        "write_file",
        "Create a document, replace one, or append to one. An existing document is replaced only if you have "
        "read all of it in this conversation and nobody changed it since; else nothing is written and you "
        "are told why.",
        WriteFile,
        writes=True,
    ),
    Tool(
        "list_files",
        "List documents with their sizes in bytes.",
        ListFiles,
        writes=False,
    ),
    Tool(
        "delete_file",
        "Delete a document that you have read in this conversation and that nobody changed since.",
        DeleteFile,
        writes=True,
    ),
    Tool(
        "search_files",
        "Find lines that contain a text, in all documents at once. Shows at most five lines of each "
        "document, with their numbers. Ask for several different texts in one turn: they are searched at "
        "the same time.",
        SearchFiles,
        writes=False,
    ),
)
"""In the guide's order."""


def get_storage_tools() -> list[dict[str, Any]]:
    """Return the five tools as definitions for `tools=` of the Messages API; the caller may change them."""
    return [tool.definition for tool in TOOLS]
