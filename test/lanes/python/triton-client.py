"""Asks a model server what NVIDIA's own HTTP client can ask, and prints the answers as JSON.

    python triton-client.py HOST:PORT MODEL_FILE
"""
import base64
import json
import pathlib
import sys

import numpy as np
import tritonclient.http as triton

client = triton.InferenceServerClient(sys.argv[1])


def tensor(name, array, datatype, binary=True):
    made = triton.InferInput(name, list(array.shape), datatype)
    made.set_data_from_numpy(array, binary_data=binary)
    return made


def infer(model, inputs, output, binary=True, classes=0, **options):
    asked = None if output is None else [triton.InferRequestedOutput(output, binary_data=binary, class_count=classes)]
    return client.infer(model, inputs, outputs=asked, **options)


def refused(act):
    try:
        act()
    except triton.InferenceServerException as error:
        return [error.status(), error.message()]
    return None


x = np.arange(8, dtype=np.float32).reshape(2, 4)
answers = {}

# Every combination of forms, and of compression: large enough that the answer is compressed.
large = np.tile(x, (200, 1))
answers["scale"] = [
    bool(
        np.array_equal(
            infer(
                "scale",
                [tensor("X", large, "FP32", sent)],
                "Y",
                got,
                request_compression_algorithm=request,
                response_compression_algorithm=response,
            ).as_numpy("Y"),
            2 * large,
        )
    )
    for sent in (True, False)
    for got in (True, False)
    for request in (None, "gzip", "deflate")
    for response in (None, "gzip", "deflate")
]
# Without outputs the client asks for all in binary form.
answers["default"] = infer("scale", [tensor("X", x, "FP32")], None).as_numpy("Y").tolist()

# Every datatype there and back.
arrays = {
    "BOOL": np.array([[True, False]]),
    "UINT8": np.array([[0, 255]], np.uint8),
    "UINT16": np.array([[0, 65535]], np.uint16),
    "UINT32": np.array([[0, 2**32 - 1]], np.uint32),
    "UINT64": np.array([[0, 2**64 - 1]], np.uint64),
    "INT8": np.array([[-128, 127]], np.int8),
    "INT16": np.array([[-(2**15), 2**15 - 1]], np.int16),
    "INT32": np.array([[-(2**31), 2**31 - 1]], np.int32),
    "INT64": np.array([[-(2**63), 2**63 - 1]], np.int64),
    "FP16": np.array([[-0.5, np.inf]], np.float16),
    "FP32": np.array([[0.1, np.nan]], np.float32),
    "FP64": np.array([[0.1, -np.inf]], np.float64),
    "BYTES": np.array([["é".encode(), b""]], np.object_),
}
answers["datatypes"] = {
    datatype: infer(f"identity_{datatype.lower()}", [tensor("X", array, datatype)], "Y").as_numpy("Y").tobytes().hex()
    == array.tobytes().hex()
    if datatype != "BYTES"
    else infer("identity_bytes", [tensor("X", array, datatype)], "Y").as_numpy("Y").tolist() == array.tolist()
    for datatype, array in arrays.items()
}

answers["classes"] = [
    each.decode() for each in infer("scale", [tensor("X", x[:1], "FP32")], "Y", classes=2).as_numpy("Y").reshape(-1)
]
parameters = {"request_id": "a", "priority": 1, "timeout": 10_000_000, "parameters": {"note": "x"}}
answers["id"] = infer("scale", [tensor("X", x, "FP32")], "Y", **parameters).get_response()["id"]
answers["several"] = [
    each.get_result().as_numpy("Y").tolist()
    for each in [client.async_infer("scale", [tensor("X", x[:1] * n, "FP32")]) for n in (1, 2)]
]

answers["live"] = [client.is_server_live(), client.is_server_ready(), client.is_model_ready("scale", "2")]
answers["absent"] = client.is_model_ready("nobody")
answers["server"] = client.get_server_metadata()["name"]
answers["model"] = client.get_model_metadata("scale")["inputs"]
answers["config"] = client.get_model_config("scale")["input"][0]["data_type"]
answers["statistics"] = client.get_inference_statistics("scale")["model_stats"][0]["inference_stats"]["success"]["count"]

file = pathlib.Path(sys.argv[2]).read_bytes()
client.load_model("sent", config=json.dumps({"backend": "onnxruntime"}), files={"file:1/model.onnx": file})
answers["sent"] = infer("sent", [tensor("X", x, "FP32")], "Y").as_numpy("Y").tolist()
answers["index"] = [each for each in client.get_model_repository_index() if each["name"] == "sent"]
client.unload_model("sent")
answers["unloaded"] = client.is_model_ready("sent")

answers["log"] = client.update_log_settings({"log_verbose_level": 1})["log_verbose_level"]
client.update_log_settings({"log_error": False})
answers["trace"] = client.update_trace_settings(None, {"trace_rate": "5"})["trace_rate"]
answers["model trace"] = client.get_trace_settings("scale")["trace_rate"]

answers["unknown"] = refused(lambda: infer("nobody", [tensor("X", x, "FP32")], "Y"))
answers["sequence"] = refused(lambda: infer("scale", [tensor("X", x, "FP32")], "Y", sequence_id=1, sequence_start=True))
answers["memory"] = refused(lambda: client.get_system_shared_memory_status())
print(json.dumps(answers))
