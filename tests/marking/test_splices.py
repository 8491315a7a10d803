"""Splicing: elements are found where they stand, and a patch changes nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given
from hypothesis import strategies as st

from auditor.marking.workbook.splices import Patch, tags

TEXTS = st.text("<>&\"'a 円\n", max_size=5)
ATTRIBUTES = st.dictionaries(st.sampled_from(["r", "s", "min", "x:id"]), TEXTS, max_size=3)
NAMESPACES = 'xmlns:x="urn:x"'


def element(name: str, attributes: dict[str, str], text: str, children: list[str]) -> str:
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    content = escape(text) + "".join(children)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written} />"


NAMES = st.sampled_from(["row", "c", "x:c"])
ELEMENTS = st.recursive(
    st.builds(element, NAMES, ATTRIBUTES, TEXTS, st.just([])),
    lambda children: st.builds(element, NAMES, ATTRIBUTES, TEXTS, st.lists(children, max_size=3)),
    max_leaves=8,
)
PARTS = st.builds(
    lambda prefix, children: f"<{prefix}root {NAMESPACES}>{''.join(children)}</{prefix}root>",
    st.sampled_from(["", "x:"]),
    st.lists(ELEMENTS, min_size=1, max_size=3),
).map(str.encode)


def parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)


def canonical(tree: ET.Element) -> str:
    return ET.canonicalize(ET.tostring(tree, encoding="unicode"))


@given(PARTS)
def test_elements_are_found_in_order_with_their_offsets(data: bytes) -> None:
    elements, prefix = tags(data, lambda name, depth: True)
    nodes = list(parsed(data).iter())
    assert prefix == ("x:" if data.startswith(b"<x:") else "")
    assert [tag.name for tag in elements] == [node.tag.rpartition("}")[2] for node in nodes]
    for tag, node in zip(elements, nodes, strict=True):
        if tag.depth:
            alone = f"<root {NAMESPACES}>".encode() + data[tag.start : tag.end] + b"</root>"
            node.tail = None
            assert canonical(parsed(alone)[0]) == canonical(node)
        assert data[tag.open_end - 1 : tag.open_end] == b">"
        assert tag.self_closing == (data[tag.open_end - 2 : tag.open_end] == b"/>")


@given(PARTS, st.data())
def test_a_patch_changes_nothing_else(data: bytes, draw: st.DataObject) -> None:
    elements, _ = tags(data, lambda name, depth: True)
    numbers = st.integers(0, len(elements) - 1)
    longer, changed = draw.draw(numbers), draw.draw(numbers)
    patch, tree = Patch(data), parsed(data)
    nodes = list(tree.iter())

    prefixed = data[elements[longer].start + 1 :].startswith(b"x:")
    patch.append(elements[longer], "<new/>", "x:" if prefixed else "")
    ET.SubElement(nodes[longer], "new")
    if changed != longer or not elements[longer].self_closing:
        value = draw.draw(TEXTS)
        patch.set_attributes(elements[changed], {"s": value})
        nodes[changed].set("s", value)

    assert canonical(parsed(patch.result)) == canonical(tree)
