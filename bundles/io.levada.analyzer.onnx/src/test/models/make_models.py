"""Makes the small models that the tests of analyzer.onnx use; needs the package onnx. python3 make_models.py FOLDER"""

import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
FLOAT = TensorProto.FLOAT


def value(name, shape):
    return helper.make_tensor_value_info(name, FLOAT, shape)


def write(name, nodes, inputs, outputs, initial=(), opset=17, names=""):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initial))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    if names:
        helper.set_model_props(model, {"names": names})
    save(model, folder / name)


def constant(name, array):
    return numpy_helper.from_array(np.array(array), name)


COLOURS = "{0: 'red', 1: 'green', 2: 'blue'}"
MEAN = helper.make_node("ReduceMean", ["images"], ["mean"], axes=[2, 3], keepdims=0)
TEN = constant("ten", np.float32(10))
# how red, green and blue a picture is, as logits
classes = [MEAN, helper.make_node("Mul", ["mean", "ten"], ["scores"])]
write("classes.onnx", classes, [value("images", ["n", 3, 8, 8])], [value("scores", ["n", 3])], [TEN], names=COLOURS)
write("fixed.onnx", classes, [value("images", [2, 3, 8, 8])], [value("scores", [2, 3])], [TEN], names=COLOURS)
# one row however many pictures there are
write(
    "one-row.onnx",
    [MEAN, helper.make_node("ReduceMean", ["mean"], ["scores"], axes=[0], keepdims=1)],
    [value("images", ["n", 3, 8, 8])],
    [value("scores", ["n", 3])],
    names=COLOURS,
)
# two outputs of no meaning
write(
    "inverse.onnx",
    [
        helper.make_node("Sub", ["one", "images"], ["inverse"]),
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=1),
    ],
    [value("images", ["n", 3, 16, 16])],
    [value("inverse", ["n", 3, 16, 16]), value("mean", ["n", 1, 1, 1])],
    [constant("one", np.float32(1))],
)


def cells(name, batch="n", kind=FLOAT):
    """A detector as YOLOv8 puts it out: each cell of 4x4 pixels is a box as red, green and blue as it is."""
    float_kind = FLOAT if kind == TensorProto.UINT8 else kind
    element = np.float16 if float_kind == TensorProto.FLOAT16 else np.float32
    middles = [4 * i + 2 for i in range(4)]
    places = [[x for _ in middles for x in middles], [y for y in middles for _ in middles], [4] * 16, [4] * 16]
    nodes = []
    if kind == TensorProto.UINT8:
        nodes.append(helper.make_node("Cast", ["images"], ["numbers"], to=FLOAT))
        nodes.append(helper.make_node("Div", ["numbers", "most"], ["colours"]))
    else:
        nodes.append(helper.make_node("Identity", ["images"], ["colours"]))
    nodes += [
        helper.make_node("AveragePool", ["colours"], ["cells"], kernel_shape=[4, 4], strides=[4, 4]),
        helper.make_node("Reshape", ["cells", "flat"], ["scores"]),
        helper.make_node("ReduceMean", ["colours"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Slice", ["mean", "from", "to", "axis"], ["one"]),
        helper.make_node("Unsqueeze", ["one", "last"], ["each"]),
        helper.make_node("Mul", ["each", "none"], ["zero"]),
        helper.make_node("Add", ["zero", "places"], ["boxes"]),  # as often as there are pictures
        helper.make_node("Concat", ["boxes", "scores"], ["output0"], axis=1),
    ]
    write(
        name,
        nodes,
        [helper.make_tensor_value_info("images", kind, [batch, 3, 16, 16])],
        [helper.make_tensor_value_info("output0", float_kind, [batch, 7, 16])],
        [
            constant("most", np.float32(255)),
            constant("flat", np.array([0, 3, 16], np.int64)),
            constant("from", np.array([0], np.int64)),
            constant("to", np.array([1], np.int64)),
            constant("axis", np.array([1], np.int64)),
            constant("last", np.array([2], np.int64)),
            constant("none", element(0)),
            constant("places", np.array([places], element)),
        ],
        names=COLOURS,
    )


cells("cells.onnx")
cells("cells-f16.onnx", kind=TensorProto.FLOAT16)
cells("cells-u8.onnx", kind=TensorProto.UINT8)
cells("cells-1.onnx", batch=1)
cells("cells-8.onnx", batch=8)
# what can't be
identity = [helper.make_node("Identity", ["images"], ["same"])]
write("opset.onnx", identity, [value("images", ["n", 3, 8, 8])], [value("same", ["n", 3, 8, 8])], opset=9999)
unknown = [helper.make_node("NoSuchOperator", ["images"], ["same"])]
write("operator.onnx", unknown, [value("images", ["n", 3, 8, 8])], [value("same", ["n", 3, 8, 8])])
two = [helper.make_node("Add", ["a", "b"], ["sum"])]
write("two-inputs.onnx", two, [value("a", ["n", 3, 8, 8]), value("b", ["n", 3, 8, 8])], [value("sum", ["n", 3, 8, 8])])
vector = [helper.make_node("Identity", ["a"], ["same"])]
write("vector.onnx", vector, [value("a", ["n", 7])], [value("same", ["n", 7])])
(folder / "text.onnx").write_text("This is no model.\n")
