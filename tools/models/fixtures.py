"""Writes the small ONNX models that the runtime's tests serve (test/fixtures/runtime/models and test/fixtures/runtime/triton).

    pip install onnx numpy && python tools/models/fixtures.py

They are made here, from nothing: no data set and no published model is in them.
"""
import pathlib
import shutil

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "test/fixtures/runtime"
ROOT = FIXTURES / "models"
# The models that a real Triton was asked, as ONNX.
TRITON = FIXTURES / "triton"
# IR 8 and opset 17 are read by every onnxruntime of the last years; 8-bit floats need opset 19.

IDENTITIES = {
    "bool": TensorProto.BOOL,
    "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16,
    "uint32": TensorProto.UINT32,
    "uint64": TensorProto.UINT64,
    "int8": TensorProto.INT8,
    "int16": TensorProto.INT16,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "fp16": TensorProto.FLOAT16,
    "bf16": TensorProto.BFLOAT16,
    "fp32": TensorProto.FLOAT,
    "fp64": TensorProto.DOUBLE,
    "bytes": TensorProto.STRING,
}


def write(name, nodes, inputs, outputs, constants=(), version=1, opset=17, root=ROOT):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9 if opset > 17 else 8, producer_name="plinth-fixtures")
    checker.check_model(model)
    folder = root / name / str(version)
    folder.mkdir(parents=True)
    save(model, folder / "model.onnx")


def info(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    for short, kind in IDENTITIES.items():
        write(
            f"identity_{short}",
            [helper.make_node("Identity", ["X"], ["Y"])],
            [info("X", kind, ["n", 2])],
            [info("Y", kind, ["n", 2])],
        )

    # Two versions that answer differently: Y = X * version.
    for version in (1, 2):
        write(
            "scale",
            [helper.make_node("Mul", ["X", "factor"], ["Y"])],
            [info("X", TensorProto.FLOAT, ["n", 4])],
            [info("Y", TensorProto.FLOAT, ["n", 4])],
            [numpy_helper.from_array(np.array(version, np.float32), "factor")],
            version,
        )

    # Two inputs, two outputs; 1 / 0 makes it answer Infinity, 0 / 0 NaN.
    write(
        "ratio",
        [helper.make_node("Div", ["A", "B"], ["quotient"]), helper.make_node("Add", ["A", "B"], ["sum"])],
        [info("A", TensorProto.FLOAT, ["n"]), info("B", TensorProto.FLOAT, ["n"])],
        [info("quotient", TensorProto.FLOAT, ["n"]), info("sum", TensorProto.FLOAT, ["n"])],
    )

    # An FP32 input with an FP16 and an FP32 output: the first cannot be sent as JSON.
    write(
        "halves",
        [helper.make_node("Cast", ["X"], ["half"], to=TensorProto.FLOAT16), helper.make_node("Identity", ["X"], ["full"])],
        [info("X", TensorProto.FLOAT, ["n"])],
        [info("half", TensorProto.FLOAT16, ["n"]), info("full", TensorProto.FLOAT, ["n"])],
    )

    # Fails while it runs on an index that the table does not have.
    write(
        "lookup",
        [helper.make_node("Gather", ["table", "index"], ["Y"])],
        [info("index", TensorProto.INT64, ["n"])],
        [info("Y", TensorProto.FLOAT, ["n"])],
        [numpy_helper.from_array(np.array([1, 2, 3], np.float32), "table")],
    )

    # Fails on the zeros of a warm-up: it reads a table of three at |index - 4|.
    write(
        "picky",
        [
            helper.make_node("Sub", ["index", "four"], ["shifted"]),
            helper.make_node("Abs", ["shifted"], ["at"]),
            helper.make_node("Gather", ["table", "at"], ["Y"]),
        ],
        [info("index", TensorProto.INT64, ["n"])],
        [info("Y", TensorProto.FLOAT, ["n"])],
        [
            numpy_helper.from_array(np.array(4, np.int64), "four"),
            numpy_helper.from_array(np.array([2, 3, 4], np.float32), "table"),
        ],
    )

    # What has no place in the protocol: sequences, and an element type without a name there.
    x = info("X", TensorProto.FLOAT, ["n"])
    sequence = helper.make_tensor_sequence_value_info("S", TensorProto.FLOAT, None)
    construct = helper.make_node("SequenceConstruct", ["X"], ["S"])
    write("sequence", [construct], [x], [sequence])
    write(
        "tensor_and_sequence",
        [construct, helper.make_node("Identity", ["X"], ["Y"])],
        [x],
        [sequence, info("Y", TensorProto.FLOAT, ["n"])],
    )
    write(
        "sequence_input",
        [helper.make_node("SequenceLength", ["S"], ["Y"])],
        [sequence],
        [info("Y", TensorProto.INT64, [])],
    )
    write(
        "float8",
        [helper.make_node("Cast", ["X"], ["Y"], to=TensorProto.FLOAT)],
        [info("X", TensorProto.FLOAT8E4M3FN, ["n"])],
        [info("Y", TensorProto.FLOAT, ["n"])],
        opset=19,
    )

    # As slow as it is told: `rounds` matrix products of 128 x 128, about 0.1 ms each.
    body = helper.make_graph(
        [
            helper.make_node("MatMul", ["state_in", "weights"], ["state_out"]),
            helper.make_node("Identity", ["go_in"], ["go_out"]),
        ],
        "round",
        [info("i", TensorProto.INT64, []), info("go_in", TensorProto.BOOL, []), info("state_in", TensorProto.FLOAT, [128, 128])],
        [info("go_out", TensorProto.BOOL, []), info("state_out", TensorProto.FLOAT, [128, 128])],
    )
    write(
        "slow",
        [
            helper.make_node("Squeeze", ["rounds"], ["count"]),
            helper.make_node("ConstantOfShape", ["square"], ["weights"], value=helper.make_tensor("v", TensorProto.FLOAT, [1], [1 / 128])),
            helper.make_node("Loop", ["count", "go", "weights"], ["state"], body=body),
            helper.make_node("ReduceMean", ["state"], ["Y"], axes=[0, 1], keepdims=0),
        ],
        [info("rounds", TensorProto.INT64, [1])],
        [info("Y", TensorProto.FLOAT, [])],
        [
            numpy_helper.from_array(np.array([128, 128], np.int64), "square"),
            numpy_helper.from_array(np.array(True), "go"),
        ],
    )

    triton()


def triton():
    shutil.rmtree(TRITON, ignore_errors=True)
    # Y = 2 * X, batched.
    write(
        "m",
        [helper.make_node("Add", ["X", "X"], ["Y"])],
        [info("X", TensorProto.FLOAT, ["n", 4])],
        [info("Y", TensorProto.FLOAT, ["n", 4])],
        root=TRITON,
    )
    (TRITON / "m/config.pbtxt").write_text(
        'max_batch_size: 8\n'
        'input { name: "X" data_type: TYPE_FP32 dims: 4 }\n'
        'output { name: "Y" data_type: TYPE_FP32 dims: 4 }\n'
        "dynamic_batching { }\n"
    )
    # Infinity or NaN, a whole number, and FP16, which has no form in JSON.
    write(
        "n",
        [
            helper.make_node("Div", ["X", "zero"], ["N"]),
            helper.make_node("Cast", ["X"], ["I"], to=TensorProto.INT64),
            helper.make_node("Cast", ["X"], ["H"], to=TensorProto.FLOAT16),
        ],
        [info("X", TensorProto.FLOAT, [1])],
        [info("N", TensorProto.FLOAT, [1]), info("I", TensorProto.INT64, [1]), info("H", TensorProto.FLOAT16, [1])],
        [numpy_helper.from_array(np.array(0, np.float32), "zero")],
        root=TRITON,
    )
    write(
        "s",
        [helper.make_node("Identity", ["X"], ["Y"])],
        [info("X", TensorProto.STRING, ["n"])],
        [info("Y", TensorProto.STRING, ["n"])],
        root=TRITON,
    )
    (TRITON / "bad").mkdir()
    (TRITON / "bad/config.pbtxt").write_text("max_batch_size {{{\n")


if __name__ == "__main__":
    main()
