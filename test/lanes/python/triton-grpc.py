"""Asks a model server over gRPC, and over asynchronous HTTP, what NVIDIA's own client can ask, and prints the answers as JSON.

    python triton-grpc.py HTTP_HOST:PORT GRPC_HOST:PORT

The server has the models of triton-models.py.
"""
import asyncio
import json
import queue
import sys

import numpy as np
import tritonclient.grpc as grpc
import tritonclient.grpc.aio as grpc_aio
import tritonclient.http as http
import tritonclient.http.aio as http_aio
from tritonclient.utils import InferenceServerException

first = np.arange(16, dtype=np.int32).reshape(1, 16)
second = np.ones((1, 16), np.int32)
client = grpc.InferenceServerClient(sys.argv[2], keepalive_options=grpc.KeepAliveOptions(keepalive_time_ms=20_000))
answers = {}


def tensors(module, datatype="INT32", arrays=(first, second)):
    made = [module.InferInput(f"INPUT{index}", list(array.shape), datatype) for index, array in enumerate(arrays)]
    for each, array in zip(made, arrays):
        each.set_data_from_numpy(array)
    return made


def right(result, convert=lambda array: array):
    total, less = (convert(result.as_numpy(f"OUTPUT{index}")) for index in range(2))
    return bool(np.array_equal(total, first + second) and np.array_equal(less, first - second))


def refused(act):
    try:
        act()
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


answers["infer"] = [
    right(client.infer("simple", tensors(grpc), compression_algorithm=algorithm, headers={"test": "1"}))
    for algorithm in (None, "gzip", "deflate")
]
narrow = tensors(grpc, "INT8", (first.astype(np.int8), second.astype(np.int8)))
answers["int8"] = right(client.infer("simple_int8", narrow))
text = [np.array([[str(x).encode() for x in row] for row in array], np.object_) for array in (first, second)]
answers["string"] = right(client.infer("simple_string", tensors(grpc, "BYTES", text)), lambda array: array.astype(np.int32))
outputs = [grpc.InferRequestedOutput("OUTPUT0", class_count=2)]
classes = client.infer("simple", tensors(grpc), outputs=outputs).as_numpy("OUTPUT0")
answers["classes"] = [each.decode() for each in classes.reshape(-1)]

results = queue.Queue()
for _ in range(4):
    client.async_infer("simple", tensors(grpc), callback=lambda result, error: results.put(error or result))
answers["async"] = [right(results.get(timeout=20)) for _ in range(4)]
client.start_stream(callback=lambda result, error: results.put(error or result))
for name in ("a", "b"):
    client.async_stream_infer("simple", tensors(grpc), request_id=name)
found = [results.get(timeout=20) for _ in range(2)]
answers["stream"] = sorted([each.get_response().id, right(each)] for each in found)
client.async_stream_infer("simple", tensors(grpc), sequence_id=1, sequence_start=True)
answers["stream sequence"] = str(results.get(timeout=20))
client.stop_stream()

answers["live"] = [client.is_server_live(), client.is_server_ready(), client.is_model_ready("simple", "1")]
answers["server"] = client.get_server_metadata().name
answers["model"] = [each.name for each in client.get_model_metadata("simple").inputs]
answers["config"] = client.get_model_config("simple").config.max_batch_size
answers["statistics"] = client.get_inference_statistics("simple").model_stats[0].inference_stats.fail.count
client.load_model("simple", config='{"max_batch_size":"16"}')
answers["loaded"] = client.get_model_config("simple").config.max_batch_size
client.unload_model("simple")
answers["unloaded"] = client.is_model_ready("simple")
client.load_model("simple")
answers["index"] = sorted(each.name for each in client.get_model_repository_index().models if each.state == "READY")
answers["log"] = client.update_log_settings({"log_verbose_level": 1}).settings["log_verbose_level"].uint32_param
answers["trace"] = list(client.update_trace_settings("simple", {"trace_rate": "5"}).settings["trace_rate"].value)

null = [np.array([[b"he\0llo"]], np.object_)]
answers["refused"] = {
    "model": refused(lambda: client.infer("nobody", tensors(grpc))),
    "sequence": refused(lambda: client.infer("simple", tensors(grpc), sequence_id=1, sequence_start=True)),
    "memory": refused(lambda: client.unregister_system_shared_memory()),
    "cuda": refused(lambda: client.get_cuda_shared_memory_status()),
    "null": refused(lambda: client.infer("simple_identity", tensors(grpc, "BYTES", null))),
}
small = [("grpc.max_send_message_length", 1024 * 1024), ("grpc.max_receive_message_length", 1024 * 1024)]
with grpc.InferenceServerClient(sys.argv[2], channel_args=small) as own:
    answers["channel"] = right(own.infer("simple", tensors(grpc)))


async def aio():
    async with grpc_aio.InferenceServerClient(sys.argv[2]) as over_grpc, http_aio.InferenceServerClient(sys.argv[1]) as over_http:
        several = await asyncio.gather(
            *[over_grpc.infer("simple", tensors(grpc)) for _ in range(4)],
            *[over_http.infer("simple", tensors(http)) for _ in range(4)],
        )

        async def requests():
            for _ in range(3):
                yield {"model_name": "simple", "inputs": tensors(grpc)}

        streamed = [right(result) async for result, _ in over_grpc.stream_infer(requests())]
        return [[right(each) for each in several], streamed, await over_http.is_server_ready()]


answers["aio"] = asyncio.run(aio())
print(json.dumps(answers))
