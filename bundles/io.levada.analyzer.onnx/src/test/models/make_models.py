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
