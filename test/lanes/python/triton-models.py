"""Writes the models that the example programs of NVIDIA's client ask, made again as ONNX: python triton-models.py FOLDER

simple, simple_int8, simple_string: OUTPUT0 is the sum and OUTPUT1 the difference of two rows of 16; strings hold whole numbers.
simple_identity: strings as they are. simple_sequence: an identity of one number, without state.
"""
import pathlib
import sys

from onnx import TensorProto, checker, helper, save

NAMES = ("INPUT0", "INPUT1"), ("OUTPUT0", "OUTPUT1")
TYPES = {TensorProto.INT32: "INT32", TensorProto.INT8: "INT8", TensorProto.STRING: "STRING"}


def write(root, name, kind, nodes, inputs, outputs, dims):
    shape = ["n", "m" if dims < 0 else dims]
    tensors = [[helper.make_tensor_value_info(each, kind, shape) for each in names] for names in (inputs, outputs)]
    model = helper.make_model(helper.make_graph(nodes, name, *tensors), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    folder = root / name / "1"
    folder.mkdir(parents=True)
    save(model, folder / "model.onnx")
    parts = [(part, each) for part, names in (("input", inputs), ("output", outputs)) for each in names]
    text = [f'{part} {{ name: "{each}" data_type: TYPE_{TYPES[kind]} dims: {dims} }}' for part, each in parts]
    (folder.parent / "config.pbtxt").write_text("\n".join(["max_batch_size: 8", *text, ""]))


def main():
    root = pathlib.Path(sys.argv[1])
    work = [helper.make_node("Add", ["a", "b"], ["sum"]), helper.make_node("Sub", ["a", "b"], ["less"])]
    wide = TensorProto.INT32
    for name, kind in (("simple", TensorProto.INT32), ("simple_int8", TensorProto.INT8), ("simple_string", TensorProto.STRING)):
        # onnxruntime has no sum of INT8 and none of text.
        into = [helper.make_node("Cast", [own], [to], to=wide) for own, to in zip(NAMES[0], "ab")]
        back = [helper.make_node("Cast", [own], [to], to=kind) for own, to in zip(("sum", "less"), NAMES[1])]
        write(root, name, kind, [*into, *work, *back], *NAMES, 16)
    same = [helper.make_node("Identity", ["INPUT0"], ["OUTPUT0"])]
    write(root, "simple_identity", TensorProto.STRING, same, ["INPUT0"], ["OUTPUT0"], -1)
    for name in ("simple_sequence", "simple_dyna_sequence"):
        write(root, name, wide, [helper.make_node("Identity", ["INPUT"], ["OUTPUT"])], ["INPUT"], ["OUTPUT"], 1)


if __name__ == "__main__":
    main()
